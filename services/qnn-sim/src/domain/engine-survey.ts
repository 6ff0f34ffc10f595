import { findEngines, type Selection, type SelectionCache, selectEngine } from '@qloom/qnn/engine/select-engine.ts';

/** One engine on this machine. Plain data that can be passed between threads. */
export interface SurveyedEngine {
  readonly name: string;
  /** Description of the engine, and the precisions that it offers. */
  readonly description: string;
  readonly available: boolean;
  /** Whether `auto` may choose it: it is available, and not restricted to requests that name it. */
  readonly automatic: boolean;
  /** The hardware on which it runs, or why it is unavailable. */
  readonly detail: string;
}

/** All engines, and which of them is the fastest. */
export interface EngineSurvey {
  readonly engines: readonly SurveyedEngine[];
  readonly selection: Selection;
}

/** Detects all engines and measures the available ones, unless `cache` has the result. */
export async function surveyEngines(nowMs: () => number, cache?: SelectionCache): Promise<EngineSurvey> {
  return { engines: await listEngines(), selection: await selectEngine({ nowMs, cache }) };
}

/** Detects all engines, without measuring. */
export async function listEngines(): Promise<SurveyedEngine[]> {
  return (await findEngines()).map(({ entry, availability }) => ({
    name: entry.name,
    description: `${entry.description}, ${entry.capabilities.precisions.join(' or ')}`,
    available: availability.available,
    automatic: availability.available && availability.automatic !== false,
    detail: availability.available ? availability.detail : availability.reason,
  }));
}
