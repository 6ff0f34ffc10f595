import type { NumericHyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import fc from 'fast-check';
import { syntheticCounts } from './synthetic-counts.ts';

const offered: NumericHyperparameter = {
  name: 'synthRatio',
  kind: 'float',
  min: 0.25,
  max: 4,
  scale: 'log',
  zeroAllowed: true,
  default: 1,
};
const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
const anyCounts = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 5 });

describe('the numbers of points beside labels', () => {
  it('are eight for each label of a class that has two, and none for a class with fewer', () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        fc.pre(sum(counts) <= 80);
        const plan = syntheticCounts(counts, { offered: undefined });
        expect(plan.map((count) => count > 0)).toEqual(counts.map((count) => count > 1));
        expect(sum(plan)).toBe(8 * sum(counts.filter((count) => count > 1)));
      }),
    );
  });

  it('stay within what the generator offers, and begin at the ratio of the method where it has one', () => {
    fc.assert(
      fc.property(
        anyCounts,
        fc.option(fc.double({ min: 0.01, max: 50, noNaN: true }), { nil: undefined }),
        (counts, own) => {
          const usable = sum(counts.filter((count) => count > 1));
          const ratio = own ?? Math.min(8, 8 * (80 / Math.max(1, sum(counts))) ** 1.5);
          const clipped = Math.min(4, Math.max(0.25, ratio));
          expect(sum(syntheticCounts(counts, { offered, own }))).toBe(Math.round(clipped * usable));
        },
      ),
    );
  });
});
