import { setImmediate as breathe } from 'node:timers/promises';
import { quantizeToShots } from '@qloom/datasets/preprocessing/dequantize.ts';
import { createTeacher } from '@qloom/metrics/classifiers/teacher.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { CancelledError } from '../errors.ts';
import { packModel, unpackModel } from '../model.ts';
import type { TrainingData } from '../training-data.ts';
import { type FittedGate, fitGate } from './fit-gate.ts';
import { createGate, type Gate } from './gate.ts';

const signal = new AbortController().signal;
const fitted = (data: TrainingData, posterior = 0.5, seed = 1) => fitGate(data, { posterior, seed, signal, breathe });

function dataOf(points: Points, shots = 0): TrainingData {
  const { features, classes } = points;
  return { points, shape: { features, classes, lower: [], upper: [], shots } };
}

/** Points of the given coordinates. */
function points(features: number, x: readonly number[], y: readonly number[], classes = 2): Points {
  return { count: y.length, features, classes, x: Float32Array.from(x), y: Int32Array.from(y) };
}

/** Two clusters of `n` points each, of standard deviation .3 around (−2, 0) and (2, 0). */
function clusters(n: number, seed = 'gate'): Points {
  const random = createRandom(seed);
  const y = Array.from({ length: 2 * n }, (_, i) => i % 2);
  const x = y.flatMap((label) => [(label === 0 ? -2 : 2) + 0.3 * random.normal(), 0.3 * random.normal()]);
  return points(2, x, y);
}

describe('the gate', () => {
  const data = dataOf(clusters(30));
  let learned: FittedGate;
  let gate: Gate;
  beforeAll(async () => {
    learned = await fitted(data);
    gate = createGate(learned, data);
  });
  const judge = (of: Gate, x: number, y: number, label: number) => of.judge(points(2, [x, y], [label]), label)[0];

  it('accepts a new point inside its class and refuses it inside the other', () => {
    expect(judge(gate, -2.02, 0.9, 0)).toMatchObject({ accepted: true });
    expect(judge(gate, -2.02, 0.9, 1)).toMatchObject({ accepted: false });
    expect(judge(gate, -2.02, 0.9, 0).posterior + judge(gate, -2.02, 0.9, 1).posterior).toBeCloseTo(1, 12);
  });

  it('refuses copies of training points', () => {
    for (const label of [0, 1]) {
      const own = data.points.y.filter((of) => of === label).length;
      const x = [...data.points.x].filter((_, i) => data.points.y[i >> 1] === label);
      const verdicts = gate.judge(points(2, x, new Array<number>(own).fill(label)), label);
      expect(verdicts.some(({ accepted }) => accepted)).toBe(false);
    }
  });

  it('refuses points that are not finite', () => {
    expect(judge(gate, Number.NaN, 0, 0)).toEqual({ accepted: false, posterior: 0 });
  });

  it('asks for more than the posterior of its setting, and for nothing at 0', async () => {
    const between = clusters(300, 'between').x.map((value, i) => (i % 2 === 0 ? value / 8 : 4 * value));
    const drawn = { ...clusters(300), x: between, y: new Int32Array(600) };
    for (const posterior of [0.3, 0.5, 0.9]) {
      for (const verdict of createGate({ ...learned, posterior }, data).judge(drawn, 0)) {
        if (verdict.accepted) expect(verdict.posterior).toBeGreaterThan(posterior);
      }
    }
    const off = await fitted(data, 0);
    expect(off.teacher).toEqual([]);
    expect(judge(createGate(off, data), -2.02, 0.9, 1)).toEqual({ accepted: true, posterior: 0 });
    expect(judge(createGate(off, data), data.points.x[0], data.points.x[1], 0)).toEqual({
      accepted: false,
      posterior: 0,
    });
  });

  it('weighs the classes equally', async () => {
    const rows = [...data.points.y.keys()].filter((i) => data.points.y[i] === 0 || i < 12);
    const x = rows.flatMap((i) => [...data.points.x.subarray(2 * i, 2 * i + 2)]);
    const rare = dataOf(
      points(
        2,
        x,
        rows.map((i) => data.points.y[i]),
      ),
    );
    const of = await fitted(rare);
    const at = points(2, [0.4, 0], [1]);
    const [, plain] = createTeacher(of.teacher).probabilities(inChannels(rare, at));
    // 30 points of class 0 to 6 of class 1: odds five times as high.
    const odds = (5 * plain) / (1 - plain);
    expect(createGate(of, rare).judge(at, 1)[0].posterior).toBeCloseTo(odds / (1 + odds), 6);
    expect(createGate(of, rare).judge(points(2, [1.7, 0.9], [1]), 1)[0].accepted).toBe(true);
  });

  it('refuses at most a twentieth of real points as copies where measurements coincide', async () => {
    const random = createRandom('shots');
    const draw = (count: number) => {
      const x = Array.from({ length: 2 * count }, () => Math.max(-1, Math.min(1, 0.9 + 0.1 * random.normal())));
      return quantizeToShots(points(2, x, new Array<number>(count).fill(0), 1), 16);
    };
    const real = dataOf(draw(60), 16);
    const fresh = draw(1000);
    const refused = createGate(await fitted(real), real)
      .judge(fresh, 0)
      .filter(({ accepted }) => !accepted).length;
    // 60 distances give the 5th percentile an error of 3 points.
    expect(refused / 1000).toBeLessThan(0.05 + 4 * 0.03);
  });

  it('works with a single class, a single point, and classes of one point', async () => {
    const single = dataOf(points(1, [0], [0], 1));
    expect(createGate(await fitted(single), single).judge(points(1, [5], [0], 1), 0)).toEqual([
      { accepted: true, posterior: 1 },
    ]);
    const two = dataOf(points(1, [0, 1], [0, 1]));
    const [verdict] = createGate(await fitted(two), two).judge(points(1, [3], [1]), 1);
    expect(verdict.posterior).toBeGreaterThan(0.5);
  });

  it('is the same for the same seed, and after it was stored in a model', async () => {
    expect(await fitted(data)).toEqual(learned);
    expect((await fitted(data, 0.5, 2)).teacher).not.toEqual(learned.teacher);
    const model = unpackModel(packModel({ method: 'prior', strength: 1, training: data, gate: learned }));
    const drawn = clusters(100, 'drawn');
    const stored = createGate(model.gate as FittedGate, model.training).judge(drawn, 0);
    gate.judge(drawn, 0).forEach(({ posterior }, i) => {
      // Parameters of order 1 are rounded to float32.
      expect(Math.abs(stored[i].posterior - posterior)).toBeLessThan(1e-4);
    });
  });

  it('stops fitting when cancelled', async () => {
    const cancelled = fitGate(data, { posterior: 0.5, seed: 1, signal: AbortSignal.abort(), breathe });
    await expect(cancelled).rejects.toThrow(CancelledError);
  });
});

/** The points in the channels of the codec of `data`: standardized. */
function inChannels({ points: { x, count } }: TrainingData, at: Points): Points {
  const statistics = [0, 1].map((j) => {
    const values = Array.from({ length: count }, (_, i) => x[2 * i + j]);
    const mean = values.reduce((a, b) => a + b, 0) / count;
    return { mean, scale: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count) };
  });
  return { ...at, x: at.x.map((value, i) => (value - statistics[i % 2].mean) / statistics[i % 2].scale) };
}
