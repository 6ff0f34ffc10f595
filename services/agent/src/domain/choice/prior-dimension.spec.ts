import { runNow } from '@qloom/datasets/split/turns.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows, selectRows } from '@qloom/study/points/rows.ts';
import { priorDimension } from './prior-dimension.ts';

const measure = (labels: Points, seed = 1, shots = 0) => runNow(priorDimension(labels, { shots }, createRandom(seed)));

/** Two Gaussian classes of one covariance, one apart: the density of the prior. */
function gaussians(each: number, features: number, random: Random): Points {
  const count = 2 * each;
  const y = Int32Array.from({ length: count }, (_, row) => row % 2);
  const x = Float32Array.from({ length: count * features }, (_, i) => {
    const j = i % features;
    return (1 + j) * random.normal() + y[Math.floor(i / features)];
  });
  return { count, features, classes: 2, x, y };
}

/** labels/prior of draws of a task of the library. */
function ratios(task: string, settings: object, labels: number, draws: number): number[] {
  const of = createNamedTask(task, { ...settings });
  const { physical, expectations } = of.descriptor;
  const features = { physical, shots: expectations?.shots ?? 0 };
  return Array.from({ length: draws }, (_, draw) => {
    const points = of.draw({ count: labels, seed: `prior-dimension/${draw}` });
    const measured = runNow(priorDimension(points, features, createRandom(draw)));
    return measured === null ? Number.NaN : measured.labels / measured.prior;
  });
}

describe('priorDimension', () => {
  it("has labels of the prior's own density below it in about one case of twenty, and never below half", () => {
    const random = createRandom('null');
    const draws = 100;
    const measured = Array.from({ length: draws }, (_, i) => measure(gaussians(10, 3, random.fork(i)), i));
    const shares = measured.map((each) => (each === null ? Number.NaN : each.labels / each.prior));
    const below = shares.filter((share) => share < 1).length / draws;
    // Four standard errors of a share of .05 in 100 are .087; the shrinkage of the covariance makes it no exact test.
    expect(below).toBeLessThan(0.05 + 0.087);
    // Half the 5th percentile: of 20 independent Γ(1) ratios, P(Σ > 2·q.95) = scipy.stats.gamma.sf(2*gamma.ppf(.95, 20), 20) = 1e-8.
    expect(Math.min(...shares)).toBeGreaterThan(0.5);
  });

  it.each([
    ['two curves, N = 40', 'two-curves', {}, 40],
    ['two curves of another world, N = 40', 'two-curves', { world: 9 }, 40],
    ['two curves, N = 80', 'two-curves', { world: 9 }, 80],
    ['a manifold of one dimension, N = 40', 'hidden-manifold', { manifold: 1, world: 9 }, 40],
  ])('sees labels on curves: %s', (_, task, settings, labels) => {
    expect(Math.max(...ratios(task, settings, labels, 4))).toBeLessThan(0.5);
  });

  it.each([
    ['hidden manifold, N = 20', 'hidden-manifold', { world: 9 }, 20],
    ['hidden manifold, N = 80', 'hidden-manifold', { world: 9 }, 80],
    ['a manifold of four dimensions, N = 40', 'hidden-manifold', { manifold: 4, world: 9 }, 40],
    ['expectations from 16 shots, N = 18', 'annni', { shots: 16 }, 18],
    ['expectations from 16 shots, N = 72', 'annni', { shots: 16 }, 72],
  ])('does not see them elsewhere: %s', (_, task, settings, labels) => {
    expect(Math.min(...ratios(task, settings, labels, 4))).toBeGreaterThan(0.5);
  });

  it('counts identical rows once, and knows no unit', () => {
    const labels = gaussians(12, 3, createRandom(3));
    const copied = concatenateRows([labels, selectRows(labels, [0, 1, 2, 3])]);
    expect(measure(copied)?.labels).toBeCloseTo(measure(labels)?.labels ?? 0, 12);
    const scaled = { ...labels, x: labels.x.map((value) => 1024 * value) };
    // A power of two changes no digit.
    expect(measure(scaled)).toEqual(measure(labels));
  });

  it('is null where too few rows differ', () => {
    const labels = gaussians(4, 2, createRandom(4));
    expect(measure({ ...labels, x: labels.x.map((_, i) => i % 2) })).toBeNull();
  });

  it('takes a part of many labels, of the same dimension', () => {
    const ofMany = measure(gaussians(600, 3, createRandom(5)));
    expect(ofMany?.labels).toBeGreaterThan(2);
    expect(ofMany?.prior).toBeGreaterThan(2);
  });
});
