/** How two-qubit gates connect qubits, by Qiskit's names. */
export const ENTANGLEMENTS = ['linear', 'reverse_linear', 'circular', 'full', 'pairwise', 'sca'] as const;

/** One of {@link ENTANGLEMENTS}. */
export type Entanglement = (typeof ENTANGLEMENTS)[number];

/** A pair of qubits, the control first. */
export type Pair = readonly [number, number];

/**
 * The pairs of an entangling block in the order of time, as in Qiskit's `n_local`: `linear` (0,1), (1,2), …;
 * `reverse_linear` the same from the end; `circular` (n−1,0), then linear; `full` every i < j; `pairwise` (0,1), (2,3),
 * …, then (1,2), (3,4), …; `sca` (Sim et al., arXiv:1905.10876) circular, shifted by one per block, with pairs reversed
 * in odd blocks. Two qubits have one pair, one qubit none.
 */
export function entanglingPairs(kind: Entanglement, qubits: number, block = 0): Pair[] {
  const linear = Array.from({ length: Math.max(0, qubits - 1) }, (_, q): Pair => [q, q + 1]);
  const circular: Pair[] = qubits > 2 ? [[qubits - 1, 0], ...linear] : linear;
  switch (kind) {
    case 'linear':
      return linear;
    case 'reverse_linear':
      return linear.toReversed();
    case 'circular':
      return circular;
    case 'full':
      return linear.flatMap(([i]) => Array.from({ length: qubits - 1 - i }, (_, d): Pair => [i, i + 1 + d]));
    case 'pairwise':
      return [...linear.filter(([i]) => i % 2 === 0), ...linear.filter(([i]) => i % 2 === 1)];
    case 'sca': {
      const shift = circular.length === 0 ? 0 : block % circular.length;
      const shifted = [...circular.slice(circular.length - shift), ...circular.slice(0, circular.length - shift)];
      return block % 2 === 0 ? shifted : shifted.map(([a, b]): Pair => [b, a]);
    }
  }
}

/** The bonds of a chain: (0,1), (1,2), …, and (n−1,0) when it is periodic and longer than two. */
export const chainBonds = (qubits: number, periodic: boolean): Pair[] => [
  ...entanglingPairs('linear', qubits),
  ...(periodic && qubits > 2 ? [[qubits - 1, 0] as const] : []),
];
