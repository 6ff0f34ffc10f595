import type { Precision } from '@qloom/qnn/engine/engine.ts';
import type { EngineMeasurement } from '@qloom/qnn/engine/measure-engine.ts';
import { createEngine, engineEntry, UnknownEngineError } from '@qloom/qnn/engine/select-engine.ts';
import { listEngines, type SurveyedEngine } from './engine-survey.ts';
import type { JobPool } from './jobs.ts';

/** Which engine runs what asks for `auto`, and why. */
export interface EngineChoice {
  /** The engine that `auto` and an empty name stand for. */
  readonly selected: string;
  /** Why, for people. */
  readonly reason: string;
  /** What was measured, fastest first; empty where the engine was forced. */
  readonly measurements: readonly EngineMeasurement[];
  /** Every engine, present or not. */
  readonly engines: readonly SurveyedEngine[];
  /**
   * The engine's name that a request means; with a precision, `auto` is the fastest that offers it. Throws
   * UnknownEngineError.
   */
  resolve(requested: string, precision?: Precision): string;
}

/** `auto` measures every engine that is present once, in a thread of the pool, and takes the fastest; any other name is forced. */
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
