import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiError,
  ReplayPolicy,
} from '@nats-io/jetstream';
import { ConsumerConflictError } from '../errors.ts';
import type { ConsumerLoad, DurableConsumer } from '../port.ts';
import type { JetStreamContext } from './jetstream-append.ts';
import type { Retry } from './jetstream-retry.ts';

const CONSUMER_NOT_FOUND = 10014;
const CONSUMER_ALREADY_EXISTS = 10148;
/** In a millisecond. */
export const NANOSECONDS = 1_000_000;

/**
 * The most pulls that may wait at a durable consumer, one for each idle handler. The server's own default is 512, and a pull
 * beyond it is refused. It cannot be changed once the consumer exists.
 */
const MAX_WAITING = 100_000;

/** Dependencies of a consumption. */
export interface ConsumeContext extends JetStreamContext {
  /** The most events out at once over all processes of one durable consumer. */
  readonly maxAckPending: number;
  /** A retry that ends after `leaseMs`. */
  readonly retryWithin: (leaseMs: number) => Retry;
}

/** The durable consumer, created if it is missing, with its lease adjusted. */
export async function ensureConsumer(context: ConsumeContext, durable: DurableConsumer): Promise<Consumer> {
  const { client, manager, names } = context;
  const ackWait = context.options.leaseMs * NANOSECONDS;
  let standing = await createIfMissing(context, durable);
  const { ack_wait: standingWait, max_ack_pending: standingPending = 0 } = standing.config;
  const change = {
    ...(standingWait === ackWait ? {} : { ack_wait: ackWait }),
    ...(standingPending >= context.maxAckPending ? {} : { max_ack_pending: context.maxAckPending }),
  };
  if (Object.keys(change).length > 0) {
    standing = await manager.consumers.update(names.stream, durable.consumer, change as Partial<ConsumerConfig>);
  }
  return client.consumers.getConsumerFromInfo(standing);
}

/** `EpisodeLog.createConsumers` over JetStream. Existing consumers are not changed: their lease is that of their processes. */
export async function createConsumersJetStream(
  context: ConsumeContext,
  consumers: readonly DurableConsumer[],
): Promise<void> {
  for (const durable of consumers) await context.retry(() => createIfMissing(context, durable));
}

/** `EpisodeLog.load` over JetStream: each handler that is idle has one pull waiting, each that works has one event. */
export async function loadJetStream(context: ConsumeContext, consumer: string): Promise<ConsumerLoad> {
  const info = await context.retry(() => findConsumer(context, consumer));
  if (info === undefined) return { handlers: 0, inFlight: 0, waiting: 0 };
  const inFlight = info.num_ack_pending;
  return { handlers: info.num_waiting + inFlight, inFlight, waiting: info.num_pending };
}

async function createIfMissing(context: ConsumeContext, durable: DurableConsumer): Promise<ConsumerInfo> {
  const { manager, names, options } = context;
  const filter = names.subjectsOfSlot(durable.slot);
  const standing = await findConsumer(context, durable.consumer);
  if (standing && standing.config.filter_subject !== filter) {
    throw new ConsumerConflictError(
      `consumer "${durable.consumer}" follows ${standing.config.filter_subject}, not ${filter}: a durable consumer ` +
        'keeps its slot, use another name',
    );
  }
  if (standing) return standing;
  try {
    return await manager.consumers.add(names.stream, {
      name: durable.consumer,
      durable_name: durable.consumer,
      filter_subject: filter,
      deliver_policy: DeliverPolicy.All,
      replay_policy: ReplayPolicy.Instant,
      ack_policy: AckPolicy.Explicit,
      ack_wait: options.leaseMs * NANOSECONDS,
      // Without a server-side backoff list, which would silently replace ack_wait: naks carry their delay.
      max_deliver: -1,
      max_ack_pending: context.maxAckPending,
      max_waiting: MAX_WAITING,
    });
  } catch (error) {
    // Another process was faster, with other settings: read those.
    if (error instanceof JetStreamApiError && error.code === CONSUMER_ALREADY_EXISTS) {
      return createIfMissing(context, durable);
    }
    throw error;
  }
}

async function findConsumer(context: JetStreamContext, name: string): Promise<ConsumerInfo | undefined> {
  try {
    return await context.manager.consumers.info(context.names.stream, name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === CONSUMER_NOT_FOUND) return undefined;
    throw error;
  }
}
