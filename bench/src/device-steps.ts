import { geometricMean, stepsRatio, stepsToTarget } from '@qloom/agent/domain/evaluation/steps-to-target.ts';
import { ratioByLabels } from '@qloom/agent/domain/selection/learned-defaults.ts';
import { noise } from '@qloom/datasets/augmentations/noise.ts';
import { simulate } from '@qloom/experiment/domain/simulator/simulate.ts';
import type { DeviceExecutor } from '@qloom/qnn/hardware/device.ts';
import { initialDeviceState } from '@qloom/qnn/hardware/device-state.ts';
import { planMeasurements } from '@qloom/qnn/hardware/measurement-plan.ts';
import { trainOnDevice } from '@qloom/qnn/hardware/train-on-device.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { initialParameters, logitScale } from '@qloom/qnn/model/qnn-model.ts';
import { pointLoss } from '@qloom/qnn/training/loss.ts';
import { score } from '@qloom/qnn/training/score.ts';
import { type EncodedPoints, trainQnns } from '@qloom/qnn/training/train.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows } from '@qloom/study/points/rows.ts';
import { annni, type Cell, labelsOf, testOf } from './augmentation/cells.ts';
import { fitGatedPrior } from './augmentation/gated-prior.ts';
import { openQnn, type Qnn } from './augmentation/qnn-arms.ts';
import type { Bench } from './harness/bench.ts';
import { lessIsBetter, type Row } from './harness/row.ts';

const DRAWS = 8;
/** Test accuracy to reach and to hold: those of docs/guides/pretraining.md. */
const TARGET = { accuracy: 0.94, hold: 10 };
/** Counted steps, of few rows each as on a device. */
const STEPS = 50;
const BATCH = 8;
const PRETRAINING = 200;
const SHOTS = 40_000;
const ARMS = ['real + noise, random start', 'pre-trained on noise', 'pre-trained on Qloom'] as const;
type Arm = (typeof ARMS)[number];
const WAYS = ['exact gradients', 'from counts'] as const;
type Way = (typeof WAYS)[number];

/** Measures the steps to a target accuracy of trainings by counts of the simulator backend, beside the same trainings with exact gradients. */
export const deviceStepsBench: Bench = {
  description:
    'steps to 94% test accuracy on ANNNI from 18 labels, by counts of the simulator backend and by exact gradients',
  parts: () => ['all'],
  async *run(progress) {
    const cell = annni(18);
    const test = testOf(cell);
    const qnn = await openQnn(test, { batchSize: BATCH });
    const steps = new Map<string, number[]>();
    for (let draw = 0; draw < DRAWS; draw++) {
      for (const arm of ARMS) {
        const job = await prepare(cell, arm, draw, qnn, test);
        for (const way of WAYS) {
          progress(`draw ${draw + 1}, ${arm}, ${way}`);
          const accuracies = way === 'from counts' ? await byCounts(job, qnn) : await exactly(job, qnn);
          const at = Array.from({ length: STEPS + 1 }, (_, i) => i);
          // A start at the target counts as one step, a training that does not get there with its last one.
          const reached = stepsToTarget(at, accuracies, TARGET) ?? STEPS;
          steps.set(`${arm}/${way}`, [...(steps.get(`${arm}/${way}`) ?? []), reached]);
        }
      }
    }
    yield { parts: ['all'], rows: rowsOf(steps) };
  },
};

interface Job {
  readonly seed: number;
  readonly start: Float64Array;
  readonly training: EncodedPoints;
  readonly test: EncodedPoints;
}

async function prepare(cell: Cell, arm: Arm, draw: number, { compiled, settings }: Qnn, test: Points): Promise<Job> {
  const real = labelsOf(cell, draw);
  const random = createRandom(`device-steps/${draw}`);
  const counts = classCounts(real).map((count) => Math.round(count * ratioByLabels(cell.labels)));
  const added =
    arm === 'pre-trained on Qloom'
      ? fitGatedPrior(cell.task, real, random.seedFor('teacher')).draw(counts, random.fork('points'))
      : noise.augment(real, { counts, random: random.fork('noise'), physical: cell.task.descriptor.physical });
  const scaling = measureScaling(real, settings.encoding);
  const encode = (of: Points) => ({ count: of.count, angles: scaleInputs(of, scaling), labels: of.y });
  const task = { label: arm, seed: draw, training: encode(added), heldOut: encode(real) };
  const start =
    arm === 'real + noise, random start'
      ? initialParameters(compiled.circuit, createRandom(draw).fork('parameters'))
      : (await trainQnns(compiled, { ...settings, steps: PRETRAINING, batchSize: 32 }, [task]))[0].parameters;
  return { seed: draw, start, training: encode(concatenateRows([real, added])), test: encode(test) };
}

async function exactly({ seed, start, training, test }: Job, { compiled, settings }: Qnn): Promise<number[]> {
  const scoredSteps = Array.from({ length: STEPS + 1 }, (_, i) => i);
  const task = { label: 'exact', seed, training, heldOut: test, initialParameters: start.slice(), scoredSteps };
  const [{ scoredAccuracies }] = await trainQnns(compiled, { ...settings, steps: STEPS }, [task]);
  return [...scoredAccuracies];
}

async function byCounts({ seed, start, training, test }: Job, { compiled, settings }: Qnn): Promise<number[]> {
  const { circuit, observables } = compiled;
  const plan = planMeasurements(circuit, observables);
  const { loss, learningRate } = settings;
  const accuracyOf = async (parameters: ArrayLike<number>) => {
    const batch = { sets: 1, parameters: Float64Array.from(parameters), rows: test.count, inputs: test.angles };
    return score(await compiled.forward(batch), test.labels, logitScale(loss), pointLoss(loss)).accuracy;
  };
  const accuracies = [await accuracyOf(start)];
  await trainOnDevice(
    {
      circuit,
      plan,
      points: training,
      loss,
      batchSize: BATCH,
      learningRate,
      budget: { shots: SHOTS, floor: 8, most: 1e6 },
      seed,
      steps: STEPS,
    },
    initialDeviceState(plan, circuit, start, training.count),
    simulatorBackend,
    async ({ parameters }) => {
      accuracies.push(await accuracyOf(parameters));
    },
  );
  return accuracies;
}

/** What the backend `simulator` of the experiment service does with a job, without the service. */
const simulatorBackend: DeviceExecutor = async ({ tasks, seed }) => {
  const executions = tasks.flatMap(({ circuit, rows, parameters, inputs, qubits, shots }) =>
    Array.from({ length: rows }, (_, row) => ({
      circuit,
      parameters: parameters.subarray(row * circuit.parameters.length, (row + 1) * circuit.parameters.length),
      inputs: inputs.subarray(row * circuit.inputs, (row + 1) * circuit.inputs),
      qubits,
      shots,
    })),
  );
  const counts = simulate({ executions, trajectories: 1, seed });
  let from = 0;
  return tasks.map(({ rows }) => counts.slice(from, (from += rows)));
};

function rowsOf(steps: ReadonlyMap<string, readonly number[]>): Row[] {
  const [, , qloom] = ARMS;
  const of = (arm: Arm, way: Way) => steps.get(`${arm}/${way}`) ?? [];
  return WAYS.flatMap((way) =>
    ARMS.filter((arm) => arm !== qloom).map((arm) => {
      const ratio = stepsRatio(of(arm, way), of(qloom, way), `${way}/${arm}`);
      const late = (values: readonly number[]) => values.filter((value) => value === STEPS).length;
      return lessIsBetter({
        bench: 'device-steps',
        case: way,
        metric: qloom,
        value: geometricMean(of(qloom, way)),
        unit: 'steps',
        peer: arm,
        peerValue: geometricMean(of(arm, way)),
        note: `ratio ${ratio.estimate.toFixed(1)} [${ratio.low.toFixed(1)}, ${ratio.high.toFixed(1)}] over ${DRAWS} draws; not reached in ${STEPS} steps: ${late(of(qloom, way))} and ${late(of(arm, way))}`,
      });
    }),
  );
}
