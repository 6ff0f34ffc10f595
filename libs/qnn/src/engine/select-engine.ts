import { echoed, quoted } from '@qloom/tensor/quoted.ts';
import type { Engine, Precision } from './engine.ts';
import type { Availability, EngineEntry, EngineOptions } from './engine-entry.ts';
import { ENGINES } from './engine-table.ts';
import { defaultWorkload, type EngineMeasurement, measureEngine, type Workload } from './measure-engine.ts';

/** The names that {@link createEngine} accepts. */
export const ENGINE_NAMES: readonly string[] = ENGINES.map((entry) => entry.name);

/** Thrown when an engine's name is unknown, or it does not support the requested precision. */
export class UnknownEngineError extends Error {
  override name = 'UnknownEngineError';
  readonly code = 'invalid';
}

/** Thrown when an engine is known but cannot be used on this machine. The message says what is missing. */
export class EngineUnavailableError extends Error {
  override name = 'EngineUnavailableError';
  readonly code = 'unavailable';
}

/** The entry of a name. Throws {@link UnknownEngineError}; `auto` is not accepted here; see {@link selectEngine}. */
export function engineEntry(name: string, entries: readonly EngineEntry[] = ENGINES): EngineEntry {
  const entry = entries.find((one) => one.name === name);
  if (entry) return entry;
  const known = entries.map((one) => `'${one.name}'`).join(', ');
  throw new UnknownEngineError(`engine: ${quoted(name, "'")} is none of 'auto', ${known}`);
}

/** Starts an engine by name. Throws {@link UnknownEngineError} and {@link EngineUnavailableError}. */
export async function createEngine(name: string, options: EngineOptions = {}): Promise<Engine> {
  const entry = engineEntry(name);
  const { precisions } = entry.capabilities;
  if (options.precision !== undefined && !precisions.includes(options.precision)) {
    throw new UnknownEngineError(
      `engine: '${name}' has no ${echoed(options.precision)}; it has ${precisions.join(', ')}`,
    );
  }
  const found = await entry.find();
  if (!found.available) throw new EngineUnavailableError(`engine: '${name}' is not available: ${found.reason}`);
  return entry.create(options);
}

/** An engine and whether it can be used here. */
export interface FoundEngine {
  readonly entry: EngineEntry;
  readonly availability: Availability;
}

/** Checks every engine. */
export const findEngines = (entries: readonly EngineEntry[] = ENGINES): Promise<FoundEngine[]> =>
  Promise.all(entries.map(async (entry) => ({ entry, availability: await entry.find() })));

/** Cache of selections, so that measurements are not repeated: in memory, or in a file of the caller. */
export interface SelectionCache {
  get(key: string): Selection | undefined | Promise<Selection | undefined>;
  set(key: string, selection: Selection): unknown;
}

/** The engine that `auto` selects, and the reason. Plain data. */
export interface Selection {
  readonly selected: string;
  /** Human-readable, such as `the fastest on …: wasm 0.04 ms, reference 30 ms`. */
  readonly reason: string;
  /** The measurements, fastest first. */
  readonly measurements: readonly EngineMeasurement[];
}

/** Settings of {@link selectEngine}. */
export interface SelectionOptions {
  /** A monotonic clock, milliseconds. */
  readonly nowMs: () => number;
  /** The workload to execute. Default: a training step of the default QNN. */
  readonly workload?: Workload;
  /** Only engines with this precision. Default: any. */
  readonly precision?: Precision;
  /** Default: none; every call measures. */
  readonly cache?: SelectionCache;
  /** Default: all engines. */
  readonly entries?: readonly EngineEntry[];
}

/**
 * Measures the available engines that support the workload, and selects the fastest. An engine that takes twenty times
 * as long as another is measured only once. The selection is cached for the workload's shape and the available engines.
 * Throws {@link EngineUnavailableError} when there is none.
 */
export async function selectEngine(options: SelectionOptions): Promise<Selection> {
  const { nowMs, precision, cache } = options;
  const workload = options.workload ?? defaultWorkload();
  const found = await findEngines(options.entries);
  const fitting = found.filter(({ entry, availability }) => {
    const { precisions, limits } = entry.capabilities;
    const precise = precision === undefined || precisions.includes(precision);
    const wanted = availability.available && availability.automatic !== false;
    return wanted && precise && workload.circuit.qubits <= limits.maxQubits;
  });
  if (fitting.length === 0) {
    throw new EngineUnavailableError(
      `engine: none is present for ${workload.circuit.qubits} qubits${precision ? ` in ${precision}` : ''}`,
    );
  }
  const key = selectionKey(workload, precision, fitting);
  const known = await cache?.get(key);
  if (known) return known;
  const measurements: EngineMeasurement[] = [];
  for (const { entry } of fitting) {
    const best = Math.min(...measurements.map((one) => one.stepMs));
    measurements.push(await measureEngine(entry, workload, { nowMs, precision, hopelessMs: 20 * best }));
  }
  measurements.sort((a, b) => a.stepMs - b.stepMs);
  const times = measurements.map(({ name, stepMs }) => `${name} ${stepMs.toPrecision(2)} ms`).join(', ');
  const selection = {
    selected: measurements[0].name,
    reason: `the fastest on ${workload.description}: ${times}`,
    measurements,
  };
  await cache?.set(key, selection);
  return selection;
}

function selectionKey(
  { circuit, observables, rows }: Workload,
  precision: Precision | undefined,
  present: readonly FoundEngine[],
): string {
  const engines = present.map(({ entry, availability }) => [entry.name, availability.available && availability.detail]);
  const shape = [circuit.qubits, circuit.gates.length, circuit.parameters.length, observables.length, rows];
  return JSON.stringify([shape, precision ?? 'any', engines]);
}
