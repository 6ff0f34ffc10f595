import { JobState, type JobUpdate, type RunResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import type { JobOutcome } from '../domain/ledger/event.ts';
import type { LedgerJob, LedgerRun } from '../domain/ledger/ledger.ts';
import type { RunNews } from '../runs/runs.ts';
import type { JobProgress } from '../runs/watched-jobs.ts';

const STATE_OF_OUTCOME: Readonly<Record<JobOutcome, JobState>> = {
  completed: JobState.COMPLETED,
  failed: JobState.FAILED,
  cancelled: JobState.CANCELLED,
  refused: JobState.FAILED,
};

const STATE_OF_PROGRESS: Readonly<Record<JobProgress['state'], JobState>> = {
  intended: JobState.INTENDED,
  queued: JobState.QUEUED,
  running: JobState.RUNNING,
};

/** What a caller of a run is told, as a message. */
export function encodeNews(news: RunNews): RunResponse {
  switch (news.kind) {
    case 'quote':
      return { part: { $case: 'quote', value: news.quote } };
    case 'job':
      return { part: { $case: 'job', value: encodeJob(news.job, news.progress) } };
    case 'counts':
      return { part: { $case: 'counts', value: news.counts } };
    case 'summary':
      return { part: { $case: 'summary', value: encodeSummary(news.run) } };
  }
}

function encodeJob({ index, id, end }: LedgerJob, progress: JobProgress | undefined): JobUpdate {
  const common = { job: index, id: id ?? '', queuePosition: undefined };
  if (end !== undefined) {
    return { ...common, state: STATE_OF_OUTCOME[end.outcome], cost: end.cost, reason: end.reason };
  }
  const state = id === undefined ? JobState.INTENDED : STATE_OF_PROGRESS[progress?.state ?? 'queued'];
  return { ...common, state, queuePosition: progress?.position, cost: 0, reason: progress?.reason ?? '' };
}

function encodeSummary({ cost, shots, jobs, state }: LedgerRun) {
  return { cost, shots: BigInt(shots), jobs: jobs.length, cancelled: state === 'cancelled' };
}
