import type { Study } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { createProgressTracker, type Progress, type ProgressTracker } from '../run/progress.ts';

/** Progress of a cell's study. */
interface CellProgress {
  readonly name: string;
  readonly progress: Progress;
}

/** Progress of a compare, for display. */
export interface CompareProgress {
  /** Cells that have ended, and all. */
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly elapsedSeconds: number;
  /** Estimated time until all cells have ended; absent before there is something to estimate it from. */
  readonly secondsLeft?: number;
  /** Cells whose study is under way, on this machine or another, in the order of the file. */
  readonly running: readonly CellProgress[];
}

/** Follows the studies of a compare and estimates the remaining time. */
export interface CompareTracker {
  /** Takes the current state of a cell's study; returns the progress of the cell. */
  update(name: string, study: Study): Progress;
  /** A cell has ended: finished, or failed. */
  end(name: string, hasFailed: boolean): void;
  progress(): CompareProgress;
}

/** Share of a study that its search is taken to be; the rest is its final evaluation. */
const SEARCH_SHARE = 0.3;

/**
 * A tracker of the cells `names`, the first `ended` of which had ended before. The estimate assumes that the cells that are left
 * take as long as the work that this run has seen: cells differ, so that it is rough. `nowMs` is a monotonic clock.
 */
export function createCompareTracker(
  names: readonly string[],
  ended: { readonly finished: number; readonly failed: number },
  nowMs: () => number,
): CompareTracker {
  const startedMs = nowMs();
  const trackers = new Map<string, ProgressTracker>();
  const running = new Map<string, Progress>();
  const over = new Set<string>();
  /** Part of each cell that was done before this run saw it. */
  const before = new Map<string, number>();
  let failed = ended.failed;
  const partOf = (name: string): number => {
    const progress = running.get(name);
    return over.has(name) ? 1 : progress === undefined ? 0 : partDone(progress);
  };
  return {
    update(name, study) {
      const tracker = trackers.get(name) ?? createProgressTracker(nowMs);
      trackers.set(name, tracker);
      const progress = tracker.update(study);
      if (!before.has(name)) before.set(name, partDone(progress));
      if (progress.phase === 'searching' || progress.phase === 'evaluating') running.set(name, progress);
      return progress;
    },
    end(name, hasFailed) {
      over.add(name);
      running.delete(name);
      if (hasFailed) failed++;
    },
    progress() {
      const elapsedSeconds = (nowMs() - startedMs) / 1000;
      const parts = names.map(partOf);
      const seen = names.reduce((sum, name, i) => sum + parts[i] - (before.get(name) ?? 0), 0);
      const left = parts.reduce((sum, part) => sum + 1 - part, 0);
      return {
        done: over.size + ended.finished + ended.failed,
        total: names.length + ended.finished + ended.failed,
        failed,
        elapsedSeconds,
        ...(seen > 0 ? { secondsLeft: (elapsedSeconds / seen) * left } : {}),
        running: names.flatMap((name) => {
          const progress = running.get(name);
          return progress === undefined ? [] : [{ name, progress }];
        }),
      };
    },
  };
}

/** Part of a study that is done, from 0 to 1. */
function partDone({ phase, done, total }: Progress): number {
  const part = total > 0 ? Math.min(1, done / total) : 0;
  if (phase === 'evaluating') return SEARCH_SHARE + (1 - SEARCH_SHARE) * part;
  return phase === 'searching' ? SEARCH_SHARE * part : phase === 'ended' ? 1 : 0;
}
