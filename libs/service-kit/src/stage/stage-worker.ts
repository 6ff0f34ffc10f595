import { SpanKind } from '@opentelemetry/api';
import type { Implementation } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import type { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type EpisodeKey, isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import type { Delivery, EpisodeLog } from '@qloom/episode-log/port.ts';
import type { WorkerStage } from '@qloom/study/stages.ts';
import { contextFromHeaders } from '@qloom/telemetry/event-headers.ts';
import { observeGauge, recordQueueWait, recordStageDuration } from '@qloom/telemetry/metrics.ts';
import {
  ATTR_DELIVERY_ATTEMPT,
  ATTR_OUTCOME,
  ATTR_QUEUE_WAIT,
  ATTR_STAGE,
  STAGE_IN_FLIGHT,
} from '@qloom/telemetry/schema.ts';
import { markFailed, withSpan } from '@qloom/telemetry/spans.ts';
import { UnavailableError } from '../faults/errors.ts';
import type { Logger } from '../logger.ts';
import type { BackgroundWork } from './background-work.ts';
import { type BackoffOptions, createBackoff } from './backoff.ts';
import { consumerAttributes } from './messaging-attributes.ts';
import type { SlotFacts } from './slot-events.ts';
import { attemptStage } from './stage-attempt.ts';
import { createStageConsumers, stageConsumer } from './stage-consumers.ts';

/** Context that a stage's work gets besides the event. */
export interface StageContext {
  /**
   * Aborted when the lease is lost or the time of a drain is over: pass it to every call, and do not catch its error.
   */
  readonly signal: AbortSignal;
  /** Which delivery of the event this is, from 1. */
  readonly attempt: number;
  readonly log: Logger;
  /** The target of this process. */
  readonly self: string;
  /** Sets the service that does the work, which is recorded in the slot. */
  readonly producedBy: (implementation: Implementation | undefined) => void;
}

/** A stage, whose row in the table of stages says which slot it reads, and its work. */
export interface StageOptions {
  /** The slot it writes; also the name of its span and, unless `consumer` says otherwise, of its durable consumer. */
  readonly stage: WorkerStage;
  readonly episodeLog: EpisodeLog;
  readonly log: Logger;
  /** Events in flight at once. */
  readonly concurrency: number;
  /**
   * The work: makes the calls and returns the content of the slot. May run twice for one event, in two processes at
   * once: its other writes must be idempotent. Its errors are classified by `classifyFault`.
   */
  readonly run: (event: SlotEvent, context: StageContext) => Promise<SlotFacts>;
  readonly consumer?: string;
  /** Default {@link POISON_AFTER}. */
  readonly poisonAfter?: number;
  readonly backoff?: BackoffOptions;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Deliveries without progress after which an event is poison. */
export const POISON_AFTER = 20;

/**
 * Unexplained failures that the worker must have seen itself. Deliveries also count those of other workers, which may
 * have been killed: a single unexplained error after that does not prove that the event is at fault.
 */
const POISON_WITNESSES = 3;

/**
 * A competing consumer that turns events of one slot into the next slot.
 *
 * An event whose slot, or whose episode's reward, is written already is acknowledged at once; so is one that failed.
 * Otherwise the work runs and the slot is appended; when another worker was faster, its slot is adopted. An
 * infrastructure fault hands the event back with a growing delay, without limit; a domain failure writes the slot as
 * failed; an unexplained error is retried up to {@link POISON_AFTER} deliveries, {@link POISON_WITNESSES} of them here
 * (infrastructure faults seen here are not counted), and is then written as poison, after which the event is not
 * delivered again.
 */
export function createStageWorker(options: StageOptions): BackgroundWork {
  const { stage, episodeLog } = options;
  const now = options.now ?? Date.now;
  const log = options.log.with({ stage });
  const pulling = new AbortController();
  const working = new AbortController();
  const backoff = createBackoff(options.backoff);
  const poisonAfter = options.poisonAfter ?? POISON_AFTER;
  const finished = Promise.withResolvers<void>();
  const durable = stageConsumer(stage);
  const consumer = options.consumer ?? durable.consumer;
  let self = '';
  let inFlight = 0;

  const attempt = (delivery: Delivery, key: EpisodeKey) => {
    const signal = AbortSignal.any([delivery.signal, working.signal]);
    let implementation: Implementation | undefined;
    const producedBy = (by: Implementation | undefined): void => {
      implementation = by;
    };
    const lineLog = log.with({ study: key.study, episode: key.episode, attempt: delivery.attempt });
    return attemptStage({
      episodeLog,
      key,
      delivery,
      work: (event) => options.run(event, { signal, attempt: delivery.attempt, log: lineLog, self, producedBy }),
      implementation: () => implementation,
      interrupted: () => signal.aborted,
      poisonAfter: () => {
        const { infrastructure, unexplained } = backoff.counts(delivery.event);
        const deliveries = delivery.attempt - infrastructure;
        const witnessed = unexplained + 1 >= Math.min(poisonAfter, POISON_WITNESSES);
        return deliveries >= poisonAfter && witnessed ? deliveries : undefined;
      },
      log: lineLog,
      now,
    });
  };

  const handle = async (delivery: Delivery): Promise<void> => {
    const { event } = delivery;
    if (!isEpisodeKey(event.key)) {
      await delivery.term();
      return;
    }
    const key: EpisodeKey = { study: event.key.study, episode: event.key.episode, slot: stage };
    const startedAtMs = now();
    // From the log's clock to this one; clocks of two machines may differ.
    const waitSeconds = Math.max(0, startedAtMs - event.timeMs) / 1000;
    const isFirst = delivery.attempt === 1;
    const span = {
      study: key.study,
      episode: key.episode,
      kind: SpanKind.CONSUMER,
      parent: contextFromHeaders(event.headers),
      attributes: {
        ...consumerAttributes(episodeLog, event, consumer),
        [ATTR_DELIVERY_ATTEMPT]: delivery.attempt,
        // A later delivery has waited for the end of a delay or of a lease, not for a worker.
        ...(isFirst ? { [ATTR_QUEUE_WAIT]: waitSeconds } : {}),
      },
    };
    const result = await withSpan(stage, span, async (active) => {
      const ended = await attempt(delivery, key);
      active.setAttribute(ATTR_OUTCOME, ended.outcome);
      if (ended.outcome !== 'ok' && ended.error !== undefined) markFailed(active, ended.error);
      return ended;
    });
    if (result.outcome === 'retry') {
      const delayMs = backoff.failed(event, result.fault);
      await delivery.nak(working.signal.aborted ? 0 : delayMs);
    } else {
      backoff.forget(event);
      await delivery[result.settle]();
    }
    recordStageDuration(stage, result.outcome, (now() - startedAtMs) / 1000);
    if (isFirst) recordQueueWait(stage, result.outcome, waitSeconds);
  };
  const counted = async (delivery: Delivery): Promise<void> => {
    inFlight += 1;
    await handle(delivery).finally(() => {
      inFlight -= 1;
    });
  };

  const consumption = {
    ...durable,
    consumer,
    maxInFlight: options.concurrency,
    signal: pulling.signal,
  };
  let started = false;
  return {
    start(target) {
      self = target;
      started = true;
      createStageConsumers(episodeLog, log);
      observeGauge(STAGE_IN_FLIGHT, (report) => report(inFlight, { [ATTR_STAGE]: stage }));
      episodeLog.consume(consumption, counted).then(finished.resolve, finished.reject);
    },
    async drain(timeoutMs) {
      pulling.abort();
      if (!started) return;
      const timer = setTimeout(() => working.abort(new UnavailableError('the stage is shutting down')), timeoutMs);
      await finished.promise.catch(() => {});
      clearTimeout(timer);
    },
    done: finished.promise,
  };
}
