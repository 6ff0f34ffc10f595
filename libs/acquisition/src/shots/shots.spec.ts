import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { type ShotMoments, varianceOfMean } from './measured-mean.ts';
import { isDecided, nextShots } from './next-shots.ts';

/** Outcomes +1 and −1 of an observable such as Z. */
const signs = ({ plus, minus }: { plus: number; minus: number }): ShotMoments => ({
  shots: plus + minus,
  mean: (plus - minus) / (plus + minus),
  meanSquare: 1,
  largest: 1,
});

const anyOutcomes = fc
  .tuple(fc.nat(10_000), fc.nat(10_000))
  .map(([plus, minus]) => ({ plus, minus }))
  .filter(({ plus, minus }) => plus + minus > 0);

describe('varianceOfMean', () => {
  it('has the variance of a Beta posterior, by numerical integration', () => {
    for (const [plus, minus] of [
      [7, 9],
      [16, 0],
      [1, 0],
    ]) {
      // Mean and variance of z = 2p − 1 under p^(plus−½)·(1−p)^(minus−½), with p = sin²t, dp ∝ sin t·cos t dt.
      let [total, first, second] = [0, 0, 0];
      const steps = 20_000;
      for (let k = 0; k < steps; k++) {
        const t = ((k + 0.5) / steps) * (Math.PI / 2);
        const weight = Math.sin(t) ** (2 * plus) * Math.cos(t) ** (2 * minus);
        const z = 2 * Math.sin(t) ** 2 - 1;
        total += weight;
        first += weight * z;
        second += weight * z * z;
      }
      const variance = second / total - (first / total) ** 2;
      expect(varianceOfMean(signs({ plus, minus })) / variance).toBeCloseTo(1, 6);
    }
  });

  it('comes near (1 − ⟨Z⟩²)/shots with many shots, is never 0, and is symmetric', () => {
    fc.assert(
      fc.property(anyOutcomes, ({ plus, minus }) => {
        const { shots, mean } = signs({ plus, minus });
        const variance = varianceOfMean(signs({ plus, minus }));
        expect(variance).toBeGreaterThan(0);
        // p changes by at most 1/(2(n+1)) and the divisor by 2: within 4/n² of the plain formula.
        expect(Math.abs(variance - (1 - mean ** 2) / shots)).toBeLessThanOrEqual(4 / shots ** 2);
        expect(varianceOfMean(signs({ plus: minus, minus: plus })) / variance).toBeCloseTo(1, 12);
      }),
    );
  });

  it('is proportional to the square of the unit', () => {
    fc.assert(
      // Powers of two scale without rounding, so that ties stay ties.
      fc.property(anyOutcomes, fc.integer({ min: -6, max: 6 }), (outcomes, power) => {
        const unit = 2 ** power;
        const { shots, mean } = signs(outcomes);
        const scaled = { shots, mean: unit * mean, meanSquare: unit ** 2, largest: unit };
        expect(varianceOfMean(scaled) / unit ** 2 / varianceOfMean(signs(outcomes))).toBeCloseTo(1, 9);
        expect(isDecided(scaled)).toBe(isDecided(signs(outcomes)));
      }),
    );
  });

  it.each([
    { shots: 0, mean: 0, meanSquare: 1, largest: 1 },
    { shots: 1.5, mean: 0, meanSquare: 1, largest: 1 },
    { shots: 4, mean: 1.5, meanSquare: 1, largest: 1 },
    { shots: 4, mean: 0.5, meanSquare: 0.1, largest: 1 },
    { shots: 4, mean: Number.NaN, meanSquare: 1, largest: 1 },
  ])('refuses %j', (moments) => {
    expect(() => varianceOfMean(moments)).toThrow(`moments: ${moments.shots} shots`);
  });
});

describe('nextShots', () => {
  const limits = { first: 16, most: 1000 };

  it('quadruples the shots while the sign is not decided, up to the limit', () => {
    expect(nextShots(null, limits)).toBe(16);
    expect(nextShots(signs({ plus: 9, minus: 7 }), limits)).toBe(48);
    expect(nextShots(signs({ plus: 32, minus: 32 }), limits)).toBe(192);
    expect(nextShots(signs({ plus: 128, minus: 128 }), limits)).toBe(744);
    expect(nextShots(signs({ plus: 500, minus: 500 }), limits)).toBe(0);
    // |⟨Z⟩| = 8/16 = 2/√16: decided.
    expect(nextShots(signs({ plus: 12, minus: 4 }), limits)).toBe(0);
    // Always 0 so far, which a value of ±2 that is rare would be too.
    expect(nextShots({ shots: 16, mean: 0, meanSquare: 0, largest: 2 }, limits)).toBe(48);
  });

  it('ends, within the limit, and decides rightly where ⟨Z⟩ is far from 0', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer(), (mean, seed) => {
        const random = createRandom(seed);
        let [plus, minus, rounds] = [0, 0, 0];
        for (let shots = nextShots(null, limits); shots > 0; shots = nextShots(signs({ plus, minus }), limits)) {
          for (let k = 0; k < shots; k++) random.uniform() < (1 + mean) / 2 ? plus++ : minus++;
          expect(++rounds).toBeLessThanOrEqual(4);
        }
        expect(plus + minus).toBeLessThanOrEqual(limits.most);
        // At |⟨Z⟩| = 0.8 the wrong sign of 16 shots at 2 standard errors (4 or fewer of the likely outcome) has probability 4e-10.
        if (Math.abs(mean) >= 0.8) expect(Math.sign(plus - minus)).toBe(Math.sign(mean));
      }),
    );
  });

  it('refuses limits that are none', () => {
    expect(() => nextShots(null, { first: 32, most: 16 })).toThrow('limits: first 32, most 16');
  });
});
