import { runInTurns, runNow } from '@qloom/datasets/split/turns.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { sineGrid } from '../testing/golden-samples.ts';
import { accuracyOf, type ProbabilisticClassifier } from './classifier.ts';
import { fitTeacher, PROBABILISTIC_CLASSIFIERS, type ProbabilisticClassifierName } from './classifier-table.ts';
import { fitSoftmaxNetwork } from './fit-softmax-network.ts';
import { layersOf, networkLoss, parameterCount } from './network-loss.ts';
import { createSoftmaxClassifier, type SoftmaxNetwork } from './softmax-network.ts';
import { createTeacher } from './teacher.ts';
import { mostTrainingRows, trainingSample } from './training-sample.ts';

const NAMES = Object.keys(PROBABILISTIC_CLASSIFIERS) as ProbabilisticClassifierName[];
const fit = (name: ProbabilisticClassifierName, points: Points, seed = 1) =>
  PROBABILISTIC_CLASSIFIERS[name].fit(points, seed);

/** Points of these values and labels. */
const points = (x: ArrayLike<number>, y: readonly number[], classes: number): Points => ({
  count: y.length,
  features: x.length / y.length,
  classes,
  x: Float32Array.from(x),
  y: Int32Array.from(y),
});

const X = sineGrid(30, 3, 0.7).values;
const T = points(sineGrid(6, 3, 2.1).values.slice(0, 9), [0, 0, 0], 3);
const rows = [...Array(30).keys()];
const two = points(
  X,
  rows.map((i) => (X[3 * i] * X[3 * i + 1] > 0 ? 1 : 0)),
  2,
);
const three = points(
  X,
  rows.map((i) => {
    const value = X[3 * i + 2] + 0.5 * X[3 * i];
    return value < -0.4 ? 0 : value < 0.4 ? 1 : 2;
  }),
  3,
);

// X, T = sineGrid(30, 3, .7), sineGrid(6, 3, 2.1) in float32; m, s = X.mean(0), X.std(0); Z, V = (X-m)/s, (T-m)/s
// y = X[:,0]*X[:,1] > 0 (two), np.digitize(X[:,2] + .5*X[:,0], [-.4, .4]) (three); n, K = 30, y.max()+1
describe('agreement with scikit-learn', () => {
  // float32 rows and, for the iterative fits, a gradient of 1e-6 at the end.
  const close = (classifier: ProbabilisticClassifier, expected: readonly number[], tolerance = 2e-5) => {
    const found = classifier.probabilities(T);
    expected.forEach((value, i) => {
      expect(Math.abs(found[i] - value)).toBeLessThan(tolerance);
    });
  };

  it('of LDA', () => {
    // M = np.array([Z[y==c].mean(0) for c in range(K)]); P = ledoit_wolf(Z-M[y], assume_centered=True)[0]*n/(n-K)
    // W = np.linalg.solve(P, M.T); softmax(V@W - .5*np.sum(M*W.T, 1) + np.log(np.bincount(y)/n), axis=1)[:3]
    close(fit('lda', two), [0.90510071, 0.09489929, 0.71869757, 0.28130243, 0.698410755, 0.301589245]);
    close(
      fit('lda', three),
      [
        0.000021888, 0.002747149, 0.997230963, 0.00045471, 0.112700713, 0.886844577, 0.000679839, 0.136315872,
        0.863004288,
      ],
    );
  });

  it('of logistic regression', () => {
    // LogisticRegression(C=1, tol=1e-10, max_iter=10000).fit(Z, y).predict_proba(V)[:3]
    close(fit('logistic', two), [0.912053923, 0.087946077, 0.708448137, 0.291551863, 0.699747917, 0.300252083]);
    close(
      fit('logistic', three),
      [
        0.004027242, 0.024044872, 0.971927886, 0.010230913, 0.236810452, 0.752958634, 0.011197495, 0.217772782,
        0.771029723,
      ],
    );
  });

  // mlp = MLPClassifier((32,), alpha=1, solver='lbfgs', max_iter=1, warm_start=True).fit(Z, y); then as coefs_ and intercepts_
  // start = .3*np.sin(np.arange(33*o + 128) + 1.) for o outputs, layer by layer the rows of W.T, then b
  const start = (sizes: readonly number[]) =>
    Float64Array.from({ length: parameterCount(sizes) }, (_, i) => 0.3 * Math.sin(i + 1));

  it.each([
    // log_loss(y, mlp.predict_proba(Z)) + sum((w**2).sum() for w in mlp.coefs_)/60, mlp.predict_proba(V)[:2]
    [two, [3, 32, 1], 0.7991158272, [0.408034542, 0.591965458, 0.397025074, 0.602974926]],
    [three, [3, 32, 3], 1.269750237, [0.379344891, 0.333863699, 0.28679141, 0.387823856, 0.333857177, 0.278318967]],
  ])('of the loss and the probabilities of a multilayer perceptron', (training, sizes, loss, expected) => {
    const { x, targets, present, standardizer } = trainingSample(training, 1);
    expect(Math.abs(networkLoss(x, targets, sizes, 1)(start(sizes)).value - loss)).toBeLessThan(1e-6);
    const layers = layersOf(sizes, start(sizes));
    close(createSoftmaxClassifier({ classes: training.classes, present, standardizer, layers }), expected);
  });

  it.each([
    // max_iter = max_fun = 1e5, fitted until nothing changes: mlp.loss_
    [two, [3, 32, 1], 0.38560702825],
    [three, [3, 32, 3], 0.40275126789],
  ])('of the minimum that a multilayer perceptron reaches', (training, sizes, loss) => {
    const sample = trainingSample(training, 1);
    const options = { hidden: 32, alpha: 1, steps: 500, gradientTolerance: 1e-8, start };
    const { layers } = runNow(fitSoftmaxNetwork(sample, options));
    const flat = Float64Array.from(layers.flatMap(({ weights, biases }) => [...weights, ...biases]));
    // Both stop at kinks of the ReLUs, where a gradient has no meaning: 2e-4 of the loss apart.
    expect(Math.abs(networkLoss(sample.x, sample.targets, sizes, 1)(flat).value - loss)).toBeLessThan(1e-3);
  });

  it('of the gradient with central differences', () => {
    const { x, targets } = trainingSample(three, 1);
    const sizes = [3, 5, 3];
    const evaluate = networkLoss(x, targets, sizes, 0.7);
    const at = Float64Array.from({ length: parameterCount(sizes) }, (_, i) => Math.sin(3 * i + 1));
    const { gradient } = evaluate(at);
    at.forEach((value, i) => {
      const [up, down] = [1e-5, -1e-5].map((step) => evaluate(at.with(i, value + step)).value);
      // Rounding of 1e-16/1e-5 and a third derivative of order 1 times 1e-10.
      expect(Math.abs((up - down) / 2e-5 - gradient[i])).toBeLessThan(1e-8);
    });
  });
});

function clouds(count: number, classes: number, seed: number, features = 4): Points {
  const random = createRandom(seed);
  const y = Array.from({ length: count }, (_, i) => i % classes);
  const x = Array.from(
    { length: features * count },
    (_, at) => random.normal() + (at % features === y[Math.floor(at / features)] % features ? 2 : 0),
  );
  return points(x, y, classes);
}

describe.each(NAMES)('%s', (name) => {
  const training = clouds(60, 3, 1);
  const test = clouds(300, 3, 2);

  it('gives probabilities that sum to 1, and predicts the most probable class', () => {
    const classifier = fit(name, training);
    const probabilities = classifier.probabilities(test);
    const predicted = classifier.predict(test);
    for (let row = 0; row < test.count; row++) {
      const own = [...probabilities.subarray(3 * row, 3 * row + 3)];
      expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(own[predicted[row]]).toBe(Math.max(...own));
    }
    // Means of distance 2√2, deviation 1: two classes are separable in 92% of cases, three in about 87%.
    expect(accuracyOf(classifier, test)).toBeGreaterThan(0.78);
  });

  it('does not depend on the units of the features', () => {
    const inOtherUnits = (of: Points): Points => ({
      ...of,
      // Powers of two: exact in float32.
      x: of.x.map((value, i) => value * 2 ** (4 * (i % of.features) - 6)),
    });
    const plain = fit(name, training).probabilities(test);
    const scaled = fit(name, inOtherUnits(training)).probabilities(inOtherUnits(test));
    scaled.forEach((value, i) => {
      expect(Math.abs(value - plain[i])).toBeLessThan(1e-9);
    });
  });

  it('gives the same numbers for the same seed, at once or in turns', async () => {
    const once = fit(name, training, 7).probabilities(test);
    expect(fit(name, training, 7).probabilities(test)).toEqual(once);
    const inTurns = await runInTurns(PROBABILISTIC_CLASSIFIERS[name].fitSteps(training, 7));
    expect(inTurns.probabilities(test)).toEqual(once);
  });

  it('gives a class without points probability 0, and the only class there is 1', () => {
    const gap = { ...training, classes: 5, y: training.y.map((label) => label + 1) };
    const probabilities = fit(name, gap).probabilities({ ...test, classes: 5 });
    for (let row = 0; row < test.count; row++) {
      expect([probabilities[5 * row], probabilities[5 * row + 4]]).toEqual([0, 0]);
    }
    const one = fit(name, { ...training, y: training.y.map(() => 1) });
    expect([...one.probabilities(clouds(1, 3, 3))]).toEqual([0, 1, 0]);
    expect([...one.predict(clouds(2, 3, 3))]).toEqual([1, 1]);
  });

  it.each([
    ['classes of one point', clouds(3, 3, 4)],
    ['a class of one point', { ...clouds(9, 2, 5), y: new Int32Array(9).fill(1, 8) }],
    ['fewer points than features', clouds(6, 3, 6, 40)],
    ['equal points', points(new Float32Array(12).fill(0.5), [0, 1, 0, 1], 2)],
    ['a constant feature', { ...training, x: training.x.map((value, i) => (i % 4 === 2 ? 3 : value)) }],
  ])('works with %s', (_, few) => {
    const probabilities = fit(name, few).probabilities(few);
    for (const value of probabilities) expect(value >= 0 && value <= 1).toBe(true);
  });

  it('is fitted to a stratified sample of many points', () => {
    const many = clouds(mostTrainingRows(training) + 300, 3, 8);
    const classifier = fit(name, many, 5);
    const ofSample = fit(name, trainingSample(many, 5).points, 5);
    expect(classifier.probabilities(test)).toEqual(ofSample.probabilities(test));
    expect(accuracyOf(classifier, test)).toBeGreaterThan(0.78);
  });

  it('refuses no points and points with other features', () => {
    expect(() => fit(name, points([], [], 2))).toThrow('classifier: there are no training points; give at least one');
    expect(() => fit(name, training).predict(T)).toThrow('the points have 3 features, the training points had 4');
  });
});

describe('the sample of many points', () => {
  it('has rows within the bound, and each class', () => {
    const most = mostTrainingRows({ features: 200, classes: 3 });
    expect(most).toBe(640);
    const many = clouds(most + 300, 3, 8, 200);
    const rare = { ...many, y: many.y.map((label) => (label === 1 ? 0 : label)).with(4, 1) };
    const sample = trainingSample(rare, 1);
    expect(sample.points.count).toBe(most);
    expect(sample.present).toEqual([0, 1, 2]);
  });
});

describe('the linear classifiers', () => {
  it.each(['lda', 'logistic'] as const)('%s permutes its probabilities with the classes', (name) => {
    const training = clouds(60, 3, 1);
    const test = clouds(100, 3, 2);
    const turned = { ...training, y: training.y.map((label) => (label + 1) % 3) };
    const plain = fit(name, training).probabilities(test);
    const permuted = fit(name, turned).probabilities(test);
    for (let i = 0; i < plain.length; i++) {
      const at = i - (i % 3) + (((i % 3) + 1) % 3);
      // The logistic fit ends at a gradient of 1e-6, and its curvature is at least 1/60.
      expect(Math.abs(permuted[at] - plain[i])).toBeLessThan(1e-4);
    }
  });
});

describe('the teacher', () => {
  it('is the normalized geometric mean of probabilities limited to .01 … .99', () => {
    // Members with constant probabilities p: weights 0, biases ln p.
    const member = (probabilities: readonly number[]): SoftmaxNetwork => ({
      classes: 4,
      present: [0, 1, 3],
      standardizer: { mean: [0], scale: [1] },
      layers: [
        { inputs: 1, outputs: 3, weights: new Float64Array(3), biases: Float64Array.from(probabilities, Math.log) },
      ],
    });
    const teacher = createTeacher([member([0.9985, 0.001, 0.0005]), member([0.2, 0.5, 0.3])]);
    // (.99·.2)^½, (.01·.5)^½, (.01·.3)^½ over their sum
    const each = [0.99 * 0.2, 0.01 * 0.5, 0.01 * 0.3].map(Math.sqrt);
    const sum = each[0] + each[1] + each[2];
    const found = teacher.probabilities(points([5], [0], 4));
    [each[0] / sum, each[1] / sum, 0, each[2] / sum].forEach((value, label) => {
      expect(found[label]).toBeCloseTo(value, 12);
    });
  });

  it('recognizes classes that no linear member can', () => {
    const random = createRandom('ring');
    const ring = (count: number) => {
      const y = Array.from({ length: count }, (_, i) => i % 2);
      const x = y.flatMap((label) => {
        const angle = 2 * Math.PI * random.uniform();
        const radius = (label === 0 ? 0 : 3) + 0.4 * random.normal();
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
      });
      return points(x, y, 2);
    };
    const training = ring(60);
    const test = ring(400);
    expect(accuracyOf(fit('lda', training), test)).toBeLessThan(0.8);
    expect(accuracyOf(fitTeacher(training, 1), test)).toBeGreaterThan(0.85);
  });
});
