import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import fc from 'fast-check';
import { findIdenticalRows, identicalRowBlocks } from './identical-rows.ts';
import { repeatedSplitSteps } from './repeated-splits.ts';
import { createSplitManifest } from './split-manifest.ts';
import { runNow } from './turns.ts';

/** One feature: rows of the same value are identical. */
function pointsOf(rows: readonly (readonly [value: number, label: number])[], classes = 2): Points {
  return {
    count: rows.length,
    features: 1,
    classes,
    x: Float32Array.from(rows, ([value]) => value),
    y: Int32Array.from(rows, ([, label]) => label),
  };
}

const valuesOf = (points: Points, rows: readonly number[]) => new Set(rows.map((row) => points.x[row]));
const isDisjoint = (a: Set<number>, b: Set<number>) => [...a].every((value) => !b.has(value));

/** Half of the rows or more differ from all others; the rest repeats some of them, a few with another label. */
const partlyRepeated = fc
  .tuple(fc.integer({ min: 24, max: 50 }), fc.array(fc.tuple(fc.nat(1000), fc.nat(9)), { maxLength: 20 }))
  .map(([distinct, copies]) => {
    const rows = Array.from({ length: distinct }, (_, i): [number, number] => [i, i % 2]);
    for (const [of, odd] of copies) {
      const [value, label] = rows[of % distinct];
      rows.push([value, odd === 0 ? 1 - label : label]);
    }
    return pointsOf(rows);
  });

describe('identical rows', () => {
  it('are found whatever their labels, 0 and −0 being one value', () => {
    const points = pointsOf([
      [1, 0],
      [0, 1],
      [1, 1],
      [-0, 0],
      [2, 0],
    ]);
    expect(findIdenticalRows(points)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect([...(identicalRowBlocks(points) ?? [])]).toEqual([0, 1, 0, 1, 4]);
    expect(identicalRowBlocks(pointsOf([[1, 0]]))).toBeUndefined();
  });

  it('are never among the labels and in the test part of a repeated split', () => {
    fc.assert(
      fc.property(partlyRepeated, fc.integer(), (points, seed) => {
        const labels = Math.floor(points.count * 0.6);
        const test = Math.floor(points.count * 0.2);
        const block = identicalRowBlocks(points);
        for (const split of runNow(repeatedSplitSteps({ ...points, block }, { repeats: 5, labels, test, seed }))) {
          expect(isDisjoint(valuesOf(points, split.labels), valuesOf(points, split.test))).toBe(true);
          expect(split.labels.length).toBeLessThanOrEqual(labels);
          expect(split.test.length).toBeLessThanOrEqual(test);
          expect(new Set(split.labels.map((row) => points.y[row])).size).toBe(2);
          expect(new Set(split.test.map((row) => points.y[row])).size).toBe(2);
        }
      }),
    );
  });

  it.each([
    ['refold', { kind: 'refold', folds: 3 } as const],
    ['holdout', { kind: 'holdout', fraction: 0.25 } as const],
  ])('are on one side of every reward fold and outer fold (%s), each row held out once', (_, outer) => {
    fc.assert(
      fc.property(partlyRepeated, fc.integer(), (points, seed) => {
        const manifest = createSplitManifest(points, { seed, outer, identicalTogether: true });
        for (const { train, heldOut } of [...manifest.reward, ...manifest.outer]) {
          expect(isDisjoint(valuesOf(points, train), valuesOf(points, heldOut))).toBe(true);
          expect(new Set(heldOut.map((row) => points.y[row])).size).toBe(2);
        }
        const searched = manifest.reward.flatMap((fold) => fold.heldOut);
        expect(new Set(searched).size).toBe(searched.length);
        expect(searched.length).toBe(outer.kind === 'refold' ? points.count : manifest.outer[0].train.length);
      }),
    );
  });

  it('leave a split without identical rows as it is, number by number', () => {
    const points = pointsOf(Array.from({ length: 60 }, (_, i) => [i, i % 2]));
    const options = { repeats: 4, labels: 40, test: 12, seed: 3 };
    expect(runNow(repeatedSplitSteps({ ...points, block: identicalRowBlocks(points) }, options))).toEqual(
      runNow(repeatedSplitSteps(points, options)),
    );
    expect(createSplitManifest(points, { seed: 3, identicalTogether: true })).toEqual(
      createSplitManifest(points, { seed: 3 }),
    );
  });

  it('are refused, with what would be right, where a class has too few different rows', () => {
    const few = pointsOf(Array.from({ length: 40 }, (_, i) => [i % 4, i % 2]));
    expect(() =>
      createSplitManifest(few, { seed: 1, outer: { kind: 'refold', folds: 3 }, identicalTogether: true }),
    ).toThrow(
      new DatasetError(
        'folds',
        'folds: the 20 points of class 0 are copies of 2 different rows, and identical rows stay together; 3 folds need at ' +
          'least 3 different rows of each class. Give more labels or fewer folds, or say that identical rows are independent ' +
          'measurements (duplicates: independent in a study file)',
      ),
    );
    expect(() =>
      runNow(
        repeatedSplitSteps({ ...few, block: identicalRowBlocks(few) }, { repeats: 1, labels: 12, test: 8, seed: 1 }),
      ),
    ).toThrow(/^labels: the 20 points of class 0 are copies of a few different rows, .* fits into the 6 points/);
  });
});
