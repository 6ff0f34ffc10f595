import type { CompiledCircuit, Precision } from '@qloom/qnn/engine/engine.ts';
import { createEngine, type SelectionCache } from '@qloom/qnn/engine/select-engine.ts';
import { compileMeasured } from '@qloom/qnn/measurement/compile-measured.ts';
import type { Measurement } from '@qloom/qnn/measurement/measurement.ts';
import { buildCircuit, type CircuitSource } from '@qloom/qnn/model/circuit-source.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { type TrainingResult, type TrainingTask, trainQnns } from '@qloom/qnn/training/train.ts';
import type { EnergyProgress, LowestEnergy } from '@qloom/qnn/vqe/minimize-energy.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { type EngineSurvey, surveyEngines } from './engine-survey.ts';
import { type MinimizeJob, minimize } from './minimization.ts';
import { type Outcomes, type OutcomesJob, observeOutcomes } from './outcomes.ts';

/** Trains QNNs. */
export interface TrainJob {
  readonly kind: 'train';
  /** An engine's name, not `auto`. */
  readonly engine: string;
  readonly settings: QnnSettings;
  readonly features: number;
  readonly classes: number;
  readonly tasks: readonly TrainingTask[];
}

/** Executes a batch of circuits; with cotangents it also differentiates it. */
export interface ExecuteJob {
  readonly kind: 'execute';
  /** An engine's name, not `auto`. */
  readonly engine: string;
  /** Absent: the engine's default. */
  readonly precision?: Precision;
  readonly circuit: CircuitSource;
  readonly observables: readonly Observable[];
  readonly measurement: Measurement;
  /** Seed of shots and trajectories. */
  readonly seed: number;
  readonly parameters: Float64Array;
  /** Shape [rows, inputs]. */
  readonly inputs: Float64Array;
  readonly rows: number;
  /** Shape [rows, observables]. */
  readonly cotangents: Float64Array | null;
}

/** Detects the engines, and measures the available ones. */
interface MeasureJob {
  readonly kind: 'measure';
}

/** Jobs of a worker. */
export type Job = TrainJob | ExecuteJob | OutcomesJob | MinimizeJob | MeasureJob;

/** A training's outcome and its share of the wall-clock of those that were trained together, in seconds. */
export interface TimedResult extends TrainingResult {
  readonly seconds: number;
}

/** Outcome of an {@link ExecuteJob}; gradients are empty without cotangents. */
interface ExecuteResult {
  /** Shape [rows, observables]. */
  readonly values: Float64Array;
  /** Shape [parameters]. */
  readonly parameterGradient: Float64Array;
  /** Shape [rows, inputs]. */
  readonly inputGradient: Float64Array;
}

/** Result of each job. */
export type JobResult<J extends Job> = J extends TrainJob
  ? TimedResult[]
  : J extends ExecuteJob
    ? ExecuteResult
    : J extends OutcomesJob
      ? Outcomes
      : J extends MinimizeJob
        ? LowestEnergy
        : EngineSurvey;

/** Progress of each job while it runs; only minimizations report it. */
export type JobProgress = EnergyProgress;

/** Runs jobs on other threads, so that the caller's thread stays free. */
export interface JobPool {
  /** Maximum number of concurrent jobs. */
  readonly size: number;
  /** Runs a job. Rejects with the error of the job, or with the signal's reason once it has aborted. */
  run<J extends Job>(job: J, signal?: AbortSignal, onProgress?: (at: JobProgress) => void): Promise<JobResult<J>>;
}

/** Runs jobs in one thread, and caches compiled circuits. */
export interface JobRunner {
  run<J extends Job>(job: J, shouldStop: () => boolean, onProgress?: (at: JobProgress) => void): Promise<JobResult<J>>;
}

/**
 * Maximum number of compiled circuits that a runner caches, and maximum number of their qubits: wider ones need tens of
 * megabytes.
 */
const KEPT_CIRCUITS = 8;
const KEPT_QUBITS = 12;

/** Starts a runner; `nowMs` is a monotonic clock, and `selections` caches the measurements. */
export function createJobRunner(nowMs: () => number, selections?: SelectionCache): JobRunner {
  const circuits = new Map<string, Promise<CompiledCircuit>>();
  const compiledFor = async (key: unknown, compile: () => Promise<CompiledCircuit>) => {
    const name = JSON.stringify(key);
    const known = circuits.get(name);
    if (known) return known;
    const compiled = compile();
    circuits.set(name, compiled);
    compiled.catch(() => circuits.delete(name));
    if ((await compiled).circuit.qubits > KEPT_QUBITS) circuits.delete(name);
    const [oldest] = circuits.keys();
    if (circuits.size > KEPT_CIRCUITS) circuits.delete(oldest);
    return compiled;
  };

  const train = async (job: TrainJob, shouldStop: () => boolean): Promise<TimedResult[]> => {
    const { settings, features, classes, engine } = job;
    const compiled = await compiledFor([engine, settings, features, classes], async () => {
      const { circuit, observables } = createQnnModel(settings, features, classes);
      const { precision } = settings;
      return compileMeasured(await createEngine(engine, { precision }), circuit, observables, settings);
    });
    const before = nowMs();
    const results = await trainQnns(compiled, settings, job.tasks, { shouldStop });
    const seconds = (nowMs() - before) / 1000 / job.tasks.length;
    return results.map((result) => ({ ...result, seconds }));
  };

  const execute = async (job: ExecuteJob): Promise<ExecuteResult> => {
    const { circuit, observables, measurement, seed, engine, precision, rows, parameters, inputs, cotangents } = job;
    const key = [engine, precision, circuit, observables, measurement, seed];
    const compiled = await compiledFor(key, async () =>
      compileMeasured(await createEngine(engine, { precision }), buildCircuit(circuit), observables, measurement, seed),
    );
    const batch = { sets: 1, parameters, rows, inputs };
    if (!cotangents) {
      const values = (await compiled.forward(batch)).slice();
      return { values, parameterGradient: new Float64Array(0), inputGradient: new Float64Array(0) };
    }
    const gradient = await compiled.adjoint(batch, cotangents, { inputs: true });
    return {
      values: gradient.expectations.slice(),
      parameterGradient: gradient.parameters.slice(),
      inputGradient: gradient.inputs.slice(),
    };
  };

  const dispatch = (job: Job, shouldStop: () => boolean, onProgress?: (at: JobProgress) => void) => {
    switch (job.kind) {
      case 'train':
        return train(job, shouldStop);
      case 'execute':
        return execute(job);
      case 'outcomes':
        return observeOutcomes(job, compiledFor);
      case 'minimize':
        return minimize(job, { shouldStop, onProgress });
      case 'measure':
        return surveyEngines(nowMs, selections);
    }
  };
  return {
    run: async <J extends Job>(job: J, shouldStop: () => boolean, onProgress?: (at: JobProgress) => void) =>
      (await dispatch(job, shouldStop, onProgress)) as JobResult<J>,
  };
}
