import { BRAKET_PROVIDER } from '../braket/braket-provider.ts';
import { IBM_PROVIDER } from '../ibm/ibm-provider.ts';
import { IONQ_PROVIDER } from '../ionq/ionq-provider.ts';
import { SIMULATOR_PROVIDER } from '../simulator/simulator-provider.ts';
import type { Provider } from './provider.ts';

/** The providers of backends, one row each. */
export const PROVIDERS: readonly Provider[] = [SIMULATOR_PROVIDER, IBM_PROVIDER, BRAKET_PROVIDER, IONQ_PROVIDER];

/** The provider of a name of the table. Throws RangeError for another. */
export function providerNamed(name: string): Provider {
  const found = PROVIDERS.find((provider) => provider.name === name);
  if (found === undefined)
    throw new RangeError(`provider ${name}: right would be ${PROVIDERS.map((one) => one.name).join(', ')}`);
  return found;
}
