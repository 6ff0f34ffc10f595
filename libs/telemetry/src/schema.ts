import { STAGE_NAMES, type StageName } from '@qloom/study/stages.ts';

/**
 * Everything custom that Qloom emits, listed once. A span, attribute or metric that is not in this file is not emitted;
 * one that is listed here and missing in a trace fails a test.
 */

/** Finer steps inside the stages: spans, and values of `qloom.stage` as well. */
const STEPS = ['sample', 'generate', 'critique', 'train-qnn', 'update-policy'] as const;
type Step = (typeof STEPS)[number];

/** Names of all custom spans: the stages of an episode, each of which is also a value of `qloom.stage`, and the steps. */
export type SpanName = StageName | Step;
export const SPAN_NAMES: readonly SpanName[] = [...STAGE_NAMES, ...STEPS];

/** Stage or step that a span or a measurement belongs to. On spans and metrics. */
export const ATTR_STAGE = 'qloom.stage';
/** Id of the study. On spans only: on metrics it would create a series for each study. */
export const ATTR_STUDY = 'qloom.study';
/** Index of the episode in its study, an integer. On spans only. */
export const ATTR_EPISODE = 'qloom.episode';
/** How it ended, one of {@link OUTCOMES}. On spans and metrics. */
export const ATTR_OUTCOME = 'qloom.outcome';

/**
 * `ok`: the slot was written as ok. `failed`: written as failed, with a reason from the closed list. `retry`: an
 * infrastructure fault; the event is delivered again. `adopted`: another worker had written the slot.
 */
const OUTCOMES = ['ok', 'failed', 'retry', 'adopted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A histogram, exponential, in seconds. */
export interface HistogramSchema {
  readonly name: string;
  readonly unit: 's';
  readonly description: string;
  readonly attributes: readonly string[];
}

/** From the moment a stage takes an event to its slot written or its event handed back. */
export const STAGE_DURATION: HistogramSchema = {
  name: 'qloom.stage.duration',
  unit: 's',
  description: 'Time from taking the event of a stage to its outcome.',
  attributes: [ATTR_STAGE, ATTR_OUTCOME],
};

/** From the moment the slot before was written to the moment a stage takes it: waiting for a free worker. */
export const STAGE_QUEUE_WAIT: HistogramSchema = {
  name: 'qloom.stage.queue_wait',
  unit: 's',
  description: 'Time from the slot before being written to a stage taking it.',
  attributes: [ATTR_STAGE, ATTR_OUTCOME],
};

/** Custom histograms. */
export const HISTOGRAMS: readonly HistogramSchema[] = [STAGE_DURATION, STAGE_QUEUE_WAIT];
