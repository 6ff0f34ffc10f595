import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import type { Rows } from './box-tree.ts';
import { createNeighbourSearch } from './neighbour-search.ts';

/** Every distance computed and all rows sorted: what the search must give, to the last bit. */
function byComparison({ count, features, values }: Rows, point: ArrayLike<number>, k: number, excluded = -1) {
  const squares = Float64Array.from({ length: count }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < features; j++) sum += (point[j] - values[row * features + j]) ** 2;
    return sum;
  });
  const order = [...squares.keys()].filter((row) => row !== excluded && Number.isFinite(squares[row]));
  const rows = Int32Array.from(order.sort((a, b) => squares[a] - squares[b] || a - b).slice(0, k));
  return { rows, squares: Float64Array.from(rows, (row) => squares[row]) };
}

/** Rows of up to 200 points; few levels make equal distances and copies frequent, Infinity is for continuous values. */
const anyRows = fc
  .record({
    count: fc.integer({ min: 1, max: 200 }),
    features: fc.integer({ min: 1, max: 20 }),
    levels: fc.constantFrom(1, 2, 5, Number.POSITIVE_INFINITY),
    seed: fc.integer(),
  })
  .map(({ count, features, levels, seed }) => {
    const random = createRandom(`rows/${seed}`);
    const value = () => (levels === Number.POSITIVE_INFINITY ? random.normal() : random.integer(levels));
    const rows: Rows = { count, features, values: Float64Array.from({ length: count * features }, value) };
    return { rows, other: Float64Array.from({ length: features }, value) };
  });

describe('createNeighbourSearch', () => {
  it('gives the rows and distances of the comparison with every row, ties and copies included', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 8 }), ({ rows, other }, k) => {
        const search = createNeighbourSearch(rows);
        expect(search.nearest(other, k)).toEqual(byComparison(rows, other, k));
        for (let row = 0; row < rows.count; row += 7) {
          const point = rows.values.slice(row * rows.features, (row + 1) * rows.features);
          expect(search.nearest(point, k, row)).toEqual(byComparison(rows, point, k, row));
        }
      }),
    );
  });

  it('has no neighbour at a distance that is not finite', () => {
    const search = createNeighbourSearch({ count: 3, features: 1, values: Float64Array.of(Number.NaN, 2, 1e200) });
    expect([...search.nearest([0], 3).rows]).toEqual([1]);
    expect(search.nearest([Number.NaN], 1).rows).toHaveLength(0);
    expect(
      createNeighbourSearch({ count: 0, features: 1, values: new Float64Array(0) }).nearest([0], 1).rows,
    ).toHaveLength(0);
  });

  it('refuses a number of neighbours below 1 and a point of another size', () => {
    const search = createNeighbourSearch({ count: 2, features: 2, values: new Float32Array(4) });
    expect(() => search.nearest([0, 0], 0)).toThrow('k: 0 is not a whole number of at least 1');
    expect(() => search.nearest([0], 1)).toThrow('point: 1 values; the rows have 2 features');
  });
});
