import type { JobStatus } from '../backend/backend.ts';

/** The parts of a job that are read. */
export interface JobDocument {
  readonly id: string;
  readonly status: string;
  readonly name?: string | null;
  readonly parent_job_id?: string | null;
  readonly session_id?: string | null;
  readonly child_job_ids?: readonly string[] | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly completed_at?: string | null;
  readonly failure?: { readonly code: string; readonly message: string } | null;
  readonly results?: Readonly<Record<string, { readonly id: string } | undefined>> | null;
}

/** The parts of `/jobs/{id}/cost` that are read. */
export interface CostDocument {
  readonly estimated_cost?: { readonly value: number };
  readonly cost?: { readonly value: number };
}

/** How long after its end a job may be without a final cost, before its estimate is taken. Unit: milliseconds. */
const COST_GRACE_MS = 3_600_000;

/** Whether a job has ended, so that its cost is worth a question. */
export const hasEnded = ({ status }: JobDocument): boolean => ['completed', 'failed', 'canceled'].includes(status);

/**
 * The state of a job that may have ended with a cost. One that is completed and has no final cost is still running, for an hour. Jobs that
 * failed or were cancelled are not charged, unless the service says so.
 */
export function jobStatus(job: JobDocument, cost: CostDocument | undefined, nowMs: number): JobStatus {
  const { id, status, failure } = job;
  switch (status) {
    case 'submitted':
    case 'ready':
      return { state: 'queued' };
    case 'completed': {
      const isOverdue = nowMs - Date.parse(job.completed_at ?? '') > COST_GRACE_MS;
      const known = cost?.cost ?? (isOverdue ? cost?.estimated_cost : undefined);
      return known === undefined ? { state: 'running' } : { state: 'completed', cost: known.value };
    }
    case 'failed':
    case 'canceled': {
      const reason = failure ? `${failure.code}: ${failure.message}` : `job ${id} is ${status}`;
      return { state: status === 'failed' ? 'failed' : 'cancelled', cost: cost?.cost?.value ?? 0, reason };
    }
    default:
      return { state: 'running' };
  }
}
