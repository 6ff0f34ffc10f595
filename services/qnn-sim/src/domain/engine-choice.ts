import type { Precision } from '@qloom/qnn/engine/engine.ts';
import type { EngineMeasurement } from '@qloom/qnn/engine/measure-engine.ts';
import { createEngine, engineEntry, UnknownEngineError } from '@qloom/qnn/engine/select-engine.ts';
import { listEngines, type SurveyedEngine } from './engine-survey.ts';
import type { JobPool } from './jobs.ts';

/** The engine for requests with `auto`, and the reason for the choice. */
export interface EngineChoice {
  /** The engine for `auto` and an empty name. */
  readonly selected: string;
  /** Reason of the choice, human-readable. */
  readonly reason: string;
  /** Measured engines, fastest first; empty if the engine was forced. */
  readonly measurements: readonly EngineMeasurement[];
  /** All engines, available or not. */
  readonly engines: readonly SurveyedEngine[];
  /**
   * Resolves the name of an engine in a request; with a precision, `auto` is the fastest engine that offers it. Throws
   * UnknownEngineError.
   */
  resolve(requested: string, precision?: Precision): string;
}

/**
 * Chooses the engine: `auto` measures every available engine once, in a thread of the pool, and takes the fastest; any
 * other name is forced.
 */
export async function chooseEngine(configured: string, pool: JobPool): Promise<EngineChoice> {
  if (configured !== 'auto') {
    (await createEngine(configured)).dispose();
    const engines = await listEngines();
    return choice({ selected: configured, reason: 'forced by QLOOM_ENGINE', measurements: [], engines });
  }
  const { selection, engines } = await pool.run({ kind: 'measure' });
  return choice({ ...selection, engines });
}

function choice(chosen: Omit<EngineChoice, 'resolve'>): EngineChoice {
  return {
    ...chosen,
    resolve(requested, precision) {
      const offers = (name: string) =>
        precision === undefined || engineEntry(name).capabilities.precisions.includes(precision);
      const isAuto = requested === '' || requested === 'auto';
      const wanted = isAuto ? chosen.selected : engineEntry(requested).name;
      if (offers(wanted)) return wanted;
      const present = chosen.engines.filter((one) => one.available).map((one) => one.name);
      const others = [...chosen.measurements.map((one) => one.name), ...present].filter(offers);
      if (isAuto && others.length > 0) return others[0];
      const right = others.length > 0 ? `${[...new Set(others)].join(', ')} would be right` : 'no engine here does';
      throw new UnknownEngineError(`engine: '${wanted}' does not offer ${precision}; ${right}`);
    },
  };
}
