import { createRandom } from '@qloom/random/random.ts';
import { createSobol, directionNumbers, SOBOL_DIMENSIONS } from './sobol.ts';

/** The unscrambled point, by the definition. */
function plain(index: number, dimension: number): number {
  const v = directionNumbers(dimension);
  let word = 0;
  for (let bit = 0; index >> bit > 0; bit++) if ((index >> bit) & 1) word ^= v[bit];
  return (word >>> 0) / 2 ** 32;
}

describe('directionNumbers', () => {
  it('gives the points of scipy.stats.qmc.Sobol(3, scramble=False).random(8), sorted from Gray code order', () => {
    const gray = (i: number) => i ^ (i >> 1);
    const points = Array.from({ length: 8 }, (_, i) => [0, 1, 2].map((d) => plain(gray(i), d)));
    expect(points).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
    ]);
  });

  it('has odd m_k below 2^k in every dimension, which makes each a (0,1)-sequence', () => {
    for (let d = 0; d < SOBOL_DIMENSIONS; d++) {
      directionNumbers(d).forEach((word, k) => {
        const m = word / 2 ** (31 - k);
        expect([d, k, m % 2]).toEqual([d, k, 1]);
      });
    }
  });
});

describe('createSobol', () => {
  it.each([1, 2, 3])(
    'keeps one point in each of 2^k equal intervals of every dimension after scrambling (seed %i)',
    (seed) => {
      const sobol = createSobol(SOBOL_DIMENSIONS, createRandom(seed));
      for (const n of [8, 32]) {
        for (let d = 0; d < SOBOL_DIMENSIONS; d++) {
          const cells = Array.from({ length: n }, (_, i) => Math.floor(sobol.point(i)[d] * n));
          expect(new Set(cells).size).toBe(n);
        }
      }
    },
  );

  it('gives a point by only its index, and different points for another seed', () => {
    const sobol = createSobol(4, createRandom(1));
    const third = sobol.point(3);
    sobol.point(9);
    expect(sobol.point(3)).toEqual(third);
    expect(createSobol(4, createRandom(2)).point(3)).not.toEqual(third);
  });

  it('continues with uniform numbers beyond its table', () => {
    const point = createSobol(SOBOL_DIMENSIONS + 5, createRandom(1)).point(2);
    for (const u of point) expect(u >= 0 && u < 1).toBe(true);
  });
});
