import { createEngine, ENGINE_NAMES, type EngineMeasurement } from '@qloom/qnn/engine/select-engine.ts';
import type { JobPool } from './jobs.ts';

/** Which engine runs what asks for `auto`, and why. */
export interface EngineChoice {
  /** The engine that `auto` and an empty name stand for. */
  readonly selected: string;
  /** Why, for people. */
  readonly reason: string;
  /** What was measured, fastest first; empty where the engine was forced. */
  readonly measurements: readonly EngineMeasurement[];
  /** The engine's name that a request means. Throws UnknownEngineError. */
  resolve(requested: string): string;
}

/** `auto` measures every engine once, in a thread of the pool, and takes the fastest; any other name is forced. */
export async function chooseEngine(configured: string, pool: JobPool): Promise<EngineChoice> {
  if (configured !== 'auto') {
    createEngine(configured).dispose();
    return choice(configured, 'forced by QLOOM_ENGINE', []);
  }
  const measurements = await pool.run({ kind: 'measure' });
  const times = measurements.map(({ name, stepMs }) => `${name} ${stepMs.toFixed(2)} ms`).join(', ');
  return choice(measurements[0].name, `the fastest on a training step of the default QNN: ${times}`, measurements);
}

function choice(selected: string, reason: string, measurements: readonly EngineMeasurement[]): EngineChoice {
  return {
    selected,
    reason,
    measurements,
    resolve(requested) {
      if (requested === '' || requested === 'auto') return selected;
      if (!ENGINE_NAMES.includes(requested)) createEngine(requested);
      return requested;
    },
  };
}
