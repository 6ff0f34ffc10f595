/** Planned jobs with the same sizes. */
export interface PlannedJobs {
  readonly count: number;
  /** Shots of each. */
  readonly shots: number;
  /** The most that each may cost. */
  readonly maxCost: number;
}

/** How a job ended; `refused`: the backend will never accept it. */
export type JobOutcome = 'completed' | 'failed' | 'cancelled' | 'refused';

/** A run was accepted. */
export interface RunAccepted {
  readonly kind: 'run';
  readonly run: string;
  readonly backend: string;
  /** The tokens of the run's jobs begin with it. */
  readonly nonce: string;
  /** Hash of the artifact with what the run was asked for. */
  readonly request: string;
  /** Hash of the artifact with the executions of each planned job. */
  readonly plan: string;
  readonly jobs: readonly PlannedJobs[];
}

/** A job will be submitted by the writer within the lease. */
export interface JobIntended {
  readonly kind: 'intent';
  readonly run: string;
  readonly job: number;
  /** Index of the planned job whose executions it has. */
  readonly planned: number;
  /** From 1. */
  readonly attempt: number;
  readonly leaseMs: number;
}

/** The backend accepted a job. */
interface JobSubmitted {
  readonly kind: 'submitted';
  readonly run: string;
  readonly job: number;
  readonly id: string;
}

/** A job ended. */
export interface JobEnded {
  readonly kind: 'ended';
  readonly run: string;
  readonly job: number;
  readonly outcome: JobOutcome;
  readonly cost: number;
  /** Shots that were taken. */
  readonly shots: number;
  readonly reason: string;
  /** Hash of the artifact with the results; empty without results. */
  readonly results: string;
}

/** No more jobs of a run are submitted. */
interface RunCancelled {
  readonly kind: 'cancelled';
  readonly run: string;
}

/** An event of the journal of a study. */
export type JournalEvent = RunAccepted | JobIntended | JobSubmitted | JobEnded | RunCancelled;
