import type { Points } from '@qloom/study/points/points.ts';
import fc from 'fast-check';
import { repeatedSampleSteps, repeatedSplitSteps } from './repeated-splits.ts';
import { createSplitManifest } from './split-manifest.ts';
import { runInTurns, runNow } from './turns.ts';

function pointsWith(counts: readonly number[], groups?: number): Points {
  const y = Int32Array.from(counts.flatMap((n, label) => new Array<number>(n).fill(label)));
  return {
    count: y.length,
    features: 1,
    classes: counts.length,
    x: Float32Array.from(y, (_, i) => i),
    y,
    ...(groups ? { group: Int32Array.from(y, (_, i) => i % groups) } : {}),
  };
}

const sorted = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);

describe('createSplitManifest', () => {
  it('holds every searched row out once, never rewards an outer row, and keeps classes in proportion', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 8, max: 40 }), { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer(),
        (counts, rewardFolds, seed) => {
          const points = pointsWith(counts);
          const manifest = createSplitManifest(points, { seed, rewardFolds });
          const [outer] = manifest.outer;
          expect(sorted([...outer.train, ...outer.heldOut])).toEqual(Array.from({ length: points.count }, (_, i) => i));
          expect(sorted(manifest.reward.flatMap((fold) => fold.heldOut))).toEqual(outer.train);
          for (const fold of manifest.reward) {
            expect(sorted([...fold.train, ...fold.heldOut])).toEqual(outer.train);
            counts.forEach((_, label) => {
              const searched = outer.train.filter((row) => points.y[row] === label).length;
              const held = fold.heldOut.filter((row) => points.y[row] === label).length;
              expect(Math.abs(held - searched / rewardFolds)).toBeLessThan(1);
            });
          }
        },
      ),
    );
  });

  it('divides all rows twice with outer folds of kind refold', () => {
    const manifest = createSplitManifest(pointsWith([14, 13, 13]), { seed: 1, outer: { kind: 'refold', folds: 3 } });
    expect(manifest.reward.flatMap((fold) => fold.heldOut)).toHaveLength(40);
    expect(manifest.outer.flatMap((fold) => fold.heldOut)).toHaveLength(40);
    expect(manifest.outer).not.toEqual(manifest.reward);
    expect(manifest.reward.map((fold) => fold.heldOut.length).sort()).toEqual([13, 13, 14]);
  });

  it('is the same for the same seed, survives JSON, and cannot be changed', () => {
    const points = pointsWith([20, 20]);
    const manifest = createSplitManifest(points, { seed: 7 });
    expect(createSplitManifest(points, { seed: 7 })).toEqual(manifest);
    expect(createSplitManifest(points, { seed: 8 })).not.toEqual(manifest);
    expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
    expect(() => (manifest.reward[0].train as number[]).push(1)).toThrow('not extensible');
  });

  it('keeps groups on one side', () => {
    const points = pointsWith([30, 30], 9);
    const manifest = createSplitManifest(points, { seed: 3, groupsTogether: true });
    for (const fold of [...manifest.reward, ...manifest.outer]) {
      const inside = new Set(fold.heldOut.map((row) => points.group?.[row]));
      expect(fold.heldOut.length).toBeGreaterThan(0);
      expect(fold.train.some((row) => inside.has(points.group?.[row]))).toBe(false);
    }
  });

  it.each([
    [pointsWith([20, 2]), {}, 'class 1 has 1 of 16 points; 3 folds need at least 3 of each class'],
    [pointsWith([20, 20]), { rewardFolds: 1 }, 'folds: 1 is not a whole number of at least 2'],
    [
      pointsWith([20, 20]),
      { outer: { kind: 'holdout', fraction: 1 } as const },
      'outer.fraction: 1 is not between 0 and 1',
    ],
    [pointsWith([20, 20]), { groupsTogether: true }, 'the data has no groups'],
  ])('refuses what cannot be divided (%#)', (points, options, message) => {
    expect(() => createSplitManifest(points, { seed: 1, ...options })).toThrow(message);
  });
});

describe('repeatedSampleSteps', () => {
  const points = pointsWith([50, 30, 20]);

  it('gives stratified samples, another one each time, and all rows where as many are asked for', () => {
    const samples = runNow(repeatedSampleSteps(points, { repeats: 5, labels: 40, seed: 1 }));
    for (const rows of samples) {
      expect([0, 1, 2].map((c) => rows.filter((row) => points.y[row] === c).length)).toEqual([20, 12, 8]);
    }
    expect(new Set(samples.map((rows) => rows.join())).size).toBe(5);
    const all = Array.from({ length: 100 }, (_, row) => row);
    expect(runNow(repeatedSampleSteps(points, { repeats: 2, labels: 100, seed: 1 }))).toEqual([all, all]);
  });

  it('refuses more rows than the file has', () => {
    expect(() => runNow(repeatedSampleSteps(points, { repeats: 1, labels: 101, seed: 1 }))).toThrow('101 of 100 rows');
  });
});

describe('repeatedSplitSteps', () => {
  it('gives disjoint label and test parts of the sizes asked for, each repeat another one', () => {
    const points = pointsWith([50, 30, 20]);
    const splits = runNow(repeatedSplitSteps(points, { repeats: 5, labels: 40, test: 30, seed: 1 }));
    for (const { labels, test } of splits) {
      expect(labels).toHaveLength(40);
      expect(test).toHaveLength(30);
      expect(new Set([...labels, ...test]).size).toBe(70);
      expect([0, 1, 2].map((c) => labels.filter((row) => points.y[row] === c).length)).toEqual([20, 12, 8]);
    }
    expect(new Set(splits.map((split) => split.labels.join())).size).toBe(5);
  });

  it('are the same in turns, and end between two of them once the signal has aborted', async () => {
    const points = pointsWith([50, 30, 20]);
    const options = { repeats: 5, labels: 40, test: 30, seed: 1 };
    expect(await runInTurns(repeatedSplitSteps(points, options))).toEqual(runNow(repeatedSplitSteps(points, options)));
    const stopping = new AbortController();
    const endless = runInTurns(repeatedSplitSteps(points, { ...options, repeats: Number.MAX_SAFE_INTEGER }), stopping);
    stopping.abort(new Error('the call has ended'));
    await expect(endless).rejects.toThrow('the call has ended');
  });

  it('refuses more rows than the file has', () => {
    expect(() => runNow(repeatedSplitSteps(pointsWith([5, 5]), { repeats: 1, labels: 9, test: 4, seed: 1 }))).toThrow(
      '9 labels and 4 test points do not fit into 10 rows',
    );
  });
});
