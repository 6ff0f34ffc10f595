import { findEngines, type Selection, type SelectionCache, selectEngine } from '@qloom/qnn/engine/select-engine.ts';

/** One engine as this machine has it. Plain data, so that it crosses threads. */
export interface SurveyedEngine {
  readonly name: string;
  /** What it is and which precisions it offers. */
  readonly description: string;
  readonly available: boolean;
  /** Whether `auto` may take it: it is available, and not there only for those who name it. */
  readonly automatic: boolean;
  /** On what it runs, or why it cannot. */
  readonly detail: string;
}

/** What engines there are, and which of them is the fastest. */
export interface EngineSurvey {
  readonly engines: readonly SurveyedEngine[];
  readonly selection: Selection;
}

/** Looks for every engine and measures those that are present, unless `cache` knows the answer. */
export async function surveyEngines(nowMs: () => number, cache?: SelectionCache): Promise<EngineSurvey> {
  return { engines: await listEngines(), selection: await selectEngine({ nowMs, cache }) };
}

/** Looks for every engine, without measuring. */
export async function listEngines(): Promise<SurveyedEngine[]> {
  return (await findEngines()).map(({ entry, availability }) => ({
    name: entry.name,
    description: `${entry.description}, ${entry.capabilities.precisions.join(' or ')}`,
    available: availability.available,
    automatic: availability.available && availability.automatic !== false,
    detail: availability.available ? availability.detail : availability.reason,
  }));
}
