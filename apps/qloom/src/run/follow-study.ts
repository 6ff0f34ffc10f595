import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type AgentServiceService, type Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';

/** The client of the agent. */
export type AgentClient = Remote<typeof AgentServiceService>;

/** The service is down, restarts or drains: retry without limit. */
const AWAY: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.RESOURCE_EXHAUSTED,
]);

/** Statuses of a connection cut in the middle of a message, but of a programming error too: a few retries. */
const UNCLEAR: ReadonlySet<number> = new Set([status.INTERNAL, status.UNKNOWN]);
const UNCLEAR_TRIES = 5;

/** Milliseconds without an answer after which the reason is reported: a restart of a service is faster. */
const QUIET_MS = 2_000;

/** Options of a wait for an answer. */
export interface Patience {
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Called with the reason of the wait, once for each reason in a row. */
  readonly onWait?: (reason: string) => void;
  /** The clock, in milliseconds; for tests. */
  readonly nowMs?: () => number;
}

/** States in which a study has ended. */
const ENDED: ReadonlySet<number> = new Set([StudyState.FINISHED, StudyState.CANCELLED, StudyState.FAILED]);

/**
 * Repeats a call until it is answered or refused: a killed agent is restarted, a disk is repaired. `away` are further
 * statuses to wait for. A call that answers in parts calls `answered` at each, so that its next wait is a new one.
 * Throws the refusal, or the signal's reason.
 */
export async function untilAnswered<T>(
  call: (answered: () => void) => Promise<T>,
  { signal, onWait, nowMs = () => performance.now() }: Patience,
  everyMs = 250,
  away: readonly number[] = [],
): Promise<T> {
  let said = '';
  let sinceMs: number | undefined = nowMs();
  let unclear = 0;
  const answered = (): void => {
    said = '';
    sinceMs = undefined;
    unclear = 0;
  };
  for (;;) {
    signal.throwIfAborted();
    try {
      return await call(answered);
    } catch (error) {
      signal.throwIfAborted();
      const { code, details } = (error ?? {}) as { code?: unknown; details?: unknown };
      if (typeof code !== 'number') throw error;
      if (UNCLEAR.has(code) ? ++unclear >= UNCLEAR_TRIES : !AWAY.has(code) && !away.includes(code)) throw error;
      const reason = String(details ?? (error as Error).message);
      sinceMs ??= nowMs();
      if (nowMs() - sinceMs >= QUIET_MS && reason !== said) onWait?.((said = reason));
      await sleep(everyMs, undefined, { signal });
    }
  }
}

/** Follows a study through restarts of its agent until it has ended; returns it as it ended. */
export async function followStudy(
  agent: AgentClient,
  id: string,
  patience: Patience,
  onChange: (study: Study, event: SlotEvent | undefined) => void,
): Promise<Study> {
  return untilAnswered(async (answered) => {
    for await (const { study, event } of agent.watchStudy(
      { id },
      { signal: patience.signal, deadlineMs: 24 * 3_600_000 },
    )) {
      answered();
      if (study === undefined) continue;
      onChange(study, event);
      if (ENDED.has(study.state)) return study;
    }
    throw Object.assign(new Error('the agent ended the stream before the study had ended'), {
      code: status.UNAVAILABLE,
    });
  }, patience);
}

/** Statuses of reading an artifact that the log names while its store is unavailable. */
const STORE_AWAY: readonly number[] = [status.NOT_FOUND, status.DATA_LOSS];

/**
 * The content of an artifact that a study has stored, verified; waits for its store. Throws `TensorError` when the
 * received bytes do not match the announcement.
 */
export async function fetchArtifact(agent: AgentClient, sha256: string, patience: Patience): Promise<Uint8Array> {
  const fetchOnce = async (): Promise<Uint8Array> => {
    const assembler = createByteAssembler(`artifact ${sha256}`);
    for await (const { chunk } of agent.getArtifact({ sha256 }, { signal: patience.signal }))
      if (chunk !== undefined) assembler.add(chunk);
    return assembler.bytes();
  };
  return untilAnswered(fetchOnce, patience, undefined, STORE_AWAY);
}
