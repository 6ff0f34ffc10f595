import type { Hyperparameter } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { PolicyServiceService } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';

/** Faults of a toy policy. */
export type PolicyFault = 'remembers' | 'inactive values' | 'out of range' | 'too few';

/** Proposes the defaults, and rates that fall with the batches that its state has counted, with or without one fault. */
export function toyPolicy(fault?: PolicyFault): ServiceBinding {
  let batches = 0;
  const count = (state: Uint8Array) => (fault === 'remembers' ? batches : state.byteLength);
  return bindService(PolicyServiceService, {
    propose({ settings, state, count: wanted }) {
      const proposals = Array.from({ length: wanted - (fault === 'too few' ? 1 : 0) }, () => ({
        origin: 'fixed',
        hyperparameters: (settings?.space ?? []).map((parameter) => ({
          name: parameter.name,
          value: settingOf(parameter, fault === 'out of range' ? 1e6 : 0.05 / (1 + count(state))),
        })),
      }));
      const shallow = { value: { $case: 'choice' as const, value: 'shallow' } };
      if (fault === 'inactive values') for (const proposal of proposals) proposal.hyperparameters[0].value = shallow;
      return { proposals };
    },
    observe({ state }) {
      batches++;
      return { state: Buffer.alloc(state.byteLength + 1), updates: state.byteLength + 1 };
    },
  });
}

function settingOf({ name, defaultValue }: Hyperparameter, rate: number): Hyperparameter['defaultValue'] {
  return name === 'rate' ? { value: { $case: 'real', value: rate } } : defaultValue;
}
