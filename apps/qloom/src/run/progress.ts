import { type Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';

/** Progress of a study, for display. */
export interface Progress {
  readonly phase: 'preparing' | 'searching' | 'evaluating' | 'ended';
  /** Steps of the phase done: episodes, then jobs of the final evaluation. */
  readonly done: number;
  /** Steps of the phase in all; 0 where it is not known. */
  readonly total: number;
  /** Name of a step. */
  readonly unit: 'episodes' | 'jobs';
  readonly failed: number;
  /** Highest utility of an episode so far. */
  readonly bestUtility?: number;
  readonly policyUpdates: number;
  /** Estimated remaining time of this phase, and of the next where it is known. Unit: seconds. */
  readonly secondsLeft?: number;
  readonly elapsedSeconds: number;
  readonly message: string;
  /** The step that fails and is retried, with the reason. */
  readonly waitingFor?: string;
  /** Why replicas are idle, and what would use them. */
  readonly idleReplicas?: string;
}

/** Follows a study and estimates the remaining time. */
export interface ProgressTracker {
  /** Takes the current state of a study. */
  update(study: Study): Progress;
}

const PHASES: Partial<Record<number, Progress['phase']>> = {
  [StudyState.PREPARING]: 'preparing',
  [StudyState.SEARCHING]: 'searching',
  [StudyState.EVALUATING]: 'evaluating',
};

/**
 * A tracker. The remaining time is the mean time of a step since the phase began (or since this process joined it:
 * earlier steps of a resumed study may have run on another machine) times the remaining steps. `nowMs` is a monotonic
 * clock.
 */
export function createProgressTracker(nowMs: () => number): ProgressTracker {
  const startedMs = nowMs();
  let phase: Progress['phase'] | undefined;
  let phaseStartMs = startedMs;
  let doneAtStart = 0;
  return {
    update(study) {
      const now = nowMs();
      const current = PHASES[study.state] ?? 'ended';
      const evaluating = current === 'evaluating';
      const done = evaluating ? study.unitsDone : study.rewarded + study.failed;
      const total = evaluating ? study.unitsTotal : (study.settings?.episodes ?? 0);
      if (current !== phase) [phase, phaseStartMs, doneAtStart] = [current, now, done];
      const steps = done - doneAtStart;
      const secondsLeft =
        steps > 0 && total > 0 && current !== 'ended'
          ? (((now - phaseStartMs) / steps) * Math.max(0, total - done)) / 1000
          : undefined;
      return {
        phase: current,
        done,
        total,
        unit: evaluating ? 'jobs' : 'episodes',
        failed: study.failed,
        bestUtility: study.highestUtility,
        policyUpdates: study.policyUpdates,
        secondsLeft,
        elapsedSeconds: (now - startedMs) / 1000,
        message: study.message,
        waitingFor: study.waitingFor,
        idleReplicas: study.idleReplicas,
      };
    },
  };
}
