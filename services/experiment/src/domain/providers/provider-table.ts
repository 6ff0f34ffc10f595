import type { Provider } from './provider.ts';

/** The providers of backends, one row each. */
export const PROVIDERS: readonly Provider[] = [];

/** The provider of this name; undefined if there is none. */
export function providerNamed(name: string): Provider | undefined {
  return PROVIDERS.find((provider) => provider.name === name);
}
