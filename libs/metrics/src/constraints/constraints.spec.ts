import { createAnnniTask } from '@qloom/datasets/annni/annni-task.ts';
import { AUGMENTATIONS, type AugmentationName } from '@qloom/datasets/augmentations/augmentation-table.ts';
import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { stratifiedFolds } from '@qloom/datasets/split/stratified-folds.ts';
import { runInTurns } from '@qloom/datasets/split/turns.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts as classCountsOf, selectRows } from '@qloom/study/points/rows.ts';
import { manifoldCoverage } from '../distances/coverage.ts';
import { matrixOf } from '../matrix.ts';
import { audit } from './auditor.ts';
import { constraintNull } from './constraint-null.ts';
import { CONSTRAINT_NAMES, constraintSteps, measureConstraints } from './constraints.ts';
import { equalBlocks } from './equal-blocks.ts';
import { equalParts } from './equal-parts.ts';
import { imbalance } from './imbalance.ts';

const task = createAnnniTask();
const training = task.draw({ count: 40, seed: 1 });
const heldOut = task.draw({ count: 40, seed: 2 });
const fresh = task.draw({ count: 200, seed: 3, purpose: 'oracle' });
const quotas = [67, 67, 66];
const make = (name: AugmentationName, strength?: number) =>
  AUGMENTATIONS[name].augment(training, { counts: quotas, strength, random: createRandom(4), shots: 16 });
const measure = (synthetic: Points) => measureConstraints({ training, heldOut, synthetic }, createRandom(5));

describe('measureConstraints', () => {
  it('rates fresh real points within the null', () => {
    const { entries } = constraintNull(task.draw({ count: 120, seed: 9 }), { seed: 1, size: 40 });
    const { values, size, blocks } = measure(fresh);
    expect([size, blocks]).toEqual([40, 5]);
    // Each is above its 5th percentile up to three deviations; averaged over five blocks it is well above.
    for (const name of CONSTRAINT_NAMES) expect(values[name]).toBeGreaterThan(entries[name].tau - entries[name].sigma);
  });

  it('detects copies with jitter by memorization, which the other three do not', () => {
    const { entries } = constraintNull(task.draw({ count: 120, seed: 9 }), { seed: 1, size: 40 });
    const copies = measure(make('noise', 0.02)).values;
    expect(copies.memorization).toBeLessThan(entries.memorization.tau - 3 * entries.memorization.sigma);
    expect(copies.imbalance).toBeGreaterThan(entries.imbalance.tau - 2 * entries.imbalance.sigma);
  });

  it('detects collapse by diversity and noise by fidelity, and does not reward noise', () => {
    const first = training.x.slice(0, 4);
    const collapsed: Points = { ...fresh, x: Float32Array.from(fresh.x, (_, i) => first[i % 4]) };
    expect(measure(collapsed).values.diversity).toBeLessThan(-3);
    const noisy = measure(make('noise', 1));
    expect(noisy.entropyGap).toBeGreaterThan(0);
    expect(noisy.values.diversity).toBe(0);
    expect(noisy.values.fidelity).toBeLessThan(0.6);
  });

  it('detects a missing class by imbalance and wrong labels by fidelity', () => {
    const lopsided = task.draw({ count: 200, seed: 3, classCounts: [200, 0, 0] });
    const report = measure(lopsided);
    expect(report.imbalanceOf.classes).toBeCloseTo(26 / 40, 10);
    expect(report.imbalanceOf.groups).toBeNull();
    const mislabelled = { ...fresh, y: fresh.y.map((label) => (label + 1) % 3) };
    expect(measure(mislabelled).values.fidelity).toBeLessThan(0.5);
    expect(measure(mislabelled).imbalanceOf.features).toBeLessThan(0.25);
  });

  it('gives the same in turns, which can be aborted', async () => {
    const samples = { training, heldOut, synthetic: fresh };
    expect(await runInTurns(constraintSteps(samples, createRandom(5)))).toEqual(measure(fresh));
    const signal = AbortSignal.abort();
    await expect(runInTurns(constraintSteps(samples, createRandom(5)), { signal })).rejects.toThrow(/abort/i);
  });

  it('is the same for the same seed, and stays finite with a handful of points', () => {
    expect(measure(fresh)).toEqual(measure(fresh));
    const few = task.draw({ count: 3, seed: 8 });
    const { values } = measureConstraints({ training: few, heldOut: few, synthetic: few }, createRandom(1));
    for (const name of CONSTRAINT_NAMES) expect(Number.isFinite(values[name])).toBe(true);
  });

  it('refuses a single point', () => {
    const one = task.draw({ count: 1, seed: 1 });
    expect(() => measureConstraints({ training, heldOut, synthetic: one }, createRandom(1))).toThrow(
      '1 synthetic points',
    );
  });
});

describe('constraintNull', () => {
  it('is plain JSON, reproducible, with σ of at least .02 and τ below the median', () => {
    const null1 = constraintNull(training, { seed: 1, repeats: 20 });
    expect(JSON.parse(JSON.stringify(null1))).toEqual(null1);
    expect(constraintNull(training, { seed: 1, repeats: 20 })).toEqual(null1);
    expect(null1.size).toBe(13);
    for (const name of CONSTRAINT_NAMES) {
      expect(null1.entries[name].sigma).toBeGreaterThanOrEqual(0.02);
      expect(null1.entries[name].tau).toBeLessThanOrEqual(null1.entries[name].median);
    }
  });

  it.each([20, 40])('charges true samples nothing for imbalance with %i labels, on average', (count) => {
    const charges = Array.from({ length: 12 }, (_, seed) => {
      const labels = task.draw({ count, seed });
      const folds = stratifiedFolds(labels, 3, createRandom(seed)).map(({ train, heldOut: rows }) => {
        const classCounts = classCountsOf(selectRows(labels, train)).map((rowsOf) => 8 * rowsOf);
        const synthetic = task.draw({ count: 8 * train.length, seed, purpose: 'oracle', classCounts });
        const { heldOut: real, blocks } = equalBlocks(selectRows(labels, rows), synthetic, createRandom(seed));
        const value = blocks.reduce((sum, block) => sum + imbalance(real, block).score, 0) / blocks.length;
        const heldOutCounts = classCountsOf(selectRows(labels, rows));
        return { value, ...constraintNull(labels, { seed, repeats: 2, size: 2, heldOutCounts }).entries.imbalance };
      });
      const mean = (of: 'value' | 'tau' | 'sigma') => folds.reduce((sum, fold) => sum + fold[of] / 3, 0);
      return Math.min(0, (mean('value') - mean('tau')) / mean('sigma'));
    });
    // With a null of 6 points for held-out folds of 7 it was −.3. A value at τ, the 5th percentile of a single pair, is 1.6 σ below
    // the median; the mean over folds and blocks varies less, so that few of 12 are charged, and little.
    expect(charges.reduce((sum, charge) => sum + charge, 0) / 12).toBeGreaterThan(-0.05);
  });

  it('refuses too few points', () => {
    expect(() => constraintNull(task.draw({ count: 5, seed: 1 }), { seed: 1 })).toThrow(
      'three parts of 1 from 5 points',
    );
  });
});

describe('audit', () => {
  const standardizer = fitStandardizer(training);

  it('does not distinguish equal laws, detects a shift, and clips its probabilities', () => {
    let mean = 0;
    for (let i = 0; i < 10; i++) {
      const [a, b] = [10 + i, 50 + i].map((seed) => task.draw({ count: 40, seed }));
      mean += audit(a, b, standardizer, createRandom(i)).auc / 10;
    }
    // Pooled out-of-fold scores lean a little below ½; one AUC at n = 40 deviates by .065, the mean of ten by .02.
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.56);
    const shifted = { ...heldOut, x: heldOut.x.map((v) => v + 3) };
    const found = audit(heldOut, shifted, standardizer, createRandom(1));
    expect(found.auc).toBeGreaterThan(0.99);
    expect(found.score).toBeLessThan(0.02);
    for (const p of [...found.real, ...found.synthetic]) {
      expect(p).toBeGreaterThanOrEqual(0.01);
      expect(p).toBeLessThanOrEqual(0.99);
    }
    expect(found.ganLoss).toBeGreaterThan(-2 * Math.LN2);
  });
});

describe('samples that leave the plane of the real points', () => {
  const random = createRandom(11);
  const pair = (count: number, of: (t: number) => readonly number[]): Points => ({
    count,
    features: 2,
    classes: 1,
    x: Float32Array.from(Array.from({ length: count }, () => of(random.normal())).flat()),
    y: new Int32Array(count),
  });

  it.each([
    ['(t, t) moved to (t + 100, t − 100)', (t: number) => [t, t], (t: number) => [t + 100, t - 100]],
    ['a constant moved from 5 to 50', (t: number) => [t, 5], (t: number) => [t, 50]],
    ['a constant moved from 5e-9 to 50e-9', (t: number) => [t, 5e-9], (t: number) => [t, 50e-9]],
  ])('are detected by auditor, coverage and imbalance alike: %s', (_, real, away) => {
    const samples = { training: pair(30, real), heldOut: pair(30, real), synthetic: pair(30, away) };
    const { auc, imbalanceOf } = measureConstraints(samples, createRandom(1));
    expect(auc).toBe(1);
    expect(imbalanceOf.features).toBeGreaterThan(0.4);
    const standardizer = fitStandardizer(samples.training);
    const [a, b] = [samples.heldOut, samples.synthetic].map((points) => matrixOf(points, standardizer));
    expect(manifoldCoverage(a, b)).toEqual({ precision: 0, recall: 0, density: 0, coverage: 0 });
  });
});

describe('imbalance', () => {
  const tiny = (x: number[], y: number[], group?: number[]): Points => ({
    count: y.length,
    features: 1,
    classes: 2,
    x: Float32Array.from(x),
    y: Int32Array.from(y),
    ...(group ? { group: Int32Array.from(group) } : {}),
  });

  it('is zero on identical samples and counts by hand on others', () => {
    const real = tiny([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(imbalance(real, real)).toMatchObject({ classes: 0, features: 0, groups: 0, score: -0 });
    // Ten bins of one point each: {1, 1} leaves nine real bins empty; shares 1 against .1.
    expect(imbalance(real, tiny([1, 1], [0, 1], [1, 0]))).toMatchObject({
      classes: 0,
      perFeature: [expect.closeTo(0.9, 12)],
      groups: expect.closeTo(0.3, 12),
      score: expect.closeTo(-0.9, 12),
    });
    expect(imbalance(real, tiny([99], [1])).groups).toBeNull();
  });

  it('detects that a constant feature moved, up to rounding, and does not split bins at a value', () => {
    expect(imbalance(tiny([0, 0, 0], [0, 1, 0]), tiny([0, 5], [0, 1])).features).toBe(0.5);
    expect(imbalance(tiny([5, 5, 5], [0, 1, 0]), tiny([50, 50], [0, 1])).features).toBe(1);
    expect(imbalance(tiny([5, 5, 5], [0, 1, 0]), tiny([5.001, 4.999], [0, 1])).features).toBe(0);
    const atoms = tiny([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1]);
    const jittered = tiny([0.1, -0.1, 0, 0.9, 1.1, 1], [0, 0, 0, 1, 1, 1]);
    expect(imbalance(atoms, jittered).features).toBe(0);
  });
});

describe('equalParts', () => {
  it('gives disjoint parts with every class in equal shares', () => {
    const points = task.draw({ count: 41, seed: 3, classCounts: [20, 12, 9] });
    const parts = equalParts(points, 3, 13, createRandom(1));
    expect(new Set(parts.flat()).size).toBe(39);
    for (const part of parts) {
      expect(part).toHaveLength(13);
      const counts = [0, 1, 2].map((c) => part.filter((row) => points.y[row] === c).length);
      [20, 12, 9].forEach((rows, c) => {
        expect(Math.abs(counts[c] - rows / 3)).toBeLessThanOrEqual(1.5);
      });
    }
  });
});
