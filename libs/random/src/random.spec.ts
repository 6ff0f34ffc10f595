import { createRandom } from './random.ts';

describe('createRandom', () => {
  it('gives the same numbers for the same seed, and other numbers for another', () => {
    const take = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 8 }, () => random.uniform());
    };
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
  });

  it('has the moments of a uniform and of a normal variable', () => {
    const random = createRandom(3);
    const n = 200_000;
    let mean = 0;
    let square = 0;
    let normalMean = 0;
    let normalSquare = 0;
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      const z = random.normal();
      mean += u / n;
      square += (u * u) / n;
      normalMean += z / n;
      normalSquare += (z * z) / n;
    }
    // Five standard errors at n = 200,000.
    expect(Math.abs(mean - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
    expect(Math.abs(square - 1 / 3)).toBeLessThan((5 * 0.3) / Math.sqrt(n));
    expect(Math.abs(normalMean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(normalSquare - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
  });

  it('forks streams that do not depend on how much was drawn before', () => {
    const fresh = createRandom(5);
    const used = createRandom(5);
    for (let i = 0; i < 100; i++) used.normal();
    expect(used.fork('a').uniform()).toBe(fresh.fork('a').uniform());
    expect(fresh.fork('a').uniform()).not.toBe(fresh.fork('b').uniform());
    expect(used.seedFor('x')).toBe(fresh.seedFor('x'));
  });

  it('permutes', () => {
    expect([...createRandom(1).permutation(10)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('refuses a bound that is no positive integer', () => {
    expect(() => createRandom(1).integer(0)).toThrow('bound 0 is not an integer');
  });
});
