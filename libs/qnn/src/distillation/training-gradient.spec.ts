import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { createRandom } from '@qloom/random/random.ts';
import { createReferenceEngine } from '../engine/reference-engine.ts';
import { createWasmEngine } from '../engine/wasm/wasm-engine.ts';
import { createQnnSettings } from '../model/create-qnn-settings.ts';
import { createQnnModel } from '../model/qnn-model.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { type EncodedPoints, trainQnns } from '../training/train.ts';
import { recordTrainings } from './recorded-training.ts';
import { throughStandardizer } from './standardized-gradient.ts';
import { trainingGradient } from './training-gradient.ts';

const FEATURES = 3;

/** Two Gaussian clouds, 1.5 deviations apart. */
function clouds(seed: number, count: number): EncodedPoints {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const angles = Float64Array.from({ length: count * FEATURES }, (_, i) => {
    return 1.5 * (labels[Math.floor(i / FEATURES)] - 0.5) + random.normal();
  });
  return { count, angles, labels };
}

const wasm = () => createWasmEngine({ precision: 'float64' });

async function compile(given: Partial<QnnSettings>, engine = wasm()) {
  const settings = createQnnSettings({ qubits: 2, layers: 2, batchSize: 8, ...given });
  const { circuit, observables } = createQnnModel(settings, FEATURES, 2);
  return { settings, compiled: await engine.compile(circuit, observables) };
}

describe('recordTrainings', () => {
  it('trains as trainQnns does, to the last bit, and keeps the last steps', async () => {
    const { settings, compiled } = await compile({ steps: 12 });
    const training = clouds(1, 12);
    const recorded = await recordTrainings(compiled, settings, training, [3, 4], { steps: 12, recorded: 5 });
    const tasks = [3, 4].map((seed) => ({ label: '', seed, training, heldOut: training }));
    const trained = await trainQnns(compiled, settings, tasks);
    expect(recorded.map(({ parameters }) => parameters)).toEqual(trained.map(({ parameters }) => parameters));
    expect(recorded.map(({ steps }) => steps.length)).toEqual([5, 5]);
  });
});

describe('trainingGradient', () => {
  it.each([
    ['cross-entropy', 1, [0, 1]],
    ['cross-entropy', 8, [0, 7]],
    ['mse', 30, [5]],
  ] as const)('is the difference quotient of the held-out loss (%s, %i steps)', async (loss, steps, seeds) => {
    const { settings, compiled } = await compile({ loss });
    const [training, heldOut] = [clouds(1, 12), clouds(2, 20)];
    const of = (moved: EncodedPoints, held: EncodedPoints) =>
      trainingGradient(compiled, settings, { training: moved, heldOut: held, seeds, steps, recorded: steps });
    const gradient = await of(training, heldOut);
    const shifted = (points: EncodedPoints, at: number, by: number) => ({
      ...points,
      angles: points.angles.map((value, i) => (i === at ? value + by : value)),
    });
    // Central differences: errors of h² times a third derivative, and of 1e-16/h.
    const h = 1e-5;
    const size = Math.max(...gradient.training.map(Math.abs));
    for (const at of [0, 10, 20, 35]) {
      const [above, below] = [
        await of(shifted(training, at, h), heldOut),
        await of(shifted(training, at, -h), heldOut),
      ];
      const quotient = (above.loss - below.loss) / (2 * h);
      expect(Math.abs(gradient.training[at] - quotient)).toBeLessThan(1e-4 * size + 1e-10);
    }
    const [above, below] = [await of(training, shifted(heldOut, 4, h)), await of(training, shifted(heldOut, 4, -h))];
    expect(gradient.heldOut[4]).toBeCloseTo((above.loss - below.loss) / (2 * h), 9);
  });

  it('is the same on the reference engine', async () => {
    const request = { training: clouds(1, 8), heldOut: clouds(2, 10), seeds: [1], steps: 4, recorded: 3 };
    const [ours, reference] = [await compile({}), await compile({}, createReferenceEngine())];
    const [a, b] = [
      await trainingGradient(ours.compiled, ours.settings, request),
      await trainingGradient(reference.compiled, reference.settings, request),
    ];
    const largest = Math.max(...a.training.map((value, i) => Math.abs(value - b.training[i])));
    // Engines agree to 1e-13; the central difference divides by 2e-4.
    expect(largest).toBeLessThan(1e-8);
    expect(a.loss).toBeCloseTo(b.loss, 10);
  });
});

describe('throughStandardizer', () => {
  it('is the difference quotient in points that set the scaling of all angles', () => {
    const random = createRandom(3);
    const normals = (count: number) => Float64Array.from({ length: count * FEATURES }, () => random.normal());
    const [x, held, weights, heldWeights] = [normals(6), normals(9), normals(6), normals(9)];
    const anglesOf = (rows: Float64Array, training: Float64Array) => {
      const { mean, scale } = fitStandardizer({ count: 6, features: FEATURES, x: training });
      return rows.map((value, i) => (value - mean[i % FEATURES]) / scale[i % FEATURES]);
    };
    // A smooth function of all angles: Σ w·sin z.
    const valueAt = (training: Float64Array) => {
      const sum = (rows: Float64Array, w: Float64Array) =>
        anglesOf(rows, training).reduce((total, z, i) => total + w[i] * Math.sin(z), 0);
      return sum(training, weights) + sum(held, heldWeights);
    };
    const slopes = (rows: Float64Array, w: Float64Array) => anglesOf(rows, x).map((z, i) => w[i] * Math.cos(z));
    const gradient = throughStandardizer(
      {
        angles: anglesOf(x, x),
        training: slopes(x, weights),
        heldOutAngles: anglesOf(held, x),
        heldOut: slopes(held, heldWeights),
      },
      fitStandardizer({ count: 6, features: FEATURES, x }),
    );
    const h = 1e-5;
    x.forEach((_, at) => {
      const moved = (by: number) => valueAt(x.map((value, i) => (i === at ? value + by : value)));
      expect(gradient[at]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 7);
    });
  });
});
