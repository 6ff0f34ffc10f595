import fc from 'fast-check';
import { logLoss, macroAuc } from './class-probabilities.ts';

// y = np.array([0,2,1,1,0,2,0,1,2,2,1,0])
// s = np.round(np.sin(1.3*np.arange(36)).reshape(12,3) + .8*np.eye(3)[y], 1); p = np.exp(s)/np.exp(s).sum(1, keepdims=True)
const LABELS = [0, 2, 1, 1, 0, 2, 0, 1, 2, 2, 1, 0];
const PROBABILITIES = LABELS.flatMap((label, row) => {
  const powers = [0, 1, 2].map((c) =>
    Math.exp(Math.round(10 * (Math.sin(1.3 * (3 * row + c)) + (c === label ? 0.8 : 0))) / 10),
  );
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
});

describe('macroAuc', () => {
  it('agrees with scikit-learn', () => {
    // roc_auc_score(y, p, multi_class='ovr', average='macro')
    expect(macroAuc(PROBABILITIES, LABELS, 3)).toBeCloseTo(0.8125, 12);
    // b = (y == 0).astype(int); roc_auc_score(b, p[:, 0])
    const first = PROBABILITIES.filter((_, i) => i % 3 === 0);
    const both = first.flatMap((p) => [p, 1 - p]);
    expect(
      macroAuc(
        both,
        LABELS.map((label) => (label === 0 ? 0 : 1)),
        2,
      ),
    ).toBeCloseTo(0.625, 12);
  });

  it('averages over the classes that have points, and has none where only one has', () => {
    const padded = LABELS.flatMap((_, row) => [...PROBABILITIES.slice(3 * row, 3 * row + 3), 0]);
    expect(macroAuc(padded, LABELS, 4)).toBeCloseTo(0.8125, 12);
    expect(macroAuc([0.5, 0.5, 0.7, 0.3], [0, 0], 2)).toBeNull();
    expect(macroAuc([], [], 2)).toBeNull();
  });

  it('is ½ for equal probabilities and depends on their order alone', () => {
    expect(macroAuc(new Array(36).fill(1 / 3), LABELS, 3)).toBe(0.5);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 36, maxLength: 36 }), (scores) => {
        const auc = macroAuc(scores, LABELS, 3) ?? Number.NaN;
        expect(auc).toBeGreaterThanOrEqual(0);
        expect(auc).toBeLessThanOrEqual(1);
        // Halving is exact, apart from subnormal numbers.
        const normal = scores.map((score) => (score < 1e-300 ? 0 : score));
        const halved = normal.map((score) => score / 2);
        expect(macroAuc(halved, LABELS, 3)).toBe(macroAuc(normal, LABELS, 3));
      }),
    );
  });
});

describe('logLoss', () => {
  it('agrees with scikit-learn', () => {
    // log_loss(y, p)
    expect(logLoss(PROBABILITIES, LABELS, 3)).toBeCloseTo(0.8256036124113111, 12);
  });

  it('stays finite where the class has probability 0', () => {
    expect(logLoss([1, 0], [1], 2)).toBeCloseTo(23 * Math.LN2, 12);
  });
});
