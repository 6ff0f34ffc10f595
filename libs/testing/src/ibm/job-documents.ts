import { type EmulatedJob, hasEnded } from './emulated-jobs.ts';

const iso = (timeMs: number | undefined) => (timeMs === undefined ? null : new Date(timeMs).toISOString());

/** The answer of `/jobs/{id}`, and an element of that of `/jobs`. */
export function jobDocument(job: EmulatedJob, excludeParams: boolean) {
  const ranTooLong = job.reasonCode === 1305;
  const status = ranTooLong ? 'Cancelled - Ran too long' : job.status;
  return {
    id: job.id,
    backend: job.device.name,
    program: { id: job.program },
    status,
    state: {
      status: job.status,
      ...(job.reason === undefined ? {} : { reason: job.reason }),
      ...(job.reasonCode === undefined ? {} : { reason_code: job.reasonCode }),
    },
    created: iso(job.createdMs),
    ...(hasEnded(job) ? { ended: iso(job.endMs) } : {}),
    runtime: '',
    tags: job.tags,
    private: false,
    cost: job.costLimit ?? 10_800,
    estimated_running_time_seconds: job.seconds,
    ...(job.sessionId === undefined ? {} : { session_id: job.sessionId }),
    usage: { seconds: job.charged, quantum_seconds: job.charged },
    ...(excludeParams ? {} : { params: job.params }),
  };
}

/** The answer of `/jobs/{id}/metrics`. */
export function metricsDocument(job: EmulatedJob, position: number) {
  const ended = hasEnded(job);
  const executions = job.pubs.reduce((sum, { rows, shots }) => sum + rows.length * shots, 0);
  return {
    timestamps: { created: iso(job.createdMs), running: iso(job.startedMs), finished: ended ? iso(job.endMs) : null },
    usage: {
      status: ended ? 'final' : 'pending',
      qpu_charge_time_seconds: job.charged,
      quantum_seconds: job.charged,
      seconds: job.charged,
    },
    bss: { seconds: job.charged },
    executions,
    num_circuits: job.pubs.length,
    ...(job.status === 'Queued' ? { position_in_queue: position } : {}),
  };
}
