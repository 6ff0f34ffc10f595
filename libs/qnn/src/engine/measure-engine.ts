import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { createRandom } from '@qloom/random/random.ts';
import { createQnnModel } from '../model/qnn-model.ts';
import { DEFAULT_QNN } from '../model/qnn-settings.ts';
import type { Precision } from './engine.ts';
import type { EngineEntry } from './engine-entry.ts';

/** The workload that engines are measured on: forward and adjoint of a batch. */
export interface Workload {
  /** Human-readable, such as 'a training step of the default QNN'. */
  readonly description: string;
  readonly circuit: Circuit;
  readonly observables: readonly Observable[];
  /** Number of rows of the batch. */
  readonly rows: number;
}

/** A training step of the default QNN, for data of four features and three classes. */
export function defaultWorkload(): Workload {
  const { circuit, observables } = createQnnModel(DEFAULT_QNN, 4, 3);
  return { description: 'a training step of the default QNN', circuit, observables, rows: DEFAULT_QNN.batchSize };
}

/** Time that an engine takes for a workload. */
export interface EngineMeasurement {
  readonly name: string;
  /** The best of several steps, without compilation. */
  readonly stepMs: number;
}

/** Settings of {@link measureEngine}. */
export interface MeasurementOptions {
  /** A monotonic clock, milliseconds. */
  readonly nowMs: () => number;
  readonly precision?: Precision;
  /** A step that takes longer than this ends the measurement. Default: no limit. */
  readonly hopelessMs?: number;
}

/** Maximum number of steps, and the time after which no further step is started. */
const STEPS = 20;
const ENOUGH_MS = 100;

/** Times forward and adjoint of a workload: the best of up to twenty steps within a tenth of a second, at least three. */
export async function measureEngine(
  entry: EngineEntry,
  { circuit, observables, rows }: Workload,
  { nowMs, precision, hopelessMs = Infinity }: MeasurementOptions,
): Promise<EngineMeasurement> {
  const random = createRandom('engine selection');
  const batch = {
    sets: 1,
    parameters: Float64Array.from(circuit.parameters, () => random.normal()),
    rows,
    inputs: Float64Array.from({ length: rows * circuit.inputs }, () => random.normal()),
  };
  const cotangents = new Float64Array(rows * observables.length).fill(1);
  const engine = await entry.create({ precision });
  const compiled = await engine.compile(circuit, observables);
  const began = nowMs();
  let stepMs = Infinity;
  for (let step = 0; step < STEPS && (step < 4 || nowMs() - began < ENOUGH_MS); step++) {
    const before = nowMs();
    await compiled.adjoint(batch, cotangents);
    const elapsed = nowMs() - before;
    // The first step is a warm-up; it counts only if it already exceeds the limit.
    if (step > 0 || elapsed > hopelessMs) stepMs = Math.min(stepMs, elapsed);
    if (elapsed > hopelessMs) break;
  }
  engine.dispose();
  return { name: entry.name, stepMs };
}
