import {
  JournalEvent as WireEvent,
  JobOutcome as WireOutcome,
} from '@qloom/contracts/gen/qloom/experiment/v1/journal.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { JobOutcome, JournalEvent } from '../domain/ledger/event.ts';

const OUTCOMES: Readonly<Record<JobOutcome, WireOutcome>> = {
  completed: WireOutcome.COMPLETED,
  failed: WireOutcome.FAILED,
  cancelled: WireOutcome.CANCELLED,
  refused: WireOutcome.REFUSED,
};
const OUTCOME_NAMES = new Map(Object.entries(OUTCOMES).map(([name, wire]) => [wire, name as JobOutcome]));

/** The bytes of an event; `writer` identifies the attempt to write it. */
export function encodeJournalEvent(event: JournalEvent, writer: string, timeMs: number): Uint8Array {
  return WireEvent.encode({ time: new Date(timeMs), writer, event: toWire(event) }).finish();
}

/** The event of these bytes and who wrote it. Throws DomainError (`data-loss`) for bytes that are none; `place` names them. */
export function decodeJournalEvent(
  bytes: Uint8Array,
  place: string,
): { readonly event: JournalEvent; readonly writer: string } {
  const { event, writer } = WireEvent.decode(bytes);
  if (event === undefined) throw new DomainError('data-loss', `${place}: holds no event of the journal`);
  return { event: fromWire(event, place), writer };
}

function toWire(event: JournalEvent): NonNullable<WireEvent['event']> {
  switch (event.kind) {
    case 'run': {
      const { kind: _, request, plan, jobs, ...rest } = event;
      return {
        $case: 'run',
        value: { ...rest, requestSha256: request, planSha256: plan, jobs: jobs.map(wirePlanned) },
      };
    }
    case 'intent':
      return { $case: 'intent', value: event };
    case 'submitted':
      return { $case: 'submitted', value: event };
    case 'ended': {
      const { kind: _, outcome, results, shots, ...rest } = event;
      const value = { ...rest, shots: BigInt(shots), outcome: OUTCOMES[outcome], resultsSha256: results };
      return { $case: 'ended', value };
    }
    case 'cancelled':
      return { $case: 'cancelled', value: event };
  }
}

const wirePlanned = ({ count, shots, maxCost }: { count: number; shots: number; maxCost: number }) => ({
  count,
  shots: BigInt(shots),
  maxCost,
});

function fromWire(event: NonNullable<WireEvent['event']>, place: string): JournalEvent {
  switch (event.$case) {
    case 'run': {
      const { requestSha256: request, planSha256: plan, jobs, run, backend, nonce } = event.value;
      const planned = jobs.map(({ count, shots, maxCost }) => ({ count, shots: Number(shots), maxCost }));
      return { kind: 'run', run, backend, nonce, request, plan, jobs: planned };
    }
    case 'intent':
      return { kind: 'intent', ...event.value };
    case 'submitted':
      return { kind: 'submitted', ...event.value };
    case 'ended': {
      const { outcome, shots, resultsSha256: results, run, job, cost, reason } = event.value;
      const name = OUTCOME_NAMES.get(outcome);
      if (name === undefined) throw new DomainError('data-loss', `${place}: the outcome ${outcome} is none`);
      return { kind: 'ended', run, job, cost, reason, outcome: name, shots: Number(shots), results };
    }
    case 'cancelled':
      return { kind: 'cancelled', ...event.value };
  }
}
