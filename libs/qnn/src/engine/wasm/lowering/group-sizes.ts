/**
 * Number of qubits of each pass over the states, by the number of qubits that a layer rotates: the fastest in
 * measurements.
 */
const SIZES: readonly (readonly number[])[] = [
  [],
  [1],
  [2],
  [3],
  [2, 2],
  [3, 2],
  [2, 2, 2],
  [2, 3, 2],
  [3, 3, 2],
  [3, 3, 3],
  [2, 3, 3, 2],
  [3, 3, 3, 2],
  [2, 3, 3, 2, 2],
  [3, 3, 3, 2, 2],
];

/** Splits a layer's qubits, in ascending order, into groups of up to three. */
export function splitQubits(qubits: readonly number[]): number[][] {
  const sizes = SIZES[qubits.length] ?? [2, 3, 3, ...new Array<number>(Math.ceil((qubits.length - 8) / 2)).fill(2)];
  const groups: number[][] = [];
  let from = 0;
  for (const size of sizes) {
    groups.push(qubits.slice(from, from + size));
    from += size;
  }
  return groups;
}
