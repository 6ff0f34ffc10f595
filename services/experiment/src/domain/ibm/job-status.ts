import type { JobStatus } from '../backend/backend.ts';

/** The parts of `/jobs/{id}` that are read. */
export interface JobDocument {
  readonly id: string;
  readonly state: {
    readonly status: string;
    readonly reason?: string;
    readonly reason_code?: number;
  };
  readonly tags?: readonly string[];
}

/** The parts of `/jobs/{id}/metrics` that are read. */
export interface MetricsDocument {
  readonly timestamps?: { readonly running?: string | null; readonly finished?: string | null };
  readonly usage?: {
    readonly status?: string;
    readonly qpu_charge_time_seconds?: number;
    readonly quantum_seconds?: number;
  };
  readonly position_in_queue?: number;
}

/** The state of a job. One that has ended but whose usage is not final is still running: its cost is not known. */
export function jobStatus(
  { id, state }: JobDocument,
  { usage, position_in_queue: position }: MetricsDocument,
): JobStatus {
  const status = state.status.toLowerCase();
  if (status === 'queued') return { state: 'queued', ...(position === undefined ? {} : { position }) };
  if (status === 'running' || usage?.status === 'pending') return { state: 'running' };
  const cost = usage?.qpu_charge_time_seconds ?? usage?.quantum_seconds ?? 0;
  if (status === 'completed') return { state: 'completed', cost };
  const code = state.reason_code === undefined ? '' : ` (code ${state.reason_code})`;
  const reason = `${state.reason ?? `job ${id} is ${state.status}`}${code}`;
  return { state: status === 'failed' ? 'failed' : 'cancelled', cost, reason };
}
