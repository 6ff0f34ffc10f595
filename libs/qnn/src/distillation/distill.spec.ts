import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { createWasmEngine } from '../engine/wasm/wasm-engine.ts';
import { createQnnSettings } from '../model/create-qnn-settings.ts';
import { createQnnModel } from '../model/qnn-model.ts';
import { compareSets, type SetScore, scoreSet } from './compare-sets.ts';
import { type Distillation, distill, randomSubset } from './distill.ts';
import { refinePoints } from './refine-points.ts';

/** Two classes that a ring divides, in two features of different size, one class three times as large. */
function ring(seed: number, count: number): Points {
  const random = createRandom(seed);
  const y = Int32Array.from({ length: count }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const x = new Float32Array(2 * count);
  y.forEach((label, i) => {
    const [radius, angle] = [label === 1 ? 0.4 * random.uniform() : 1 + 0.3 * random.normal(), 7 * random.uniform()];
    x[2 * i] = radius * Math.cos(angle);
    x[2 * i + 1] = 100 * radius * Math.sin(angle);
  });
  return { count, features: 2, classes: 2, x, y };
}

const REFINE = { steps: 20, trainings: 3, unrolled: 40, stepSize: 0.05 };

async function compile(given = {}) {
  const settings = createQnnSettings({ qubits: 2, layers: 2, steps: 40, ...given });
  const { circuit, observables } = createQnnModel(settings, 2, 2);
  return { settings, compiled: await createWasmEngine({ precision: 'float64' }).compile(circuit, observables) };
}

const distilled = async (given: Partial<Distillation>) => {
  const { settings, compiled } = await compile();
  return distill(compiled, settings, { real: ring(1, 80), points: 8, seed: 1, refine: REFINE, ...given });
};

describe('distill', () => {
  it('moves the centres so that QNNs trained on them have a smaller loss on the real points', async () => {
    const losses: number[] = [];
    const steps: number[] = [];
    const { points, centres, refined } = await distilled({
      onStep({ step, loss }) {
        steps.push(step);
        losses.push(loss);
      },
    });
    expect(steps).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(meanOf(losses.slice(-4))).toBeLessThan(meanOf(losses.slice(0, 4)));
    expect(refined).toBe(true);
    expect(points.x).not.toEqual(centres.x);
    expect(points.y).toEqual(centres.y);
    expect(classCounts(points)).toEqual([6, 2]);
  });

  it('gives the same points for the same seed, others for another', async () => {
    const [first, again, other] = [await distilled({}), await distilled({}), await distilled({ seed: 2 })];
    expect(again).toEqual(first);
    expect(other.points.x).not.toEqual(first.points.x);
  });

  it('keeps the centres where the refinement makes the loss on the real points larger', async () => {
    const { points, centres, refined } = await distilled({ refine: { ...REFINE, steps: 3, stepSize: 50 } });
    expect(refined).toBe(false);
    expect(points).toBe(centres);
  });

  it('moves every feature within the range of the real points, however large the steps', async () => {
    const real = ring(1, 80);
    const { settings, compiled } = await compile();
    const points = await refinePoints(compiled, settings, {
      points: randomSubset(real, 8, 1),
      real,
      settings: { ...REFINE, steps: 3, stepSize: 50 },
      random: createRandom(1),
    });
    for (const j of [0, 1]) {
      const column = (of: Points) => [...of.x].filter((_, i) => i % 2 === j);
      expect(Math.min(...column(points))).toBeGreaterThanOrEqual(Math.min(...column(real)));
      expect(Math.max(...column(points))).toBeLessThanOrEqual(Math.max(...column(real)));
    }
  });

  it('returns the centres of k-means where they are not refined', async () => {
    const { points, centres } = await distilled({ refine: null });
    expect(points).toBe(centres);
  });

  it('refuses the encoding basis, and more points than there are', async () => {
    const { settings, compiled } = await compile({ encoding: 'basis', ansatz: 'hardware-efficient' });
    const given = { real: ring(1, 80), points: 8, seed: 1, refine: null };
    await expect(distill(compiled, settings, given)).rejects.toThrow("qnn.encoding: 'basis' takes 0 and 1 alone");
    await expect(distilled({ points: 81 })).rejects.toThrow('points: 81 of 80 rows');
  });

  it('ends with the error of onStep, and with the reason of its signal', async () => {
    const onStep = () => {
      throw new Error('stopped');
    };
    await expect(distilled({ onStep })).rejects.toThrow('stopped');
    await expect(distilled({ signal: AbortSignal.abort(new Error('aborted')) })).rejects.toThrow('aborted');
  });
});

describe('randomSubset', () => {
  it('has rows of the real points, classes in proportion, by seed', () => {
    const real = ring(1, 80);
    const subset = randomSubset(real, 8, 3);
    expect(classCounts(subset)).toEqual([6, 2]);
    expect(randomSubset(real, 8, 3)).toEqual(subset);
    expect(randomSubset(real, 8, 4)).not.toEqual(subset);
  });
});

describe('scoreSet and compareSets', () => {
  it('score by the mean recall of the classes, and compare a set with itself as equal', async () => {
    const { settings, compiled } = await compile();
    let trainings = 0;
    const score = await scoreSet(compiled, settings, {
      trainedOn: () => ring(1, 40),
      test: ring(2, 60),
      seeds: [1, 2, 3, 4, 5],
      onTraining() {
        trainings++;
      },
    });
    expect(trainings).toBe(5);
    expect(score.right.map(({ length }) => length)).toEqual([45, 15]);
    const recalls = score.right.map((points) => meanOf(points));
    expect(meanOf(score.accuracies)).toBeCloseTo(meanOf(recalls), 12);
    const { difference, nonInferiority } = compareSets(score, score);
    expect(difference.estimate).toBe(0);
    // 60 test points do not tell a point of accuracy, though no prediction differs.
    expect(nonInferiority.holds).toBe(false);
  });

  it('find a set inferior whose every training is worse', () => {
    const points = (share: number) => [new Float64Array(500).fill(share), new Float64Array(500).fill(share)];
    const of = (accuracy: number): SetScore => ({
      accuracies: Array.from({ length: 8 }, (_, i) => accuracy + i / 1e4),
      right: points(accuracy),
    });
    const { difference, nonInferiority } = compareSets(of(0.9), of(0.95));
    expect(difference.high).toBeLessThan(0);
    expect(nonInferiority.holds).toBe(false);
    expect(compareSets(of(0.95), of(0.95)).nonInferiority.holds).toBe(true);
  });
});
