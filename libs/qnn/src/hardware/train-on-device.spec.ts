import { createRandom } from '@qloom/random/random.ts';
import { createReferenceEngine } from '../engine/reference-engine.ts';
import { createQnnSettings } from '../model/create-qnn-settings.ts';
import { createQnnModel, initialParameters } from '../model/qnn-model.ts';
import { createSimulatedDevice } from '../testing/simulated-device.ts';
import { type EncodedPoints, trainQnns } from '../training/train.ts';
import { type DeviceState, initialDeviceState } from './device-state.ts';
import { planMeasurements } from './measurement-plan.ts';
import { scoreExactly, scoreOnDevice } from './score-on-device.ts';
import { type DeviceTraining, firstRun, trainOnDevice } from './train-on-device.ts';

/** Two clouds around ±1 on every axis. */
function clouds(seed: number, count: number): EncodedPoints {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const angles = Float64Array.from({ length: 2 * count }, (_, i) => (labels[i >> 1] ? 1 : -1) + 0.3 * random.normal());
  return { count, angles, labels };
}

function trainingOf(given: Partial<DeviceTraining> = {}): { training: DeviceTraining; start: DeviceState } {
  const settings = createQnnSettings({ qubits: 2, layers: 1 });
  const { circuit, observables } = createQnnModel(settings, 2, 2);
  const plan = planMeasurements(circuit, observables);
  const points = clouds(1, 20);
  const training: DeviceTraining = {
    circuit,
    plan,
    points,
    loss: 'cross-entropy',
    batchSize: 6,
    learningRate: 0.2,
    budget: { shots: 6 * plan.settings.length * 40, floor: 8, most: 4096 },
    seed: 5,
    steps: 12,
    ...given,
  };
  const parameters = initialParameters(circuit, createRandom(9));
  return { training, start: initialDeviceState(plan, circuit, parameters, points.count) };
}

describe('trainOnDevice', () => {
  const score = (training: DeviceTraining, state: DeviceState, name: string) =>
    scoreOnDevice(
      training.plan,
      clouds(2, 60),
      { parameters: state.parameters, loss: training.loss, shots: 200, name, seed: 3 },
      createSimulatedDevice().execute,
    );

  it('learns from counts, one run a step, within the shots of each', async () => {
    const { training, start } = trainingOf();
    const device = createSimulatedDevice();
    const reports: number[] = [];
    const end = await trainOnDevice(
      training,
      start,
      device.execute,
      (_, { gradientError }) => void reports.push(gradientError),
    );
    expect(device.runs.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, (_, i) => `step-${i + 1}`));
    for (const { tasks } of device.runs) {
      expect(tasks.reduce((sum, { rows, shots }) => sum + rows * shots, 0)).toBeLessThanOrEqual(training.budget.shots);
      expect(tasks.reduce((sum, { rows }) => sum + rows, 0)).toBe(6 * training.plan.settings.length);
    }
    expect(end.executions).toBe(12 * 6 * training.plan.settings.length);
    expect(firstRun(training, start)).toEqual(device.runs[0]);
    expect(reports.every((error) => error > 0)).toBe(true);
    const [before, after] = [await score(training, start, 'before'), await score(training, end, 'after')];
    // With exact gradients on the same mini-batches.
    const settings = createQnnSettings({ qubits: 2, layers: 1, steps: 12, batchSize: 6, learningRate: 0.2 });
    const exact = await createReferenceEngine().compile(training.circuit, createQnnModel(settings, 2, 2).observables);
    const initial = Float64Array.from(start.parameters);
    const task = {
      label: 'exact',
      seed: 5,
      training: training.points,
      heldOut: clouds(2, 60),
      initialParameters: initial,
    };
    const [reference] = await trainQnns(exact, settings, [task]);
    expect(before.loss - reference.loss).toBeGreaterThan(0.2);
    // 12 steps of Adam on gradients whose noise is about a quarter of them end near those without.
    expect(Math.abs(after.loss - reference.loss)).toBeLessThan((before.loss - reference.loss) / 3);
    expect(after.accuracy).toBeGreaterThan(before.accuracy);
  });

  it('continues from any kept state, as JSON, with the same runs and to the same bits', async () => {
    const { training, start } = trainingOf({ steps: 4 });
    const kept: string[] = [];
    const whole = createSimulatedDevice();
    const end = await trainOnDevice(training, start, whole.execute, (state) => void kept.push(JSON.stringify(state)));
    for (const [done, text] of kept.entries()) {
      const device = createSimulatedDevice();
      expect(await trainOnDevice(training, JSON.parse(text), device.execute, () => {})).toEqual(end);
      expect(device.runs).toEqual(whole.runs.slice(done + 1));
    }
  });

  it('asks for a step that failed again, the same', async () => {
    const { training, start } = trainingOf({ steps: 2 });
    const device = createSimulatedDevice();
    let state = start;
    const keep = (next: DeviceState) => {
      state = next;
    };
    const failing = trainOnDevice(
      training,
      start,
      async (run) => {
        const counts = await device.execute(run);
        if (run.name === 'step-2') throw new Error('the reply was lost');
        return counts;
      },
      keep,
    );
    await expect(failing).rejects.toThrow('the reply was lost');
    await trainOnDevice(training, state, device.execute, keep);
    expect(state.step).toBe(2);
    expect(device.runs[2]).toEqual(device.runs[1]);
  });

  it('gives more shots to what varies more', async () => {
    const { training, start } = trainingOf({ steps: 3 });
    const device = createSimulatedDevice();
    await trainOnDevice(training, start, device.execute, () => {});
    const levels = device.runs[2].tasks.map(({ shots }) => shots);
    expect(new Set(levels).size).toBeGreaterThan(2);
    expect(Math.min(...levels)).toBe(8);
  });

  it('names the step at which a gradient is not finite', async () => {
    const { training, start } = trainingOf();
    training.points.angles.fill(Number.NaN);
    const broken = async () =>
      firstRun(training, start).tasks.map(({ rows }) => Array.from({ length: rows }, () => new Map([[0, 8]])));
    await expect(trainOnDevice(training, start, broken, () => {})).rejects.toThrow('not finite at step 1');
  });
});

describe('scoreExactly', () => {
  it('is what a device without noise approaches with shots', async () => {
    const { training, start } = trainingOf();
    const { circuit, observables } = createQnnModel(createQnnSettings({ qubits: 2, layers: 1 }), 2, 2);
    const of = { parameters: start.parameters, loss: training.loss };
    const points = clouds(2, 20);
    const exact = scoreExactly({ circuit, observables }, points, of);
    const { execute } = createSimulatedDevice();
    const measured = await scoreOnDevice(
      training.plan,
      points,
      { ...of, shots: 40_000, name: 'many', seed: 3 },
      execute,
    );
    // Expectations have errors of at most 1/√40,000 = 0.005, the logits three times that, and the loss of a point at most √2 times more.
    expect(Math.abs(measured.loss - exact.loss)).toBeLessThan(0.05);
    expect(Math.abs(measured.accuracy - exact.accuracy)).toBeLessThanOrEqual(0.1);
    expect(exact.losses).toHaveLength(20);
  });
});
