import { noisyExpectations } from '@qloom/quantum/noise/density-matrix.ts';
import type { NoiseModel } from '@qloom/quantum/noise/noise-model.ts';
import { pauli } from '@qloom/quantum/observables/observable.ts';
import { parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import { adjointGradient } from '@qloom/quantum/simulation/adjoint.ts';
import { randomProblem } from '@qloom/quantum/testing/random-problem.ts';
import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { createQnnSettings } from '../model/create-qnn-settings.ts';
import { createQnnModel, initialParameters, logitScale } from '../model/qnn-model.ts';
import { createSimulatedDevice } from '../testing/simulated-device.ts';
import { type LossName, pointLoss } from '../training/loss.ts';
import { allocateShots } from './allocate-shots.ts';
import { initialDeviceState } from './device-state.ts';
import { measureGradient, prepareStep, type StepRows } from './device-step.ts';
import { groupObservables } from './measured-groups.ts';
import { type Mitigation, planMeasurements } from './measurement-plan.ts';

describe('groupObservables', () => {
  it('measures commuting strings together, and the identity not at all', () => {
    const texts = ['Z0', '0.5*Z0 Z1 - 1.2*X0', 'Z1 + 2', 'X0 X1'];
    const { groups, constants } = groupObservables(texts.map((text) => parseObservable(text, 2)));
    expect(groups.map(({ strings }) => strings.map(({ observable, mask }) => [observable, mask]))).toEqual([
      [
        [0, 1],
        [1, 3],
        [2, 2],
      ],
      [
        [1, 1],
        [3, 3],
      ],
    ]);
    expect([...constants]).toEqual([0, 0, 2, 0]);
    expect(groups[1].rotations.map(({ name, qubits }) => [name, ...qubits])).toEqual([
      ['h', 0],
      ['h', 1],
    ]);
  });
});

describe('allocateShots', () => {
  const scores = fc.array(
    fc.oneof(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.double({ min: 1, max: 10, noNaN: true })),
    { minLength: 1, maxLength: 40 },
  );

  it('spends at most its budget, at levels floor·2^k, close to the best that any allocation reaches', () => {
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 50_000 }), (list, extra) => {
        const budget = { shots: 4 * list.length + extra * list.length, floor: 4, most: 1e9 };
        const shots = allocateShots(Float64Array.from(list), budget);
        const total = shots.reduce((sum, count) => sum + count, 0);
        expect(total).toBeLessThanOrEqual(budget.shots);
        for (const count of shots) expect(Number.isInteger(Math.log2(count / 4))).toBe(true);
        const sum = list.reduce((all, score) => all + score, 0);
        // Enough that no share is below the floor: with multiplier m, and m·min < floor/√2, shares come to less than floor·(n + sum/min), and the
        // next larger ones to twice that.
        if (budget.shots <= 8 * (list.length + sum / Math.min(...list))) return;
        // (Σ score)²/total is the least that `total` shots reach; rounding to powers of two loses 1/8, and half the budget is spent before any
        // share is doubled by what is left. Equality is possible; each side rounds once an addition, and a few times besides.
        const reached = list.reduce((all, score, i) => all + score ** 2 / shots[i], 0);
        const rounding = 1 + (2 * list.length + 6) * 2 ** -53;
        expect(reached).toBeLessThanOrEqual(1.125 * 2 * (sum ** 2 / budget.shots) * rounding);
      }),
    );
  });

  it('gives the floor where nothing is gained, and refuses a budget below the floors', () => {
    expect([...allocateShots(Float64Array.of(0, 1), { shots: 100, floor: 4, most: 64 })]).toEqual([4, 64]);
    expect(() => allocateShots(Float64Array.of(1, 1), { shots: 7, floor: 4, most: 64 })).toThrow(
      '7 shots for 2 executions of at least 4; at least 8 are right',
    );
  });
});

/** A step on random rows. */
function stepOf(
  seed: number,
  given: { readonly qubits?: number; readonly rows?: number; readonly mitigation?: Mitigation },
) {
  const { qubits = 2, rows: count = 3, mitigation } = given;
  const random = createRandom(seed);
  const settings = createQnnSettings({ qubits, layers: 1 });
  const { circuit, observables } = createQnnModel(settings, 2, 3);
  const plan = planMeasurements(circuit, observables, mitigation);
  const parameters = initialParameters(circuit, random.fork('parameters'));
  const rows: StepRows = {
    points: Int32Array.from({ length: count }, (_, i) => i),
    inputs: Float64Array.from({ length: 2 * count }, () => random.normal()),
    labels: Int32Array.from({ length: count }, (_, i) => i % 3),
  };
  return { circuit, observables, plan, rows, state: initialDeviceState(plan, circuit, parameters, count), parameters };
}

type Step = ReturnType<typeof stepOf>;

async function measured(step: Step, loss: LossName, shots: number, seed: number, device = createSimulatedDevice()) {
  const { plan, state, rows } = step;
  const executions = plan.settings.length * rows.labels.length;
  const prepared = prepareStep(plan, state, rows, loss, { shots: executions * shots, floor: 4, most: 1e6 });
  const counts = await device.execute({ name: 'step-1', tasks: prepared.tasks, seed });
  return measureGradient(plan, state, rows, loss, prepared, counts);
}

/** The gradient of the mean loss by the adjoint method. */
function exactGradient({ circuit, observables, rows, parameters }: Step, name: LossName): Float64Array {
  const gradient = new Float64Array(parameters.length);
  const scale = logitScale(name);
  rows.labels.forEach((label, row) => {
    const inputs = rows.inputs.subarray(2 * row, 2 * row + 2);
    const { expectations } = adjointGradient(circuit, observables, [0, 0, 0], parameters, inputs);
    const cotangents = new Float64Array(3);
    pointLoss(name)(
      expectations.map((value) => scale * value),
      label,
      cotangents,
    );
    const one = adjointGradient(
      circuit,
      observables,
      cotangents.map((value) => scale * value),
      parameters,
      inputs,
    );
    one.parameters.forEach((value, i) => {
      gradient[i] += value / rows.labels.length;
    });
  });
  return gradient;
}

/** Mean and standard error of each entry, and the mean of the stated variance, over repetitions. */
async function statistics(draws: number, draw: (seed: number) => ReturnType<typeof measured>) {
  const all = await Promise.all(Array.from({ length: draws }, (_, seed) => draw(seed)));
  const mean = all[0].gradient.map((_, i) => all.reduce((sum, { gradient }) => sum + gradient[i], 0) / draws);
  const spread = mean.map((m, i) => all.reduce((sum, { gradient }) => sum + (gradient[i] - m) ** 2, 0) / (draws - 1));
  const stated = all.reduce((sum, { variance }) => sum + variance, 0) / draws;
  return {
    mean,
    error: spread.map((value) => Math.sqrt(value / draws)),
    variance: spread.reduce((a, b) => a + b, 0),
    stated,
  };
}

describe('the measured gradient', () => {
  it.each(['mse', 'cross-entropy'] as const)('has no bias (%s)', async (loss) => {
    const step = stepOf(1, {});
    const exact = exactGradient(step, loss);
    const device = createSimulatedDevice();
    const { mean, error } = await statistics(300, (seed) => measured(step, loss, 64, seed, device));
    mean.forEach((value, i) => {
      // Five standard errors; for the cross-entropy also what the correction leaves: about the square of the variance of a logit, 9/64.
      const left = loss === 'mse' ? 0 : (9 / 64) ** 2;
      expect(Math.abs(value - exact[i])).toBeLessThan(5 * error[i] + left);
    });
  });

  it('approaches the adjoint gradient of random circuits as the shots grow', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const step = stepOf(seed, { rows: 1 });
        const exact = exactGradient(step, 'mse');
        const { gradient, variance } = await measured(step, 'mse', 4000, seed);
        const distance = Math.sqrt(gradient.reduce((sum, value, i) => sum + (value - exact[i]) ** 2, 0));
        // The stated variance leaves out that of the cotangents: 2·|slope|/√4000 for each of three observables, with slopes of at most 1.
        expect(distance).toBeLessThan(
          6 * Math.sqrt(variance) + (6 * 2 * 3 * Math.sqrt(gradient.length)) / Math.sqrt(4000),
        );
      }),
      { numRuns: 8 },
    );
  });

  it('states most of its variance, which grows as shots shrink', async () => {
    const step = stepOf(2, {});
    const device = createSimulatedDevice();
    const [few, many] = [
      await statistics(120, (seed) => measured(step, 'mse', 16, seed, device)),
      await statistics(120, (seed) => measured(step, 'mse', 64, seed, device)),
    ];
    for (const { variance, stated } of [few, many]) {
      expect(stated).toBeLessThan(1.5 * variance);
      expect(stated).toBeGreaterThan(variance / 4);
    }
    // A quarter of the shots: four times the variance, to the error of two variances of 120 vectors.
    expect(few.variance / many.variance).toBeGreaterThan(2.5);
    expect(few.variance / many.variance).toBeLessThan(7);
  });

  it('loses the bias of readout errors and of gates by mitigation, within its error', async () => {
    const readout = [
      { oneWhenZero: 0.03, zeroWhenOne: 0.08 },
      { oneWhenZero: 0.02, zeroWhenOne: 0.06 },
    ];
    const noise: NoiseModel = {
      rules: [{ channel: { kind: 'two-qubit-depolarizing', probability: 0.08 } }],
      readout,
    };
    const distance = async (mitigation: Mitigation) => {
      const step = stepOf(3, { mitigation });
      const exact = exactGradient(step, 'mse');
      const device = createSimulatedDevice(noise);
      const { mean } = await statistics(12, (seed) => measured(step, 'mse', 1000, seed, device));
      return Math.sqrt(mean.reduce((sum, value, i) => sum + (value - exact[i]) ** 2, 0));
    };
    const [raw, corrected, both] = [
      await distance({}),
      await distance({ readout }),
      await distance({ readout, scales: [1, 3] }),
    ];
    expect(corrected).toBeLessThan(0.8 * raw);
    expect(both).toBeLessThan(0.8 * corrected);
  });
});

describe('planMeasurements', () => {
  it('executes circuits whose expectations are those of the QNN, in every basis and at every scale', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const { circuit, observables, parameters, inputs } = randomProblem(createRandom(seed), 3, 8);
        const plan = planMeasurements(circuit, observables, { scales: [1, 3] });
        const exact = noisyExpectations(circuit, { rules: [] }, observables, parameters, inputs);
        const found = plan.constants.slice();
        for (const { circuit: executed, group, weight } of plan.circuits) {
          const wide = new Float64Array(executed.parameters.length);
          wide.set(parameters);
          for (const { observable, coefficient, mask } of group.strings) {
            const qubits = group.qubits.filter((_, j) => (mask >> j) & 1);
            const z = pauli('Z'.repeat(qubits.length), qubits);
            found[observable] +=
              weight * coefficient * noisyExpectations(executed, { rules: [] }, [z], wide, inputs)[0];
          }
        }
        // Coefficients are standard normal, up to three strings; the weights 3/2 and −1/2 double the rounding.
        found.forEach((value, k) => {
          expect(value).toBeCloseTo(exact[k], 10);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a start from amplitudes', () => {
    const settings = createQnnSettings({ qubits: 2, layers: 1, encoding: 'amplitude', ansatz: 'basic-entangler' });
    const { circuit, observables } = createQnnModel(settings, 3, 2);
    expect(() => planMeasurements(circuit, observables)).toThrow('another encoding is right');
  });
});
