import { jobStatus } from './job-status.ts';

const job = (status: string) => ({ id: 'a', state: { status } });

describe('jobStatus', () => {
  it('waits for the final usage of a job that has ended', () => {
    expect(jobStatus(job('Completed'), { usage: { status: 'pending', qpu_charge_time_seconds: 1 } })).toEqual({
      state: 'running',
    });
    const usage = { status: 'final', qpu_charge_time_seconds: 3, quantum_seconds: 2 };
    expect(jobStatus(job('Completed'), { usage })).toEqual({ state: 'completed', cost: 3 });
  });

  it('has the position in the queue where the service says it', () => {
    expect(jobStatus(job('Queued'), {})).toEqual({ state: 'queued' });
    expect(jobStatus(job('Queued'), { position_in_queue: 4 })).toEqual({ state: 'queued', position: 4 });
  });

  it('reports a state without a reason', () => {
    expect(jobStatus(job('Failed'), { usage: { quantum_seconds: 2 } })).toEqual({
      state: 'failed',
      cost: 2,
      reason: 'job a is Failed',
    });
  });
});
