import fc from 'fast-check';
import { sharedRows } from './shared-rows.ts';

const rowsOf = (rows: readonly (readonly number[])[], features = rows[0]?.length ?? 1) => ({
  count: rows.length,
  features,
  x: Float32Array.from(rows.flat()),
});

describe('rows that two sets share', () => {
  it('are those with equal features, 0 and −0 being one value, each as often as it is there', () => {
    const known = rowsOf([
      [1, 0],
      [2, 3],
    ]);
    const points = rowsOf([
      [2, 3],
      [0, 1],
      [1, -0],
      [3, 2],
      [2, 3],
    ]);
    expect(sharedRows(points, known)).toEqual([0, 2, 4]);
    expect(sharedRows(rowsOf([]), known)).toEqual([]);
    expect(sharedRows(points, rowsOf([], 2))).toEqual([]);
  });

  it('are, with rounding, those of which every feature is as near, as the comparison of all pairs finds them', () => {
    const rows = fc.array(fc.tuple(fc.nat(3), fc.nat(40), fc.nat(2)), { maxLength: 30 });
    fc.assert(
      fc.property(rows, rows, fc.array(fc.constantFrom(0, 0.5, 1, 2), { minLength: 90, maxLength: 90 }), (a, b, of) => {
        const [points, known] = [rowsOf(a, 3), rowsOf(b, 3)];
        const rounding = Float64Array.from(of.slice(0, 3 * a.length));
        const isNear = (i: number, other: readonly number[]) =>
          a[i].every((value, j) => Math.abs(value - other[j]) <= rounding[3 * i + j]);
        const pairs = a.flatMap((_, i) => (b.some((other) => isNear(i, other)) ? [i] : []));
        expect(sharedRows(points, known, rounding)).toEqual(pairs);
      }),
    );
  });
});
