import { status } from '@grpc/grpc-js';
import { type Study, StudyState, type WatchStudyResponse } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Deployment } from './deployment.ts';

const ENDED = new Set<StudyState>([StudyState.FINISHED, StudyState.CANCELLED, StudyState.FAILED]);

/** Whether an error means only that a process was killed during a call. */
function isBrokenStream(error: unknown): boolean {
  const code = (error as { code?: number }).code;
  return (
    code === status.UNAVAILABLE || code === status.CANCELLED || code === status.INTERNAL || code === status.UNKNOWN
  );
}

/** Every change of a study until it ends; a broken stream (the agent was killed) is opened again. */
export async function* watchStudy(deployment: Deployment, id: string): AsyncGenerator<WatchStudyResponse> {
  for (;;) {
    try {
      for await (const change of deployment.agent.watchStudy({ id }, { deadlineMs: 600_000 })) {
        yield change;
        if (change.study !== undefined && ENDED.has(change.study.state)) return;
      }
    } catch (error) {
      if (!isBrokenStream(error)) throw error;
    }
  }
}

/** Waits until a study ends. Throws, with its message, unless it has finished. */
export async function finishStudy(deployment: Deployment, id: string): Promise<Study> {
  let last: Study | undefined;
  for await (const { study } of watchStudy(deployment, id)) last = study ?? last;
  if (last?.state !== StudyState.FINISHED) throw new Error(`study ${id} did not finish: ${last?.message}`);
  return last;
}

/** Fields that depend on clocks, attempts and speed. */
const TIMES = new Set(['startedAt', 'endedAt', 'attempt', 'seconds']);

/** The content of a slot, without fields that depend on clocks, attempts and speed. */
export function timeless(event: SlotEvent): unknown {
  return JSON.parse(JSON.stringify(SlotEvent.toJSON(event)), (key, value) => (TIMES.has(key) ? undefined : value));
}
