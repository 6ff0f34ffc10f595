import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@qloom/service-kit/client/clients.ts';
import type { RpcMethod } from '@qloom/service-kit/server/definition.ts';

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`. */
const SERVING = 1;

/** `grpc.health.v1.Health/Check` of the empty service name: the whole server. Two one-field messages, coded by hand. */
export const HEALTH = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: (): Buffer => Buffer.alloc(0),
    requestDeserialize: (): null => null,
    responseSerialize: (status: number): Buffer => Buffer.from([8, status]),
    // Field 1, a varint; an empty message is UNKNOWN.
    responseDeserialize: (bytes: Buffer): number => (bytes[0] === 8 ? bytes[1] : 0),
  } satisfies RpcMethod<null, number>,
};

/** Whether the server at `target` reports SERVING; false for any other status or an unreachable server. */
export async function isServing(target: string, timeoutMs = 1_000, signal?: AbortSignal): Promise<boolean> {
  const client = connect(HEALTH, target, { connectTimeoutMs: timeoutMs });
  try {
    return (await client.check(null, { deadlineMs: timeoutMs, signal })) === SERVING;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

/** Resolves when the server at `target` serves; rejects with the signal's reason when that aborts. */
export async function waitUntilServing(target: string, signal: AbortSignal, everyMs = 50): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await isServing(target, 1_000, signal)) return;
    await sleep(everyMs, undefined, { signal });
  }
}
