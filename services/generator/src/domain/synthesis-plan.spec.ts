import type { Points } from '@qloom/datasets/points.ts';
import { synthesisPlan as planOf } from '@qloom/datasets/synthesis-plan.ts';
import { synthesisPlan } from './synthesis-plan.ts';

const labelled = (counts: readonly number[]): Points => {
  const y = Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  return { count: y.length, features: 1, classes: counts.length, x: new Float32Array(y.length), y };
};

describe('synthesisPlan of the fit stage', () => {
  it.each([
    [[38, 2], 0.25, [9, 1]],
    [[18, 1], 0.25, [4, 1]],
    [[7, 7, 1], 0.3, [2, 2, 1]],
  ])('plans for %j at ratio %d what the final evaluation does', (real, synthRatio, plan) => {
    expect(synthesisPlan({ synthRatio }, labelled(real))).toEqual(plan);
    expect(planOf({ synthRatio }, real)).toEqual(plan);
  });

  it('takes the default where no ratio is given, and refuses one out of range', () => {
    expect(synthesisPlan({}, labelled([3, 4]))).toEqual(planOf({}, [3, 4]));
    expect(() => synthesisPlan({ synthRatio: 0.1 }, labelled([3, 4]))).toThrow('synthRatio: 0.1 is below the minimum');
  });
});
