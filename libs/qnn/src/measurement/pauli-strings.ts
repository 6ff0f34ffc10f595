import { sampleExpectation } from '@qloom/datasets/sampling/shot-sampling.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import type { Random } from '@qloom/random/random.ts';

/** The distinct Pauli strings of several observables, measured once each; the identity is not measured. */
export interface PauliStrings {
  /** Each string as an observable. */
  readonly strings: readonly Observable[];
  /** Number of qubits that each string measures. */
  readonly weights: readonly number[];
  /** ⟨O_k⟩ from the strings' expectations. */
  combine(values: Float64Array, out: Float64Array): void;
}

/** Splits observables into strings. Strings that differ only in trailing I letters are the same. */
export function toPauliStrings(observables: readonly Observable[]): PauliStrings {
  const indexOf = new Map<string, number>();
  const parts = observables.map(({ terms }) =>
    terms.map(({ coefficient, paulis }) => {
      const name = paulis.replace(/I+$/, '');
      if (name === '') return { coefficient, index: -1 };
      const index = indexOf.get(name) ?? indexOf.size;
      indexOf.set(name, index);
      return { coefficient, index };
    }),
  );
  return {
    strings: [...indexOf.keys()].map((paulis) => ({ terms: [{ coefficient: 1, paulis }] })),
    weights: [...indexOf.keys()].map((paulis) => paulis.replaceAll('I', '').length),
    combine(values, out) {
      parts.forEach((terms, k) => {
        out[k] = 0;
        for (const { coefficient, index } of terms) out[k] += coefficient * (index < 0 ? 1 : values[index]);
      });
    },
  };
}

/** Replaces expectations of Pauli strings by the averages of `shots` new measurements of each, in place. */
export function sampleStrings(values: Float64Array, shots: number, random: Random): void {
  for (let i = 0; i < values.length; i++) values[i] = sampleExpectation(values[i], shots, random);
}
