import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type AgentServiceService, type Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Remote } from '@qloom/service-kit/clients.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';

/** The agent, as a client sees it. */
export type AgentClient = Remote<typeof AgentServiceService>;

/** The service is away, restarts or drains: try again for as long as it takes. */
const AWAY: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.RESOURCE_EXHAUSTED,
]);

/** What a connection cut in the middle of a message may read as, and a programming error too: a few tries. */
const UNCLEAR: ReadonlySet<number> = new Set([status.INTERNAL, status.UNKNOWN]);
const UNCLEAR_TRIES = 5;

/** States in which a study has ended. */
const ENDED: ReadonlySet<number> = new Set([StudyState.FINISHED, StudyState.CANCELLED, StudyState.FAILED]);

/**
 * Makes a call again and again until it is answered or refused: an agent that was killed comes back. Throws the
 * refusal, or the signal's reason.
 */
export async function untilAnswered<T>(call: () => Promise<T>, signal: AbortSignal, everyMs = 250): Promise<T> {
  for (let unclear = 0; ; ) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      const code = (error as { code?: unknown } | null)?.code;
      if (typeof code !== 'number') throw error;
      if (UNCLEAR.has(code) ? ++unclear >= UNCLEAR_TRIES : !AWAY.has(code)) throw error;
      await sleep(everyMs, undefined, { signal });
    }
  }
}

/** Follows a study through restarts of its agent until it has ended; returns it as it ended. */
export async function followStudy(
  agent: AgentClient,
  id: string,
  signal: AbortSignal,
  onChange: (study: Study, event: SlotEvent | undefined) => void,
): Promise<Study> {
  return untilAnswered(async () => {
    for await (const { study, event } of agent.watchStudy({ id }, { signal, deadlineMs: 24 * 3_600_000 })) {
      if (study === undefined) continue;
      onChange(study, event);
      if (ENDED.has(study.state)) return study;
    }
    throw Object.assign(new Error('the agent ended the stream before the study had ended'), {
      code: status.UNAVAILABLE,
    });
  }, signal);
}

/** The content of an artifact, verified. Throws `TensorError` when what comes is not what was announced. */
export async function fetchArtifact(agent: AgentClient, sha256: string, signal: AbortSignal): Promise<Uint8Array> {
  return untilAnswered(async () => {
    const assembler = createByteAssembler(`artifact ${sha256}`);
    for await (const { chunk } of agent.getArtifact({ sha256 }, { signal }))
      if (chunk !== undefined) assembler.add(chunk);
    return assembler.bytes();
  }, signal);
}
