import { createRandom } from '@qloom/random/random.ts';
import { InvalidHyperparameterError } from '@qloom/study/hyperparameters/invalid-hyperparameter-error.ts';
import { createSpace } from '@qloom/study/space/space.ts';
import fc from 'fast-check';
import { HYPERPARAMETERS } from '../hyperparameters.ts';
import { adjustAugmentation, augment, NO_AUGMENTATION } from './augmentation.ts';
import { correlationOrder } from './feature-order.ts';
import { createFeatureView } from './feature-view.ts';
import { createRealBatches } from './real-batches.ts';
import { criticSettings } from './settings.ts';

const points = (features: number, x: number[], y?: number[]) => {
  const count = x.length / features;
  const labels = Int32Array.from(y ?? new Array(count).fill(0));
  return { count, features, classes: Math.max(...labels) + 1, x: Float32Array.from(x), y: labels };
};

describe('correlationOrder', () => {
  it('puts correlated features side by side', () => {
    const random = createRandom(1);
    const rows = Array.from({ length: 400 }, () => {
      const [a, b] = [random.normal(), random.normal()];
      // Column 0 is correlated with 2, and weakly with 3; column 1 with none.
      return [a, random.normal(), a + 0.1 * b, a + 2 * random.normal()];
    });
    const order = [...correlationOrder(points(4, rows.flat()))];
    expect(Math.abs(order.indexOf(0) - order.indexOf(2))).toBe(1);
    expect([0, 3]).toContain(order.indexOf(1));
  });

  it('is a permutation, even for constant columns and a single column', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }), fc.nat(), (features, count, seed) => {
        const random = createRandom(seed);
        const x = Array.from({ length: count * features }, () => random.integer(2));
        const order = [...correlationOrder(points(features, x))].sort((a, b) => a - b);
        expect(order).toEqual(Array.from({ length: features }, (_, i) => i));
      }),
    );
  });
});

describe('createFeatureView', () => {
  it('standardizes, and maps a gradient back by the transpose of its map', () => {
    const random = createRandom(2);
    const training = points(
      3,
      Array.from({ length: 90 }, (_, i) => 10 ** (i % 3) * (5 + random.normal())),
    );
    const view = createFeatureView(training);
    const seen = view.forward(training.x);
    for (let j = 0; j < 3; j++) {
      const column = Array.from({ length: 30 }, (_, i) => seen[i * 3 + j]);
      const mean = column.reduce((a, b) => a + b, 0) / 30;
      // Standardized by numbers in float32 of up to 600: u of 600/100, their mean over their deviation, thirty times that at most.
      expect(mean).toBeCloseTo(0, 4);
      expect(column.reduce((a, b) => a + (b - mean) ** 2, 0) / 30).toBeCloseTo(1, 4);
    }
    const u = random.normals(3);
    const dx = random.normals(3);
    const at = (x: Float32Array) => view.forward(x);
    const zero = at(new Float32Array(3));
    const forward = at(dx).reduce((sum, value, i) => sum + (value - zero[i]) * u[i], 0);
    const backward = view.backward(u).reduce((sum, value, i) => sum + value * dx[i], 0);
    // Three products of order 1, of differences of float32 numbers up to 6: 3·6·u = 1e-6.
    expect(backward).toBeCloseTo(forward, 4);
  });

  it('does not amplify a constant feature', () => {
    const view = createFeatureView(points(2, [1, 5, 2, 5, 3, 5]));
    expect([...view.forward(Float32Array.of(2, 5))].map(Math.abs)).toEqual([0, 0]);
  });
});

describe('augment', () => {
  const x = createRandom(3).normals(4000);

  it('changes nothing at strength 0', () => {
    expect(augment(x, 4, 0, createRandom(1)).x).toEqual(x);
  });

  it('masks about strength × a quarter of the numbers, with slope 0', () => {
    const { x: seen, slope } = augment(x, 4, 0.5, createRandom(1));
    const masked = slope.filter((value) => value === 0).length / slope.length;
    // 0.125 expected; rows of four are drawn together, so the standard error is about 0.007.
    expect(Math.abs(masked - 0.125)).toBeLessThan(0.035);
    for (const [i, value] of slope.entries()) if (value === 0) expect(seen[i]).toBe(0);
  });

  it('grows while the critic is right about more real points than the target, and shrinks otherwise', () => {
    let state = NO_AUGMENTATION;
    for (let i = 0; i < 100; i++) state = adjustAugmentation(state, [1, 2, 3]);
    expect(state.strength).toBeGreaterThan(0.3);
    expect(state.realSign).toBeCloseTo(1, 3);
    for (let i = 0; i < 400; i++) state = adjustAugmentation(state, [1, -1]);
    expect(state.strength).toBe(0);
    for (let i = 0; i < 1000; i++) state = adjustAugmentation(state, [1]);
    expect(state.strength).toBe(0.8);
  });
});

describe('createRealBatches', () => {
  it('draws the requested classes, each point once before any twice', () => {
    const training = points(1, [0, 1, 2, 10, 11], [0, 0, 0, 1, 1]);
    const draws = createRealBatches(training, training.x).draw(Int32Array.of(0, 1, 0, 1, 0), createRandom(4));
    expect([...draws].sort((a, b) => a - b)).toEqual([0, 1, 2, 10, 11]);
  });
});

describe('criticSettings', () => {
  it('fills in every default, and takes numbers from strings on the wire', () => {
    expect(criticSettings({ 'disc.filters': '32', 'vae.width': 3 }, { adversarial: 1 })).toEqual({
      architecture: 'conv',
      convLayers: 2,
      kernel: 3,
      filters: 32,
      loss: 'ns+R1',
      learningRate: 2e-3,
      updatesPerStep: 1,
      r1Gamma: 1,
      weights: { adversarial: 1, 'feature-matching': 0 },
    });
  });

  it.each([
    [{ 'disc.filters': 9 }, 'disc.filters: 9 is not one of 8, 16, 32'],
    [{ 'gan.lrD': 3 }, 'gan.lrD: 3 is above the maximum 0.004'],
    [{ 'gan.lrD': 1e-9 }, 'gan.lrD: 1e-9 is below the minimum 0.0001'],
    [{ 'gan.r1Gamma': 'much' }, 'gan.r1Gamma: "much" is not a number in [0.01, 10]'],
    [{ 'disc.depth': 2 }, 'disc.depth: no such hyperparameter; the discriminator offers disc.arch'],
  ])('refuses %j', (given, message) => {
    expect(() => criticSettings(given, {})).toThrow(InvalidHyperparameterError);
    expect(() => criticSettings(given, {})).toThrow(message);
  });

  it('refuses unknown objectives and weights below 0', () => {
    expect(() => criticSettings({}, { utility: 1 })).toThrow(
      'objective utility: this critic knows adversarial, feature-matching',
    );
    expect(() => criticSettings({}, { adversarial: -1 })).toThrow('weight -1');
  });

  it('offers searchable hyperparameters: unique names, defaults within their range, conditions that can hold', () => {
    expect(createSpace(HYPERPARAMETERS).parameters).toHaveLength(HYPERPARAMETERS.length);
  });
});
