import { STAGES, type StageName } from '@qloom/study/stages.ts';
import { observeGauge } from '@qloom/telemetry/metrics.ts';
import {
  ATTR_STAGE,
  ATTR_STUDY_PHASE,
  STAGE_IN_FLIGHT,
  STAGE_LAG,
  STUDY_ACTIVE,
  STUDY_IDLE_TIME,
  STUDY_PHASES,
  STUDY_STALLED,
  type StudyPhase,
} from '@qloom/telemetry/schema.ts';
import { type EpisodeSlots, isSearched, type StudyView } from './replay/study-view.ts';
import type { Clock } from './retry/clock.ts';

/** A study that this process runs, as far as its gauges need it. */
export interface ObservedStudy {
  readonly view: StudyView;
  /** Jobs of its final evaluation that are due and not done, and those of them that run. */
  readonly jobs: { readonly lag: number; readonly running: number };
  readonly isStalled: boolean;
}

/**
 * Observes the studies that this process runs, as the gauges of telemetry's schema. A study is held by one agent (ADR 0038), so that
 * sums over agents count each event and each study once.
 */
export function observeStudies(studies: () => readonly ObservedStudy[], clock: Clock): void {
  observeGauge(STAGE_LAG, (report) => {
    const lags = studies().map(({ view }) => stageLag(view));
    for (const { name, reads } of STAGES) {
      if (reads.length > 0) report(sum(lags.map((lag) => lag[name])), { [ATTR_STAGE]: name });
    }
    report(sum(studies().map(({ jobs }) => jobs.lag)), { [ATTR_STAGE]: 'job' });
  });
  observeGauge(STAGE_IN_FLIGHT, (report) =>
    report(sum(studies().map(({ jobs }) => jobs.running)), { [ATTR_STAGE]: 'job' }),
  );
  observeGauge(STUDY_ACTIVE, (report) => {
    const phases = studies().map(({ view }) => phaseOf(view));
    for (const phase of STUDY_PHASES) {
      report(phases.filter((one) => one === phase).length, { [ATTR_STUDY_PHASE]: phase });
    }
  });
  observeGauge(STUDY_STALLED, (report) => report(studies().filter(({ isStalled }) => isStalled).length));
  observeGauge(STUDY_IDLE_TIME, (report) => {
    const idle = studies().map(({ view }) => (view.lastEventMs === 0 ? 0 : clock.now() - view.lastEventMs));
    report(Math.max(0, ...idle) / 1000);
  });
}

/**
 * Events of a study that wait for each stage or are in its hands: slots that a stage reads are written as ok and its own is not. The
 * reward also follows a slot that failed. Nothing of an episode that is rewarded waits.
 */
export function stageLag(view: StudyView): Record<StageName, number> {
  const lag = Object.fromEntries(STAGES.map(({ name }) => [name, 0])) as Record<StageName, number>;
  for (const episode of view.open) {
    const slots = view.episodes.get(episode) ?? {};
    for (const { name, reads } of STAGES) if (slots[name] === undefined && isDue(slots, reads)) lag[name] += 1;
    const written = Object.values(slots);
    const isMeasured = isDue(slots, STAGES[STAGES.length - 1].reads);
    if (!isMeasured && written.some(({ event }) => event.failure !== undefined)) lag.reward += 1;
  }
  return lag;
}

function isDue(slots: EpisodeSlots, reads: readonly StageName[]): boolean {
  return (
    reads.length > 0 && reads.every((name) => slots[name] !== undefined && slots[name].event.failure === undefined)
  );
}

/** What a study does. */
function phaseOf(view: StudyView): StudyPhase {
  if (view.prepared === undefined) return 'prepare';
  return isSearched(view) ? 'evaluate' : 'search';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
