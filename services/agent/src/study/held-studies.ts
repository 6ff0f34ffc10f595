import type { Delivery } from '@qloom/episode-log/port.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { createStageConsumers } from '@qloom/service-kit/stage/stage-consumers.ts';
import type { Replicas } from '../domain/search/in-flight.ts';
import { observeStudies } from './observe-studies.ts';
import { watchReplicas } from './replica-watch.ts';
import { createStalls, type Stalls } from './retry/stalls.ts';
import { type RunnerDeps, runStudy, type StudyRunner } from './study-runner.ts';

/** Dependencies of {@link createHeldStudies}. */
export interface HeldStudiesDeps extends RunnerDeps {
  /** Maximum number of studies that run at once in this process. */
  readonly studyConcurrency: number;
  /** Time after which another agent takes a study from one that does not respond. Unit: milliseconds. */
  readonly leaseMs: number;
}

/** The studies of the log that this process holds and runs. */
export interface HeldStudies extends BackgroundWork {
  /** The steps of a study that fail and are tried again here; empty for a study that does not run here. */
  stallsOf(id: string): Stalls;
  /** The replicas as they were counted last; undefined for a study that does not run here. */
  replicasOf(id: string): Replicas | undefined;
}

/** Name of the durable consumer that all agents of a log share. */
const CONSUMER = 'study';

/** A study that runs in this process, for one delivery of its `create` event or more. */
interface Held {
  readonly runner: StudyRunner;
  /** Deliveries whose lease is held. The runner is stopped when the last one is lost. */
  readonly leases: Set<Delivery>;
}

/**
 * Runs studies as a competing consumer of their `create` events: of all agents of a log one holds a study, under a
 * lease of the log that is renewed while the study runs. Each takes further studies, in the order of their creation,
 * while it has room. The study of an agent that ends is handed back at once; that of a killed one is delivered again
 * when its lease has expired, on SQLite as soon as its process is found dead.
 *
 * Two agents run a study at once only where a lease was lost unnoticed (a process that was suspended, a NATS server that
 * lost its memory). That is harmless, because each step is a slot that is written once and every writer adopts the event
 * of a faster one (ADR 0038).
 */
export function createHeldStudies(deps: HeldStudiesDeps): HeldStudies {
  const { episodeLog, log } = deps;
  const held = new Map<string, Held>();
  const replicas = watchReplicas({ episodeLog, studyConsumer: CONSUMER });
  const stalls = new Map<string, Stalls>();
  const draining = new AbortController();
  const consumed = Promise.withResolvers<void>();
  let isStarted = false;
  let onTrouble: ((problem: string | undefined) => void) | undefined;

  const stallsOf = (id: string): Stalls => {
    const known = stalls.get(id) ?? createStalls();
    stalls.set(id, known);
    return known;
  };

  const begin = (id: string, { attempt }: Delivery): Held => {
    log.info('runs a study', { study: id, attempt });
    const runner = runStudy(id, { ...deps, replicas }, stallsOf(id));
    const begun: Held = { runner, leases: new Set() };
    held.set(id, begun);
    runner.done.finally(() => held.delete(id));
    return begun;
  };

  const run = async (delivery: Delivery): Promise<void> => {
    const id = delivery.event.key.study;
    if ((await episodeLog.read({ study: id, slot: 'finish' })) !== undefined) return;
    const standing = held.get(id);
    // One that is about to stop has lost its lease; its jobs end before they are started again.
    if (standing?.leases.size === 0) await standing.runner.done;
    const { runner, leases } = held.get(id) ?? begin(id, delivery);
    leases.add(delivery);
    const release = (): void => {
      if (!leases.delete(delivery) || leases.size > 0) return;
      log.warn('the lease of a study is lost; it stops here', { study: id });
      runner.stop();
    };
    delivery.signal.addEventListener('abort', release);
    if (delivery.signal.aborted) release();
    if (draining.signal.aborted) runner.stop();
    const hasEnded = await runner.done;
    delivery.signal.removeEventListener('abort', release);
    if (hasEnded) return;
    if (draining.signal.aborted) await delivery.nak();
    else if (!delivery.signal.aborted) throw new Error(`study ${id} stopped before its end`);
  };

  return {
    stallsOf,
    replicasOf: (id) => (held.has(id) ? replicas.current() : undefined),
    watchTrouble(listener) {
      onTrouble = listener;
    },
    start() {
      isStarted = true;
      createStageConsumers(episodeLog, log);
      const { studyConcurrency: maxInFlight, leaseMs } = deps;
      const options = { consumer: CONSUMER, slot: 'create', maxInFlight, leaseMs, signal: draining.signal, onTrouble };
      const observed = () =>
        [...held].map(([id, { runner }]) => ({
          ...runner.progress,
          isStalled: stallsOf(id).text() !== undefined,
        }));
      observeStudies(observed, deps.clock);
      episodeLog.consume(options, run).then(consumed.resolve, consumed.reject);
    },
    async drain() {
      draining.abort();
      await Promise.all([...held.values()].map(({ runner }) => runner.stop()));
      if (isStarted) await consumed.promise.catch(() => {});
    },
    done: consumed.promise,
  };
}
