import { createRandom } from '@qloom/random/random.ts';
import type { Engine } from '../engine/engine.ts';
import { createReferenceEngine } from '../engine/reference-engine.ts';
import { createWasmEngine } from '../engine/wasm/wasm-engine.ts';
import { createQnnSettings } from '../model/create-qnn-settings.ts';
import { createQnnModel } from '../model/qnn-model.ts';
import { TrainingCancelledError, TrainingDivergedError } from './errors.ts';
import { type EncodedPoints, type TrainingTask, trainQnns } from './train.ts';

/** Two Gaussian clouds at ±1.5 on every axis, two of their standard deviations apart. */
function clouds(seed: number, count: number, features = 2): EncodedPoints {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const angles = new Float64Array(count * features);
  for (let i = 0; i < angles.length; i++) {
    angles[i] = (labels[Math.floor(i / features)] === 0 ? -1.5 : 1.5) + 0.5 * random.normal();
  }
  return { count, angles, labels };
}

const task = (seed: number, count = 40): TrainingTask => ({
  label: `seed ${seed}`,
  seed,
  training: clouds(seed, count),
  heldOut: clouds(seed + 1000, 100),
});

const compile = (given = {}, engine: Engine = createWasmEngine()) => {
  const settings = createQnnSettings({ qubits: 2, layers: 2, steps: 60, ...given });
  const model = createQnnModel(settings, 2, 2);
  return { settings, compiled: engine.compile(model.circuit, model.observables) };
};

describe('trainQnns', () => {
  it.each(['cross-entropy', 'mse'])('separates separable data (%s)', async (loss) => {
    const { settings, compiled } = compile({ loss });
    for (const result of await trainQnns(await compiled, settings, [task(1), task(2)])) {
      expect(result.accuracy).toBeGreaterThan(0.97);
      expect(result.trainingLoss).toBeLessThan(loss === 'mse' ? 0.4 : 0.15);
      expect(result.predictions).toHaveLength(100);
      expect(result.trainingLosses).toHaveLength(20);
      // The last tenth of 60 steps is the last two of 20 parts, three steps each.
      expect((result.trainingLosses[18] + result.trainingLosses[19]) / 2).toBeCloseTo(result.trainingLoss, 12);
      expect(result.trainingLosses[0]).toBeGreaterThan(result.trainingLosses[19]);
      expect(result.probabilities).toHaveLength(200);
      const mean = result.losses.reduce((sum, value) => sum + value, 0) / 100;
      // The losses of the points are float32, u = 6e-8, each.
      expect(mean).toBeCloseTo(result.loss, 5);
    }
  });

  it.each(['hardware-efficient', 'strongly-entangling'])('trains the %s ansatz', async (ansatz) => {
    const { settings, compiled } = compile({ ansatz });
    const [result] = await trainQnns(await compiled, settings, [task(3)]);
    expect(result.accuracy).toBeGreaterThan(0.95);
  });

  it('gives a task the same bits alone and together with others', async () => {
    const { settings, compiled } = compile();
    const tasks = [task(1), task(2, 20), task(3), task(4, 100)];
    const together = await trainQnns(await compiled, settings, tasks);
    for (let i = 0; i < tasks.length; i++) {
      const [alone] = await trainQnns(await compile().compiled, settings, [tasks[i]]);
      expect(alone).toEqual(together[i]);
    }
  });

  it('follows the reference engine', async () => {
    const { settings, compiled } = compile({ steps: 15 }, createWasmEngine({ precision: 'float64' }));
    const [batched] = await trainQnns(await compiled, settings, [task(5)]);
    const [reference] = await trainQnns(await compile({ steps: 15 }, createReferenceEngine()).compiled, settings, [
      task(5),
    ]);
    // Where a gradient vanishes, Adam divides its rounding (1e-16) by ε = 1e-8: up to 1e-9 a step.
    batched.parameters.forEach((value, i) => {
      expect(value).toBeCloseTo(reference.parameters[i], 7);
    });
  });

  it('gives the same bits with the engine’s own trainer and the generic one', async () => {
    const { settings, compiled } = compile();
    const { createTrainer, ...without } = await compiled;
    expect(createTrainer).toBeDefined();
    const tasks = [task(8), task(9)];
    expect(await trainQnns(without, settings, tasks)).toEqual(await trainQnns(await compiled, settings, tasks));
  });

  it('counts steps and executions: one each for forward and adjoint, and a final forward on held-out points', async () => {
    const { settings, compiled } = compile({ steps: 10 });
    // The batch has 32 rows, whether there are fewer points or more.
    for (const count of [20, 40]) {
      const [result] = await trainQnns(await compiled, settings, [task(1, count)]);
      expect(result.gradientSteps).toBe(10);
      expect(result.circuitExecutions).toBe(2 * 10 * 32 + 100);
    }
  });

  it('scores along the way without changing the training', async () => {
    const { settings, compiled } = compile({ steps: 40 });
    const scoredSteps = [0, 1, 17, 40];
    const [plain, other] = await trainQnns(await compiled, settings, [task(1), task(2)]);
    const [scored, alone] = await trainQnns(await compiled, settings, [{ ...task(1), scoredSteps }, task(2)]);
    expect(scored.parameters).toEqual(plain.parameters);
    expect(alone).toEqual(other);
    const [short] = await trainQnns(await compiled, { ...settings, steps: 17 }, [task(1)]);
    const [, , atSeventeen, atEnd] = scored.scoredAccuracies;
    expect([atSeventeen, atEnd]).toEqual([short.accuracy, plain.accuracy]);
    expect(scored.circuitExecutions).toBe(plain.circuitExecutions + 4 * 100);
  });

  it('starts from given parameters', async () => {
    const { settings, compiled } = compile({ steps: 60 });
    const [pretrained] = await trainQnns(await compiled, settings, [task(1)]);
    const initialParameters = pretrained.parameters.slice();
    const [tuned] = await trainQnns(await compiled, settings, [{ ...task(1), initialParameters, scoredSteps: [0] }]);
    expect([...tuned.scoredAccuracies]).toEqual([pretrained.accuracy]);
    expect(initialParameters).toEqual(pretrained.parameters);
  });

  it('throws TrainingDivergedError that names the task and the step', async () => {
    const { settings, compiled } = compile();
    const bad = task(6);
    bad.training.angles.fill(Number.NaN);
    const training = trainQnns(await compiled, settings, [bad]);
    await expect(training).rejects.toThrow(TrainingDivergedError);
    await expect(training).rejects.toThrow('seed 6: the loss is not finite at step 0');
  });

  it('stops before the step at which it is cancelled', async () => {
    const { settings, compiled } = compile();
    let asked = 0;
    const training = trainQnns(await compiled, settings, [task(7)], { shouldStop: () => ++asked > 2 });
    await expect(training).rejects.toThrow(TrainingCancelledError);
    await expect(training).rejects.toThrow('stopped at step 32 of 60');
    expect(asked).toBe(3);
  });
});
