import type { NoiseModel } from '@qloom/quantum/noise/noise-model.ts';
import type { CircuitNoise } from './measurement.ts';

/** Noise after gates, on each of a gate's qubits: depolarizing, then amplitude damping. Readout errors are separate. */
export function gateNoise({ depolarizing = 0, amplitudeDamping = 0 }: CircuitNoise): NoiseModel {
  return {
    rules: [
      ...(depolarizing > 0 ? [{ channel: { kind: 'depolarizing' as const, probability: depolarizing } }] : []),
      ...(amplitudeDamping > 0 ? [{ channel: { kind: 'amplitude-damping' as const, gamma: amplitudeDamping } }] : []),
    ],
  };
}

/** The same readout errors for all qubits. */
export const readoutOf = ({ readoutError = 0 }: CircuitNoise) => ({
  oneWhenZero: readoutError,
  zeroWhenOne: readoutError,
});
