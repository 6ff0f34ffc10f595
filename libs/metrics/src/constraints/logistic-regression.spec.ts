import { runNow } from '@qloom/datasets/split/turns.ts';
import { sineGrid } from '../testing/golden-samples.ts';
import { fitLogit } from './logistic-regression.ts';
import { rankAuc } from './rank-auc.ts';

describe('fitLogit', () => {
  it('agrees with scikit-learn', () => {
    // LogisticRegression(C=1.0, tol=1e-12, max_iter=10000).fit(A, np.arange(12) % 3 == 0): coef_, intercept_
    const labels = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const weights = runNow(fitLogit(sineGrid(12, 3, 0.7), labels, 1));
    [-0.14860455952120102, 0.2069125059685547, -1.5105827426220149, -0.9125628752079604].forEach((value, j) => {
      expect(weights[j]).toBeCloseTo(value, 5);
    });
  });

  it('stays finite where the classes are separable and labels are all equal', () => {
    expect(runNow(fitLogit(sineGrid(12, 3, 0.7), new Array(12).fill(1), 1)).every(Number.isFinite)).toBe(true);
  });
});

describe('rankAuc', () => {
  it('agrees with scikit-learn, ties included', () => {
    // roc_auc_score([1,1,1,1,0,0,0,0,0], [.9,.5,.5,.2,.5,.1,.7,.2,.3])
    expect(rankAuc([0.9, 0.5, 0.5, 0.2], [0.5, 0.1, 0.7, 0.2, 0.3])).toBeCloseTo(0.675, 12);
  });

  it('refuses an empty side', () => {
    expect(() => rankAuc([], [1])).toThrow('0 positives, 1 negatives');
  });
});
