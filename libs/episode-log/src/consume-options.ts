import { quoted } from '@qloom/tensor/quoted.ts';
import { InvalidKeyError } from './errors.ts';
import { assertAnySlot } from './event-key.ts';
import { MIN_LEASE_MS } from './log-options.ts';
import type { ConsumeOptions, DurableConsumer } from './port.ts';

const CONSUMER = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Throws `InvalidKeyError` unless the name and the slot of a durable consumer are valid. */
export function assertDurableConsumer({ consumer, slot }: DurableConsumer): void {
  if (!CONSUMER.test(consumer)) {
    throw new InvalidKeyError(`consumer: ${quoted(consumer)} is not 1 to 32 of a-z, 0-9 and "-"`);
  }
  assertAnySlot(slot);
}

/** Throws `InvalidKeyError` unless the options of a consumption are valid. */
export function assertConsumeOptions(options: ConsumeOptions): void {
  assertDurableConsumer(options);
  if (!Number.isInteger(options.maxInFlight) || options.maxInFlight < 1) {
    throw new InvalidKeyError(`maxInFlight: ${options.maxInFlight} is not an integer of at least 1`);
  }
  if (options.leaseMs !== undefined && !(options.leaseMs >= MIN_LEASE_MS)) {
    throw new InvalidKeyError(`leaseMs: ${options.leaseMs} is not a number of at least ${MIN_LEASE_MS} milliseconds`);
  }
}
