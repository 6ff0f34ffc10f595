import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { InvalidPointsError } from '../errors.ts';
import { type Assessment, assess } from './assess.ts';
import { anticommutingPairs, physicalShare } from './physical-validity.ts';

/** Two classes of two features, one cloud each; `spread` is the standard deviation and `shift` moves everything. */
function clouds(count: number, seed: string, { spread = 1, shift = 0 } = {}): Points {
  const random = createRandom(seed);
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  const x = Float32Array.from({ length: 2 * count }, (_, i) => 3 * y[i >> 1] + shift + spread * random.normal());
  return { count, features: 2, classes: 2, x, y };
}

const training = clouds(60, 'training');
const heldOut = clouds(30, 'held out');
const of = (synthetic: Points | null, changes: Partial<Assessment> = {}) =>
  assess({ training, heldOut, synthetic, seed: 3, physical: null, ...changes });

describe('assess', () => {
  it('finds nothing wrong with fresh real points', () => {
    const { constraints, metrics, nullDistribution, syntheticCount } = of(clouds(90, 'fresh'));
    expect(syntheticCount).toBe(90);
    // Each constraint is within four scales of its null distribution of the value for real points.
    for (const [name, best] of Object.entries({ diversity: 0, imbalance: 0, fidelity: 1, memorization: 1 })) {
      const sigma = nullDistribution[`${name}.sigma`];
      expect(sigma).toBeGreaterThanOrEqual(0.02);
      expect(constraints[name as keyof typeof constraints]).toBeGreaterThan(
        Math.min(best, nullDistribution[`${name}.tau`]) - 4 * sigma,
      );
    }
    expect(metrics['auditor.auc']).toBeLessThan(0.7);
    expect(metrics.frechet).toBeLessThan(4 * metrics['frechet.null']);
    expect(Math.abs(metrics.mmd2)).toBeLessThan(0.1);
    expect(metrics.coverage).toBeGreaterThan(0.7);
    expect(Object.keys(metrics)).not.toContain('physical.valid');
  });

  it('catches points that are shifted, collapsed, copied, or of one class', () => {
    const shifted = of(clouds(60, 'fresh', { shift: 8 }));
    expect(shifted.constraints.fidelity).toBeLessThan(0.3);
    expect(shifted.metrics.frechet).toBeGreaterThan(10 * shifted.metrics['frechet.null']);
    expect(shifted.metrics.precision).toBeLessThan(0.2);
    const collapsed = of(clouds(60, 'fresh', { spread: 0.1 }));
    expect(collapsed.constraints.diversity).toBeLessThan(-1);
    expect(collapsed.metrics['entropy.synthetic']).toBeLessThan(collapsed.metrics['entropy.real'] - 1);
    const copied = of({ ...training, x: training.x.map((value, i) => value + 1e-4 * (i % 3)) });
    expect(copied.constraints.memorization).toBeLessThan(0.3);
    const oneClass = of({ ...clouds(60, 'fresh'), y: new Int32Array(60) });
    expect(oneClass.constraints.imbalance).toBeLessThan(-0.4);
  });

  it('counts each real point once if training and held-out points are the same', () => {
    const labels = clouds(40, 'labels');
    const synthetic = clouds(31, 'fresh');
    const once = of(synthetic, { training: labels, heldOut: labels });
    const copied = { ...labels, x: labels.x.map((value) => value + 1e-6) };
    const twice = of(synthetic, { training: copied, heldOut: labels });
    // If every point occurs twice, the halves share points and are too close to one another.
    expect(once.metrics['frechet.null']).toBeGreaterThan(1.2 * twice.metrics['frechet.null']);
    // Continuous values that occur twice are not mistaken for discrete ones.
    expect(once.metrics['entropy.real']).toBeCloseTo(
      of(synthetic, { training, heldOut: labels }).metrics['entropy.real'],
      0,
    );
    const three = clouds(3, 'three');
    expect(() => of(synthetic, { training: three, heldOut: three })).toThrow(
      '6 in all (each counted once), are expected',
    );
  });

  it('reports perfect values, and the null, if nothing was added', () => {
    for (const synthetic of [null, { ...clouds(0, ''), count: 0 }]) {
      const { constraints, metrics, syntheticCount, nullDistribution } = of(synthetic);
      expect(syntheticCount).toBe(0);
      expect(constraints).toEqual({ diversity: 0, imbalance: 0, fidelity: 1, memorization: 1 });
      expect(metrics['entropy.synthetic']).toBe(metrics['entropy.real']);
      expect(metrics['auditor.auc']).toBe(0.5);
      expect(metrics.frechet).toBe(metrics['frechet.null']);
      expect(Object.keys(nullDistribution)).toHaveLength(8);
    }
  });

  it('is the same for the same seed', () => {
    const synthetic = clouds(60, 'fresh');
    expect(of(synthetic)).toEqual(of(synthetic));
    expect(of(synthetic, { seed: 4 }).nullDistribution).not.toEqual(of(synthetic).nullDistribution);
  });

  it('refuses points that are too few or do not fit together', () => {
    expect(() => of(null, { heldOut: clouds(1, 'a') })).toThrow(InvalidPointsError);
    expect(() => of(clouds(1, 'a'))).toThrow('synthetic: 1 point; none, or at least 2, are expected');
    expect(() => of({ ...clouds(4, 'a'), classes: 3 })).toThrow(
      'synthetic: 2 features and 3 classes; the training points have 2 and 2',
    );
  });
});

describe('physicalShare', () => {
  it('recognizes Pauli strings that anticommute', () => {
    expect(anticommutingPairs(['Z3', 'X3X4', 'X3X5', 'Z0', 'Z3Z4', 'feature'])).toEqual([
      [0, 1],
      [0, 2],
      [2, 4],
    ]);
  });

  it('accepts expectations of a possible state and refuses impossible ones', () => {
    const points = (x: number[]): Points => {
      const count = x.length / 2;
      return { count, features: 2, classes: 1, x: Float32Array.from(x), y: new Int32Array(count) };
    };
    const names = ['Z0', 'X0'];
    // On the Bloch sphere, inside it, outside it, and beyond 1.
    const x = [0.6, 0.8, 0.1, -0.2, 0.9, 0.9, 1.2, 0];
    expect(physicalShare(points(x), { names, shots: 0 })).toBe(0.5);
    // Sixteen shots allow 0.75 above the sphere, but at most 1 per feature.
    expect(physicalShare(points(x), { names, shots: 16 })).toBe(0.75);
    expect(physicalShare(points(x), { names: ['Z0', 'Z1'], shots: 0 })).toBe(0.75);
  });
});
