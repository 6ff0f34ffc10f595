import { createRandom, type Random } from '@qloom/random/random.ts';
import { packLosses, unpackLosses } from '../evaluation/packed-losses.ts';
import { utilityOf } from '../reward/utility.ts';
import { crossFittedLosses } from './cross-fitted.ts';
import { chooseMethod, methodReason, type PortfolioMethod } from './portfolio.ts';

const method = (arm: string, value: number, standardError: number): PortfolioMethod => ({
  arm,
  hyperparameters: { method: arm },
  utility: {
    value,
    standardError,
    interval: [value - 2 * standardError, value + 2 * standardError],
    lossRealOnly: 1,
    lossAugmented: 1 - value,
  },
});

describe('chooseMethod', () => {
  it("takes Qloom's own method where the utilities differ by no more than their errors", () => {
    const choice = chooseMethod(
      [method('noise', 0.2, 0.2), method('qloom', 0.1, 0.2), method('prior', 0.3, 0.2)],
      'qloom',
    );
    expect(choice.best).toMatchObject({ arm: 'qloom', shrunk: 0.1 });
    expect(choice.ranked.map(({ arm }) => arm)).toEqual(['qloom', 'noise', 'prior']);
    expect(methodReason(choice)).toBe(
      'The utilities differ by no more than their errors explain, and qloom is the default.',
    );
  });

  it('takes the default arm of the study where the utilities differ by no more than their errors', () => {
    const methods = [method('qloom', 0.1, 0.2), method('noise', 0.4, 0.2), method('simulator', -0.1, 0.2)];
    const choice = chooseMethod(methods, 'simulator');
    expect(choice.ranked.map(({ arm }) => arm)).toEqual(['simulator', 'qloom', 'noise']);
    expect(methodReason(choice)).toBe(
      'The utilities differ by no more than their errors explain, and simulator is the default.',
    );
  });

  it('takes the best where the methods differ by much more than that', () => {
    const choice = chooseMethod(
      [method('qloom', 0.1, 0.01), method('noise', -0.2, 0.01), method('prior', 0.5, 0.01)],
      'qloom',
    );
    expect(choice.ranked.map(({ arm }) => arm)).toEqual(['prior', 'qloom', 'noise']);
    // s² = .12333, σ² = .0001: 1 − (5.991465/2)·.0001/.12333 = .99757.
    expect(choice.reliability).toBeCloseTo(0.99757, 5);
    expect(choice.best?.shrunk).toBeCloseTo(0.1 + 0.4 * 0.99757, 5);
    expect(methodReason(choice)).toBe(
      'The utility of prior is the highest: 0.499 after shrinkage, against 0.100 of qloom; 99% of the variance between methods is ' +
        'surely no error.',
    );
  });

  it("takes the first baseline of equal ones without Qloom's own, the only method there is, and none of none", () => {
    const choice = chooseMethod([method('noise', 0.2, 0.2), method('prior', 0.3, 0.2)], 'qloom');
    expect(choice.best?.arm).toBe('noise');
    expect(methodReason(choice)).toContain('noise is the first that could be fitted');
    expect(methodReason(chooseMethod([method('prior', 0.3, 0.2)], 'qloom'))).toBe(
      'No other method than prior could be fitted.',
    );
    expect(chooseMethod([], 'qloom')).toEqual({ ranked: [], best: null, reliability: null, defaultArm: 'qloom' });
    expect(methodReason(chooseMethod([], 'qloom'))).toBe('No method could be fitted.');
  });
});

describe('crossFittedLosses', () => {
  const folds = (...losses: number[][]) => losses.map((fold) => Float64Array.from(fold));

  it('scores each fold with the setting that is best on the others', () => {
    const realOnly = folds([1, 1], [2], [3]);
    // On folds 1 and 2 the first is best, on 0 and 2 the second, on 0 and 1 the first.
    const first = folds([5, 5], [0], [1]);
    const second = folds([0, 0], [7], [2]);
    expect(crossFittedLosses(realOnly, [first, second]).map(({ augmented }) => [...augmented])).toEqual([
      [5, 5],
      [7],
      [2],
    ]);
    expect(crossFittedLosses(realOnly, [first]).map(({ realOnly: alone, augmented }) => [alone, augmented])).toEqual(
      realOnly.map((alone, fold) => [alone, first[fold]]),
    );
  });

  it('gives no utility to the best of many settings that equal real data only', () => {
    const random = createRandom('cross-fitted');
    const noisy = (from: Random) =>
      Array.from({ length: 3 }, () => Float64Array.from({ length: 10 }, () => 1 + 0.3 * from.normal()));
    const studies = Array.from({ length: 200 }, (_, study) => {
      const of = random.fork(study);
      const realOnly = noisy(of.fork('real'));
      const settings = Array.from({ length: 16 }, (__, setting) => noisy(of.fork(setting)));
      return utilityOf(crossFittedLosses(realOnly, settings), of.fork('draw')).value;
    });
    const average = studies.reduce((sum, value) => sum + value, 0) / studies.length;
    // A loss of 30 points has an error of .3/√30 = .055, a difference .077; the best of 16 such losses is .097 too small.
    expect(Math.abs(average)).toBeLessThan((4 * 0.077) / Math.sqrt(studies.length));
  });
});

describe('packed losses', () => {
  it('are the losses in float32', () => {
    expect([...unpackLosses(packLosses([0.1, -3, 1e-9]))]).toEqual([0.1, -3, 1e-9].map(Math.fround));
    expect(unpackLosses(packLosses([]))).toHaveLength(0);
  });
});
