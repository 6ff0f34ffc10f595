import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import fc from 'fast-check';
import { labelCurves, type Predictor } from './label-curves.ts';
import type { LabelHistory } from './label-history.ts';
import { crossFitted, labelNumbers } from './training-sets.ts';

/** Points on a line, of class 1 from 0 on; every `every`-th was chosen at random. */
function history(count: number, every = 4): LabelHistory {
  const x = Float32Array.from({ length: count }, (_, i) => Math.sin(7 * i + 1));
  return {
    points: { count, features: 1, classes: 2, x, y: Int32Array.from(x, (value) => (value < 0 ? 0 : 1)) },
    atRandom: Array.from({ length: count }, (_, i) => i % every === 0),
    standardizer: { mean: [0], scale: [1] },
  };
}

/** Predicts the class of the nearest point that it was trained on. */
const nearestIn =
  ({ points }: LabelHistory): Predictor =>
  async (rows, asked) => {
    const known = selectRows(points, rows);
    return Int32Array.from(asked.x, (value) => {
      const distances = Array.from(known.x, (other) => Math.abs(other - value));
      return known.y[distances.indexOf(Math.min(...distances))];
    });
  };

describe('training sets', () => {
  it('together predict each point of a sample once, none from a set that has it', () => {
    const rows = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, rows, fc.nat(), (training, sample, seed) => {
        const sets = crossFitted(training, sample, seed);
        const predicted = sets.flatMap(({ heldOut }) => heldOut);
        expect(predicted.sort((a, b) => a - b)).toEqual([...sample].sort((a, b) => a - b));
        for (const set of sets) {
          expect(set.rows.filter((row) => set.heldOut.includes(row))).toEqual([]);
          // Nothing but points of the sample is left out.
          const left = training.filter((row) => !set.rows.includes(row));
          expect(left.every((row) => sample.includes(row))).toBe(true);
        }
      }),
    );
  });

  it('leave the same points out of every set of rows', () => {
    const sample = [0, 4, 8, 12, 16, 20];
    const heldOut = (rows: number[]) => crossFitted(rows, sample, 1).map((set) => set.heldOut);
    expect(heldOut([0, 1, 2, 3])).toEqual(heldOut(sample));
  });

  it('have rising numbers of labels up to all of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (count) => {
        const numbers = labelNumbers(count);
        expect(numbers.at(-1)).toBe(count);
        expect(numbers.length).toBeLessThanOrEqual(10);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      }),
    );
  });
});

describe('accuracy against labels', () => {
  it('is measured on the points chosen at random, by QNNs that do not know them', async () => {
    const labels = history(60);
    const asked: Points[] = [];
    const predict: Predictor = async (rows, points) => {
      const known = new Set(rows.map((row) => labels.points.x[row]));
      expect([...points.x].some((value) => known.has(value))).toBe(false);
      asked.push(points);
      return nearestIn(labels)(rows, points);
    };
    const curves = await labelCurves({ history: labels, seed: 1, predict });
    expect(curves).toMatchObject({ measuredOn: 'random', measuredPoints: 15 });
    expect(asked.length).toBeGreaterThan(20);
    expect(curves?.campaign.at(-1)?.labels).toBe(60);
    expect(curves?.random.at(-1)?.labels).toBe(15);
    // The campaign with as many labels as there are random ones is compared, and on the curve.
    expect(curves?.difference?.labels).toBe(15);
    expect(curves?.campaign.map((point) => point.labels)).toContain(15);
    for (const { accuracy } of [...curves!.campaign, ...curves!.random]) {
      expect(accuracy.low).toBeLessThanOrEqual(accuracy.estimate);
      expect(accuracy.estimate).toBeLessThanOrEqual(accuracy.high);
      expect(accuracy.low).toBeGreaterThanOrEqual(0);
      expect(accuracy.high).toBeLessThanOrEqual(1);
      expect(accuracy.high - accuracy.low).toBeGreaterThan(0.1);
    }
  });

  it('is the mean over classes on test points, by one training for each number of labels', async () => {
    const labels = history(40);
    // Nine of class 1 and one of class 0: whoever always says 1 is right on half.
    const x = Float32Array.of(-0.5, ...Array.from({ length: 9 }, (_, i) => (i + 1) / 10));
    const test: Points = { count: 10, features: 1, classes: 2, x, y: Int32Array.of(0, 1, 1, 1, 1, 1, 1, 1, 1, 1) };
    let calls = 0;
    const always: Predictor = async (_rows, points) => {
      calls++;
      return new Int32Array(points.count).fill(1);
    };
    const curves = await labelCurves({ history: labels, test, seed: 1, predict: always });
    expect(curves?.campaign.every(({ accuracy }) => accuracy.estimate === 0.5)).toBe(true);
    expect(curves?.difference?.interval.estimate).toBe(0);
    expect(calls).toBe(curves!.campaign.length + curves!.random.length);
    const good = await labelCurves({ history: labels, test, seed: 1, predict: nearestIn(labels) });
    expect(good?.campaign.at(-1)?.accuracy.estimate).toBe(1);
  });

  it('sees that other labels are worth more than random ones', async () => {
    const labels = history(200, 10);
    const random = new Set(labels.atRandom.flatMap((isRandom, row) => (isRandom ? [row] : [])));
    const test = history(300).points;
    // As if the random labels taught nothing.
    const predict: Predictor = async (rows, points) =>
      rows.some((row) => !random.has(row)) ? nearestIn(labels)(rows, points) : new Int32Array(points.count);
    const { difference } = (await labelCurves({ history: labels, test, seed: 1, predict }))!;
    expect(difference?.labels).toBe(20);
    expect(difference?.interval.low).toBeGreaterThan(0.2);
  });

  it('is unknown with too few random points, and not compared where all are random or none is', async () => {
    const few = history(30);
    expect(await labelCurves({ history: few, seed: 1, predict: nearestIn(few) })).toBeNull();
    const all = history(30, 1);
    expect((await labelCurves({ history: all, seed: 1, predict: nearestIn(all) }))?.difference).toBeNull();
    const none = { ...history(30), atRandom: new Array<boolean>(30).fill(false) };
    const curves = await labelCurves({ history: none, test: history(50).points, seed: 1, predict: nearestIn(none) });
    expect(curves).toMatchObject({ random: [], difference: null });
  });
});
