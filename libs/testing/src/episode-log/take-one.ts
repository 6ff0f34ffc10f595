import type { Slot } from '@qloom/episode-log/event-key.ts';
import type { Delivery, EpisodeLog } from '@qloom/episode-log/port.ts';

/** Consumes until one event was handled, and acknowledges it. */
export async function takeOne(
  log: EpisodeLog,
  consumer: string,
  slot: Slot | string,
  leaseMs?: number,
): Promise<Delivery> {
  const stop = new AbortController();
  let taken: Delivery | undefined;
  await log.consume({ consumer, slot, maxInFlight: 1, leaseMs, signal: stop.signal }, async (delivery) => {
    taken = delivery;
    await delivery.ack();
    stop.abort();
  });
  if (!taken) throw new Error('the log closed before an event came');
  return taken;
}
