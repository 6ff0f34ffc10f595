import { createRandom } from '@qloom/random/random.ts';
import { createQnnModel } from '../model/qnn-model.ts';
import { DEFAULT_QNN } from '../model/qnn-settings.ts';
import { createBatchedEngine } from './batched/batched-engine.ts';
import type { Engine } from './engine.ts';
import { createReferenceEngine } from './reference-engine.ts';

/** Every engine there is, by name. A new engine is added here and nowhere else. */
const ENGINES: Readonly<Record<string, () => Engine>> = {
  'batched-js': () => createBatchedEngine(),
  reference: createReferenceEngine,
};

/** The names that {@link createEngine} takes. */
export const ENGINE_NAMES: readonly string[] = Object.keys(ENGINES);

/** Thrown when an engine's name is unknown. */
export class UnknownEngineError extends Error {
  override name = 'UnknownEngineError';
  readonly code = 'invalid';
}

/** The engine of a name. Throws {@link UnknownEngineError}; `auto` is not a name here, see {@link measureEngines}. */
export function createEngine(name: string): Engine {
  if (!Object.hasOwn(ENGINES, name)) {
    throw new UnknownEngineError(
      `engine: '${name}' is none of 'auto', ${ENGINE_NAMES.map((n) => `'${n}'`).join(', ')}`,
    );
  }
  return ENGINES[name]();
}

/** How long an engine takes for one training step of the default QNN. */
export interface EngineMeasurement {
  readonly name: string;
  /** Best of three, for a batch of 32. */
  readonly stepMs: number;
}

/**
 * Measures every engine on one training step of the default QNN, after one to warm up: fastest first. `auto` is the first.
 * One that takes twenty times as long as another is not asked twice.
 * `nowMs` is a monotonic clock.
 */
export async function measureEngines(nowMs: () => number): Promise<EngineMeasurement[]> {
  const { circuit, observables } = createQnnModel(DEFAULT_QNN, 4, 3);
  const random = createRandom('engine selection');
  const rows = DEFAULT_QNN.batchSize;
  const batch = {
    sets: 1,
    parameters: Float64Array.from(circuit.parameters, () => random.normal()),
    rows,
    inputs: Float64Array.from({ length: rows * circuit.inputs }, () => random.normal()),
  };
  const cotangents = new Float64Array(rows * observables.length).fill(1);
  const measurements: EngineMeasurement[] = [];
  for (const name of ENGINE_NAMES) {
    const engine = createEngine(name);
    const compiled = await engine.compile(circuit, observables);
    let stepMs = Infinity;
    for (let repeat = 0; repeat < 4; repeat++) {
      const before = nowMs();
      await compiled.adjoint(batch, cotangents);
      const elapsed = nowMs() - before;
      const hopeless = measurements.some((other) => elapsed > 20 * other.stepMs);
      if (repeat > 0 || hopeless) stepMs = Math.min(stepMs, elapsed);
      if (hopeless) break;
    }
    engine.dispose();
    measurements.push({ name, stepMs });
  }
  return measurements.sort((a, b) => a.stepMs - b.stepMs);
}
