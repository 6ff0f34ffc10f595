import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { deliver, type Lease } from '../deliver.ts';
import { LogUnavailableError } from '../errors.ts';
import { jitteredMs, withLease } from '../log-options.ts';
import type { ConsumeOptions, Delivery } from '../port.ts';
import { reportTrouble, type TroubleReport } from '../trouble.ts';
import { reasonOf } from './jetstream-answers.ts';
import { type ConsumeContext, ensureConsumer, NANOSECONDS } from './jetstream-consumers.ts';
import { toEvent } from './jetstream-follow.ts';

/**
 * `EpisodeLog.consume` over JetStream: `maxInFlight` lanes, each pulling one event at a time from the durable consumer
 * and handling it before it pulls the next, so that no event waits in our memory while its lease runs. Survives
 * restarts of the server and the loss of the consumer, which is created again (then every event not known to be
 * acknowledged is redelivered).
 */
export async function consumeJetStream(
  opened: ConsumeContext,
  options: ConsumeOptions,
  handler: (delivery: Delivery) => Promise<void>,
): Promise<void> {
  const context = { ...opened, options: withLease(opened.options, options.leaseMs) };
  const trouble = reportTrouble(options.onTrouble);
  // A pull waits for the next connection instead of failing.
  const unsubscribe = [
    context.reconnects.subscribeLoss(() => trouble.note('the connection to NATS is lost')),
    context.reconnects.subscribe(trouble.clear),
  ];
  let consumer = await firstConsumer(context, options, trouble);
  const lanes = Array.from({ length: options.maxInFlight }, async () => {
    for (let failures = 0; !options.signal.aborted; ) {
      try {
        consumer ??= await ensureConsumer(context, options);
        trouble.clear();
        const message = await pullOne(consumer, options.signal);
        failures = 0;
        if (message) await deliver(toLease(context, message), handler, context.options);
      } catch (error) {
        if (options.signal.aborted || context.connection.isClosed()) return;
        consumer = undefined; // it may have been deleted: check, and create it again
        failures++;
        trouble.note(reasonOf(error));
        if (failures % 5 === 0) context.options.warn(`consumer ${options.consumer}: ${reasonOf(error)}; trying again`);
        await sleep(jitteredMs(Math.min(50 * 2 ** Math.min(failures, 6), 2_000)));
      }
    }
  });
  await Promise.all(lanes);
  for (const end of unsubscribe) end();
}

/** The durable consumer, as soon as there is room for it; undefined when the signal aborts before. */
async function firstConsumer(
  context: ConsumeContext,
  options: ConsumeOptions,
  trouble: TroubleReport,
): Promise<Consumer | undefined> {
  while (!options.signal.aborted) {
    try {
      return await context.retry(() => ensureConsumer(context, options));
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      trouble.note(error.message);
      context.options.warn(`consumer ${options.consumer}: ${error.message}; trying again`);
    }
  }
  return undefined;
}

/** The next event, or undefined when none came for a while. Throws when the server does not respond. */
async function pullOne(consumer: Consumer, signal: AbortSignal): Promise<JsMsg | undefined> {
  const messages = await consumer.fetch({ max_messages: 1, expires: 30_000, idle_heartbeat: 2_000 });
  const stop = (): void => messages.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  let taken: JsMsg | undefined;
  try {
    for await (const message of messages) {
      if (taken || signal.aborted) {
        message.nak(); // pulled twice over a reconnect, or too late: others may have it at once
      } else {
        taken = message;
        stop();
      }
    }
  } catch (error) {
    if (!taken) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return taken;
}

function toLease(context: ConsumeContext, message: JsMsg): Lease {
  // In every message but not in its published type, whose own nak() and working() cannot be confirmed.
  const { reply } = message as JsMsg & { readonly reply: string };
  const ask = async (word: string): Promise<boolean> => {
    // Confirmed by the server: a lost acknowledgement would cause an unnecessary redelivery.
    await context.connection.request(reply, word, { timeout: Math.min(5_000, context.options.leaseMs) });
    return true;
  };
  const settle = (word: string) => context.retryWithin(context.options.leaseMs)(() => ask(word));
  return {
    event: toEvent(context, message),
    attempt: message.info.deliveryCount,
    renew: () => ask('+WPI'),
    ack: () => settle('+ACK'),
    term: () => settle('+TERM'),
    nak: (delayMs) =>
      settle(delayMs > 0 ? `-NAK ${JSON.stringify({ delay: Math.round(delayMs * NANOSECONDS) })}` : '-NAK'),
  };
}
