import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { stageConsumer } from '@qloom/service-kit/stage/stage-consumers.ts';
import { WORKER_STAGES, type WorkerStage } from '@qloom/study/stages.ts';
import { NO_REPLICAS, type Replicas } from '../domain/search/in-flight.ts';

/** Counts the replicas of the log again and again while somebody wants to know. */
export interface ReplicaWatch {
  /** The last count: the same object until it changes. */
  current(): Replicas;
  /** Calls `listener` after each change until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** Options of {@link watchReplicas}. */
export interface ReplicaWatchOptions {
  readonly episodeLog: Pick<EpisodeLog, 'load'>;
  /** Durable consumer that holds one event for each running study. */
  readonly studyConsumer: string;
  /** Pause between two counts. Unit: milliseconds. Default: 2 s. */
  readonly pauseMs?: number;
}

/**
 * A replica that stops is noticed after this many counts. A worker on NATS is not counted for an instant while it asks
 * for its next event, and the count should not follow that.
 */
const COUNTS = 3;

/**
 * A watch of the replicas: the handlers of each stage's consumer. It counts only while it has listeners. The results of a study do
 * not depend on it, only how much of it runs at once.
 */
export function watchReplicas({ episodeLog, studyConsumer, pauseMs = 2_000 }: ReplicaWatchOptions): ReplicaWatch {
  const listeners = new Set<() => void>();
  let counts: Replicas[] = [];
  let current = NO_REPLICAS;
  let isCounting = false;
  let timer: NodeJS.Timeout | undefined;

  const note = (counted: Replicas): void => {
    counts = [...counts, counted].slice(-COUNTS);
    const most = (of: keyof Replicas): number => Math.max(...counts.map((count) => count[of]));
    const next = { ...currentStages(most), studies: counted.studies };
    if (JSON.stringify(next) === JSON.stringify(current)) return;
    current = next;
    for (const listener of [...listeners]) listener();
  };
  const count = async (): Promise<void> => {
    if (isCounting) return;
    isCounting = true;
    try {
      const [studies, ...stages] = await Promise.all([
        episodeLog.load(studyConsumer),
        ...WORKER_STAGES.map((stage) => episodeLog.load(stageConsumer(stage).consumer)),
      ]);
      const handlers = (stage: WorkerStage): number => stages[WORKER_STAGES.indexOf(stage)].handlers;
      note({ ...currentStages(handlers), studies: studies.inFlight });
    } catch {
      // A log that is away is reported by what works with it; the last count stands.
    }
    isCounting = false;
    if (listeners.size > 0) timer = setTimeout(count, pauseMs).unref();
  };
  return {
    current: () => current,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) void count();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
  };
}

function currentStages(of: (stage: WorkerStage) => number): Record<WorkerStage, number> {
  return { fit: of('fit'), assess: of('assess'), evaluate: of('evaluate') };
}

/** `next`, or undefined if one of the listeners that `subscribe` adds is called before. Leaves no listener behind. */
export async function nextOrChange<T>(
  next: Promise<T>,
  subscribe: (listener: () => void) => () => void,
): Promise<T | undefined> {
  const changed = Promise.withResolvers<undefined>();
  const unsubscribe = subscribe(() => changed.resolve(undefined));
  try {
    return await Promise.race([next, changed.promise]);
  } finally {
    unsubscribe();
  }
}
