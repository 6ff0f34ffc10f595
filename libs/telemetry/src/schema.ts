import { STAGE_NAMES, type StageName } from '@qloom/study/stages.ts';

/**
 * Everything custom that Qloom emits, listed once. A span, attribute or metric that is not in this file is not emitted;
 * one that is listed here and missing in a trace fails a test.
 */

/** Finer steps inside the stages: spans, and values of `qloom.stage` as well. */
const STEPS = ['sample', 'generate', 'critique', 'train-qnn', 'update-policy'] as const;
type Step = (typeof STEPS)[number];

/**
 * Work of a study outside its episodes: its creation, a job of the final evaluation, and the final evaluation as a whole. Spans,
 * and values of `qloom.stage` as well. Each job is a trace of its own, which links to the span `create-study`; the span
 * `final-evaluation` of the study's trace links to the jobs.
 */
const STUDY_WORK = ['create-study', 'job', 'final-evaluation'] as const;
type StudyWork = (typeof STUDY_WORK)[number];

/** Names of all custom spans, each of which is also a value of `qloom.stage`: stages of an episode, work of a study, steps. */
export type SpanName = StageName | Step | StudyWork;
export const SPAN_NAMES: readonly SpanName[] = [...STAGE_NAMES, ...STUDY_WORK, ...STEPS];

/** Whether a span is a step inside another one. */
export function isStep(name: string): boolean {
  return (STEPS as readonly string[]).includes(name);
}

/** Stage or step that a span or a measurement belongs to. On spans and metrics. */
export const ATTR_STAGE = 'qloom.stage';
/** Id of the study. On spans only: on metrics it would create a series for each study. */
export const ATTR_STUDY = 'qloom.study';
/** Index of the episode in its study, an integer. On spans only. */
export const ATTR_EPISODE = 'qloom.episode';
/** How it ended, one of {@link OUTCOMES}. On spans and metrics. */
export const ATTR_OUTCOME = 'qloom.outcome';
/** Name of a job of the final evaluation, such as `draw-3-gan`. On spans only. */
export const ATTR_JOB = 'qloom.job';
/** Kind of a job: `outer`, `tune`, `choice`, `replicate`, … On spans only. */
export const ATTR_JOB_KIND = 'qloom.job.kind';
/** Number of delivery of the event to this stage, from 1. On spans only. */
export const ATTR_DELIVERY_ATTEMPT = 'qloom.delivery.attempt';
/** Seconds from the moment the log stored the event to the moment its stage took it. On spans of stages that read a slot. */
export const ATTR_QUEUE_WAIT = 'qloom.stage.queue_wait';
/** What a study does, one of {@link STUDY_PHASES}. On metrics only. */
export const ATTR_STUDY_PHASE = 'qloom.study.phase';

/** Phases of a study: `prepare` splits the data, `search` runs episodes, `evaluate` runs jobs of the final evaluation. */
export const STUDY_PHASES = ['prepare', 'search', 'evaluate'] as const;
export type StudyPhase = (typeof STUDY_PHASES)[number];

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

/** A value that a process observes at each export. */
export interface GaugeSchema {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
}

/**
 * Work that waits for a stage or is in its hands. Agents observe it, each for the studies that it holds: a study is held by one
 * agent, so that the sum over all agents counts each event once. With `qloom.stage` = `job`: jobs that are due or running.
 */
export const STAGE_LAG: GaugeSchema = {
  name: 'qloom.stage.lag',
  unit: '{event}',
  description: 'Events that wait for a stage or are in its hands, of the studies that this agent holds.',
  attributes: [ATTR_STAGE],
};

/** Work that this process has in its hands: events of its stage; in an agent jobs. 0 while it is idle. */
export const STAGE_IN_FLIGHT: GaugeSchema = {
  name: 'qloom.stage.in_flight',
  unit: '{event}',
  description: 'Events of a stage that this process works on.',
  attributes: [ATTR_STAGE],
};

/** Studies that this agent holds, by phase. */
export const STUDY_ACTIVE: GaugeSchema = {
  name: 'qloom.study.active',
  unit: '{study}',
  description: 'Studies that this agent runs, by phase.',
  attributes: [ATTR_STUDY_PHASE],
};

/** Studies that this agent holds of which a step fails and is tried again. */
export const STUDY_STALLED: GaugeSchema = {
  name: 'qloom.study.stalled',
  unit: '{study}',
  description: 'Studies that this agent runs of which a step fails and is tried again.',
  attributes: [],
};

/** Of the studies that this agent holds, the one without an event for the longest time; 0 if it holds none. */
export const STUDY_IDLE_TIME: GaugeSchema = {
  name: 'qloom.study.idle_time',
  unit: 's',
  description: 'Time since the last event of the study that has had none for the longest time.',
  attributes: [],
};

/** Custom gauges. */
export const GAUGES: readonly GaugeSchema[] = [
  STAGE_LAG,
  STAGE_IN_FLIGHT,
  STUDY_ACTIVE,
  STUDY_STALLED,
  STUDY_IDLE_TIME,
];
