import { geometricMean, meanSteps, scoredSteps, stepsRatio, stepsToTarget } from './steps-to-target.ts';

describe('scoredSteps', () => {
  it('has each of the first 40 steps, then fewer, and always the last', () => {
    expect(scoredSteps(3)).toEqual([0, 1, 2, 3]);
    expect(scoredSteps(50)).toEqual([...Array(41).keys(), 44, 48, 50]);
    for (const last of [1, 40, 41, 44, 200, 1000, 100_000]) {
      const steps = scoredSteps(last);
      expect([steps[0], steps[steps.length - 1]]).toEqual([0, last]);
      expect(steps.every((step, i) => i === 0 || step > steps[i - 1])).toBe(true);
      expect(steps.length).toBeLessThan(300);
    }
  });
});

describe('stepsToTarget', () => {
  const steps = [0, 1, 2, 3, 4, 8];
  const target = { accuracy: 0.9, hold: 2 };

  it('is the first step from which the accuracy stays at the target', () => {
    expect(stepsToTarget(steps, [0.5, 0.9, 0.8, 0.9, 0.95, 0.95], target)).toBe(3);
    expect(stepsToTarget(steps, [0.5, 0.9, 0.9, 0.9, 0.1, 0.1], target)).toBe(1);
  });

  it('counts one step where the start is at the target', () => {
    expect(stepsToTarget(steps, [1, 1, 1, 1, 1, 1], target)).toBe(1);
  });

  it('is null where it is never held, or not long enough before the end', () => {
    expect(stepsToTarget(steps, [0.9, 0.8, 0.9, 0.8, 0.9, 0.8], target)).toBeNull();
    expect(stepsToTarget(steps, [0, 0, 0, 0, 0, 1], target)).toBeNull();
  });
});

describe('steps over replicates', () => {
  it('takes the last step for a training that did not get there, and says so', () => {
    expect(meanSteps([2, 8], 200)).toEqual({ steps: expect.closeTo(4, 12), censored: false });
    expect(meanSteps([2, null], 200)).toEqual({ steps: expect.closeTo(20, 12), censored: true });
  });

  it('has the ratio of geometric means, whose interval turns over with the ratio', () => {
    const own = [1, 2, 4, 2, 1, 3];
    const other = [20, 30, 28, 50, 11, 60];
    const ratio = stepsRatio(other, own, 'r');
    expect(ratio.estimate).toBeCloseTo(geometricMean(other) / geometricMean(own), 10);
    expect(ratio.low).toBeLessThan(ratio.estimate);
    expect(ratio.high).toBeGreaterThan(ratio.estimate);
    expect(stepsRatio(own, own, 'r')).toMatchObject({ estimate: 1, low: 1, high: 1 });
  });

  it('has no interval with fewer than five replicates', () => {
    expect(stepsRatio([2, 2], [1, 1], 'r')).toMatchObject({ low: expect.closeTo(2, 12), level: 0 });
  });
});
