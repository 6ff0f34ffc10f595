import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { type Candidates, squaredDistance } from '../candidates.ts';
import { anyCandidates } from '../testing/any-request.ts';
import { BATCH_RULES } from './batch-rules.ts';

/** Determinant by Gaussian elimination with pivots: the reference of the greedy choice. */
function determinant(matrix: number[][]): number {
  const rows = matrix.map((row) => [...row]);
  let product = 1;
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows.slice(k).reduce((top, row, i) => (Math.abs(row[k]) > Math.abs(rows[top][k]) ? k + i : top), k);
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    product *= pivot === k ? rows[k][k] : -rows[k][k];
    for (let i = k + 1; i < rows.length; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j < rows.length; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return product;
}

/** Points on a plane at random, and scores from ½ to 1. */
function normalCandidates(
  count: number,
  pending: number,
  seed: number,
): { candidates: Candidates; scores: Float64Array } {
  const random = createRandom(`normal/${seed}`);
  const rows = (n: number) => Float64Array.from({ length: 2 * n }, () => random.normal());
  return {
    candidates: { count, features: 2, values: rows(count), labelled: rows(0), pending: rows(pending) },
    scores: Float64Array.from({ length: count }, () => 0.5 + random.uniform() / 2),
  };
}

describe.each(Object.entries(BATCH_RULES))('the batch rule %s', (_, rule) => {
  it('chooses as many different candidates as wanted, none that is excluded, whatever the scores', () => {
    fc.assert(
      fc.property(
        anyCandidates,
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 10 }),
        fc.constantFrom(0, 1, 1e-300),
        fc.integer(),
        (candidates, excluded, wanted, scale, seed) => {
          const random = createRandom(seed);
          const scores = Float64Array.from({ length: candidates.count }, () => scale * random.integer(3));
          const taken = new Set(random.permutation(candidates.count).slice(0, excluded));
          const count = Math.min(wanted, candidates.count - taken.size);
          const rows = rule(candidates, scores, count, taken);
          expect(rows).toHaveLength(count);
          expect(new Set(rows).size).toBe(count);
          for (const row of rows) {
            expect(row).toBeGreaterThanOrEqual(0);
            expect(row).toBeLessThan(candidates.count);
            expect(taken.has(row)).toBe(false);
          }
        },
      ),
    );
  });

  it('chooses the highest score first', () => {
    const { candidates, scores } = normalCandidates(20, 0, 1);
    expect(rule(candidates, scores, 1, new Set())).toEqual([scores.indexOf(Math.max(...scores))]);
  });
});

describe('determinantal', () => {
  it('adds, each time, the candidate with which the determinant of the kernel is greatest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer(), (pending, seed) => {
        const { candidates, scores } = normalCandidates(15, pending, seed);
        const { values, count } = candidates;
        const chosen = BATCH_RULES.determinantal(candidates, scores, 4, new Set());
        const pairs: number[] = [];
        for (let i = 0; i < count; i++)
          for (let j = 0; j < i; j++) pairs.push(squaredDistance(values, i, values, j, 2));
        const median = pairs.sort((a, b) => a - b)[Math.floor(pairs.length / 2)];
        const all = Float64Array.of(...values, ...candidates.pending);
        const given = Array.from({ length: pending }, (_, i) => count + i);
        const quality = (row: number) => (row < count ? scores[row] : 1);
        const detOf = (rows: readonly number[]) =>
          determinant(
            rows.map((i) =>
              rows.map(
                (j) => quality(i) * quality(j) * Math.exp(-squaredDistance(all, i, all, j, 2) / (0.125 * median)),
              ),
            ),
          );
        chosen.forEach((row, at) => {
          const before = [...given, ...chosen.slice(0, at)];
          const values = Array.from({ length: count }, (_, other) =>
            before.includes(other) ? 0 : detOf([...before, other]),
          );
          // Determinants of 7 rows from elimination and from Cholesky differ by some hundred roundings of the largest.
          expect(values[row]).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-9));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('does not choose a copy of what is pending while there is anything else', () => {
    const candidates: Candidates = {
      count: 3,
      features: 1,
      values: Float64Array.of(0, 0, 5),
      labelled: new Float64Array(0),
      pending: Float64Array.of(0),
    };
    expect(BATCH_RULES.determinantal(candidates, Float64Array.of(1, 1, 0.01), 1, new Set())).toEqual([2]);
  });
});

describe('k-centre', () => {
  it('adds, each time, the candidate whose distance to the nearest centre over its price is greatest', () => {
    const costs = Float64Array.of(1, 1, 100, 1);
    const candidates: Candidates = {
      ...{ count: 4, features: 1, values: Float64Array.of(0, 1, 50, 3), costs },
      ...{ labelled: Float64Array.of(0), pending: new Float64Array(0) },
    };
    const scores = candidates.values.map((value, i) => value / costs[i]);
    // From 0: 1, 0.5 and 3; then, with 3 as a centre, 1 (of 1) and 0.47 (of 50).
    expect(BATCH_RULES['k-centre'](candidates, scores, 3, new Set())).toEqual([3, 1, 2]);
  });

  it('covers the candidates within twice the best possible radius', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { candidates } = normalCandidates(9, 0, seed);
        const { values, count } = candidates;
        const radius = (centres: readonly number[]) =>
          Math.max(
            ...Array.from({ length: count }, (_, i) =>
              Math.min(...centres.map((c) => Math.sqrt(squaredDistance(values, i, values, c, 2)))),
            ),
          );
        const chosen = BATCH_RULES['k-centre'](candidates, new Float64Array(count).fill(Infinity), 3, new Set());
        let best = Number.POSITIVE_INFINITY;
        for (let a = 0; a < count; a++) {
          for (let b = 0; b < a; b++) for (let c = 0; c < b; c++) best = Math.min(best, radius([a, b, c]));
        }
        expect(radius(chosen)).toBeLessThanOrEqual(2 * best);
      }),
      { numRuns: 30 },
    );
  });
});
