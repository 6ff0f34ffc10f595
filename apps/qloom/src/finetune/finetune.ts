import type { Backend, JobUpdate, QuoteResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import type { DeviceExecutor, DeviceRun } from '@qloom/qnn/hardware/device.ts';
import { type DeviceState, initialDeviceState } from '@qloom/qnn/hardware/device-state.ts';
import { type MeasurementPlan, planMeasurements } from '@qloom/qnn/hardware/measurement-plan.ts';
import { scoreExactly, scoreOnDevice, scoreTasks } from '@qloom/qnn/hardware/score-on-device.ts';
import {
  type DeviceStepReport,
  type DeviceTraining,
  firstRun,
  trainOnDevice,
} from '@qloom/qnn/hardware/train-on-device.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { measureReadout, readoutCalibrationCircuits } from '@qloom/quantum/mitigation/readout-calibration.ts';
import { createRandom } from '@qloom/random/random.ts';
import { UsageError } from '../command/errors.ts';
import {
  countsOf,
  createExperimentExecutor,
  type ExperimentService,
  quoteRuns,
} from '../experiment/experiment-executor.ts';
import type { FinetuneIdentity, FinetuneRecord, MeasuredScore } from './finetune-record.ts';
import type { FinetuneSource, FinetuneStart } from './finetune-source.ts';

/** Scales of the noise from which an extrapolation starts. */
const SCALES = [1, 3];

/** Fewest shots of an execution: its spread is estimated from them. */
const FLOOR = 8;

/** Shots of each circuit of a readout calibration. */
const READOUT_SHOTS = 10_000;

/** What a fine-tuning is made of. */
export interface Finetuning {
  readonly source: FinetuneSource;
  readonly identity: FinetuneIdentity;
  /** Name, which begins the names of its runs. */
  readonly name: string;
  /** Steps from the first. */
  readonly steps: number;
  /** Caps over all runs of the study on the backend. */
  readonly budget: { readonly cost?: number; readonly shots?: number };
  readonly remote: ExperimentService;
  readonly signal: AbortSignal;
}

/** Whom a fine-tuning tells. */
interface FinetuneHooks {
  readonly onStep: (step: number, report: DeviceStepReport) => void;
  readonly onJob: (run: string, job: JobUpdate) => void;
  readonly onFault: (run: string, reason: string) => void;
  /** Keeps the record. */
  readonly keep: (record: FinetuneRecord) => void;
}

/** A fine-tuning that can be quoted and run. */
export interface OpenedFinetuning {
  readonly record: FinetuneRecord;
  /** What the runs that are left would cost; the first of each kind, and how many there are. */
  quote(): Promise<{ readonly name: string; readonly times: number; readonly quote: QuoteResponse }[]>;
  /** Runs what is left. Resolves to the record after it. */
  run(hooks: FinetuneHooks): Promise<FinetuneRecord>;
}

/**
 * Opens a fine-tuning: takes the parameters that were given, or pre-trains in simulation, where there is no record of an earlier call. One of no steps scores its
 * start. Throws UsageError where the backend has too few qubits, or the
 * shots are below what the executions of a step need; and the errors of the training.
 */
export async function openFinetuning(
  { source, identity, name, steps, budget, remote, signal }: Finetuning,
  backend: Backend,
  kept: FinetuneRecord | undefined,
): Promise<OpenedFinetuning> {
  const model = await source.start();
  const { circuit, observables, parameters, what } = model;
  if (backend.qubits < circuit.qubits) {
    throw new UsageError(
      `--backend: ${backend.name} has ${backend.qubits} qubits, and the QNN ${circuit.qubits}; right would be another backend`,
    );
  }
  const mitigates = (what: string) => identity.mitigate.includes(what);
  const planOf = (record: Pick<FinetuneRecord, 'readout'>): MeasurementPlan =>
    planMeasurements(circuit, observables, {
      ...(record.readout ? { readout: record.readout } : {}),
      scales: mitigates('zne') ? SCALES : [1],
    });
  const initial = kept?.initial ?? Array.from(parameters);
  const start: DeviceState = initialDeviceState(planOf({}), circuit, Float64Array.from(initial), source.training.count);
  const record: FinetuneRecord = kept ?? {
    format: 'qloom-finetune/1',
    identity,
    start: what,
    initial,
    state: start,
    after: {},
    spent: {},
  };
  const trainingOf = (plan: MeasurementPlan): DeviceTraining => ({
    circuit,
    plan,
    points: source.training,
    loss: source.settings.loss,
    batchSize: identity.batch,
    learningRate: identity.learningRate,
    budget: shotsOf(plan, identity, backend),
    seed: identity.seed,
    steps,
  });
  const readoutRun: DeviceRun | undefined =
    mitigates('readout') && record.readout === undefined ? calibrationRun(circuit, identity, backend) : undefined;
  const afterName = `after-${steps}`;
  const scored = { parameters: initial, shots: identity.testShots };
  return {
    record,
    async quote() {
      const plan = planOf({});
      const tasks = scoreTasks(plan, scored.parameters, source.test, scored.shots);
      const left = Math.max(0, steps - record.state.step);
      return quoteRuns(
        remote,
        backend.name,
        [
          ...(readoutRun ? [{ run: readoutRun, times: 1 }] : []),
          ...(record.before ? [] : [{ run: { name: 'before', tasks }, times: 1 }]),
          ...(left > 0 ? [{ run: { ...firstRun(trainingOf(plan), start), name: 'step' }, times: left }] : []),
          ...(steps === 0 || record.after[steps] ? [] : [{ run: { name: 'after', tasks }, times: 1 }]),
        ],
        signal,
      );
    },
    async run(hooks) {
      let current = record;
      const change = (part: Partial<FinetuneRecord>): void => {
        current = { ...current, ...part };
        hooks.keep(current);
      };
      change({});
      const executor = createExperimentExecutor({
        remote,
        backend: backend.name,
        study: source.study,
        prefix: name,
        budget: { cost: budget.cost, shots: budget.shots === undefined ? undefined : BigInt(budget.shots) },
        signal,
        onJob: hooks.onJob,
        onFault: hooks.onFault,
        onSummary: (run, { cost, shots, jobs }) =>
          change({ spent: { ...current.spent, [run]: { cost, shots: Number(shots), jobs } } }),
      });
      const execute = countsOf(executor);
      if (readoutRun !== undefined) {
        const [[zeros], [ones]] = await execute(readoutRun);
        change({ readout: measureReadout(zeros, ones, circuit.qubits) });
      }
      const plan = planOf(current);
      const score = (run: string, vector: ArrayLike<number>) =>
        measureScore(model, plan, source, { ...scored, parameters: vector, name: run, seed: identity.seed }, execute);
      if (current.before === undefined) change({ before: await score('before', initial) });
      if (steps === 0) return current;
      await trainOnDevice(trainingOf(plan), current.state, execute, (state, report) => {
        change({ state });
        hooks.onStep(state.step, report);
      });
      if (current.after[steps] === undefined) {
        const measured = await score(afterName, current.state.parameters);
        change({ after: { ...current.after, [steps]: measured } });
      }
      return current;
    },
  };
}

/** Executions of a step. */
const executionsOf = (plan: MeasurementPlan, batch: number): number => plan.settings.length * batch;

function shotsOf(plan: MeasurementPlan, { shots, batch }: FinetuneIdentity, { limits }: Backend) {
  const executions = executionsOf(plan, batch);
  const floor = Math.max(FLOOR, limits?.minShots ?? 0);
  const most = limits?.maxShots || 1_000_000;
  if (shots < executions * floor) {
    throw new UsageError(
      `--shots: ${shots} a step, and its ${executions} executions need at least ${floor} each; right would be ${executions * floor} or more, or a smaller --batch`,
    );
  }
  return { shots, floor, most };
}

function calibrationRun({ qubits }: Circuit, { seed }: FinetuneIdentity, { limits }: Backend): DeviceRun {
  const shots = Math.min(READOUT_SHOTS, limits?.maxShots || READOUT_SHOTS);
  const all = Array.from({ length: qubits }, (_, qubit) => qubit);
  const none = new Float64Array(0);
  const tasks = readoutCalibrationCircuits(qubits).map((circuit) => ({
    circuit,
    rows: 1,
    parameters: none,
    inputs: none,
    qubits: all,
    shots,
  }));
  return { name: 'readout', tasks, seed: createRandom(seed).seedFor('readout') };
}

async function measureScore(
  model: FinetuneStart,
  plan: MeasurementPlan,
  { test, settings }: FinetuneSource,
  of: { readonly parameters: ArrayLike<number>; readonly shots: number; readonly name: string; readonly seed: number },
  execute: DeviceExecutor,
): Promise<MeasuredScore> {
  const seed = createRandom(of.seed).seedFor(of.name);
  const { loss, predictions } = await scoreOnDevice(plan, test, { ...of, loss: settings.loss, seed }, execute);
  const rightOf = (labels: Int32Array) => Array.from(labels, (label, i) => label === test.labels[i]);
  const exact = scoreExactly(model, test, { parameters: of.parameters, loss: settings.loss });
  return { loss, right: rightOf(predictions), exact: { loss: exact.loss, right: rightOf(exact.predictions) } };
}
