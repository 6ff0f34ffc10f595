import { type Observable, pauliMasks } from '@qloom/quantum/observables/observable.ts';

/**
 * Observables as a table of four 32-bit words per line: first for each observable the lines [begin, end) of its terms,
 * then for each term the masks of its X and Z and, as f32, the real and imaginary part of coefficient·i^(number of Y).
 */
export function pauliTable(observables: readonly Observable[]): Uint32Array<ArrayBuffer> {
  const terms = observables.reduce((count, observable) => count + observable.terms.length, 0);
  const words = new Uint32Array(4 * (observables.length + terms));
  const floats = new Float32Array(words.buffer);
  let line = observables.length;
  observables.forEach((observable, k) => {
    words.set([line, line + observable.terms.length], 4 * k);
    for (const { coefficient, paulis } of observable.terms) {
      const { x, z, ys } = pauliMasks(paulis);
      words.set([x, z], 4 * line);
      floats[4 * line + 2] = coefficient * [1, 0, -1, 0][ys % 4];
      floats[4 * line + 3] = coefficient * [0, 1, 0, -1][ys % 4];
      line++;
    }
  });
  return words;
}
