import type { Circuit } from '@qloom/quantum/circuit.ts';

/** One circuit with a number for each angle, to be measured. */
export interface Execution {
  /** The same object for all executions of one circuit, so that adapters can send it once with many rows. */
  readonly circuit: Circuit;
  /** Values of the circuit's parameters, shape [parameters]. */
  readonly parameters: Float64Array;
  /** Values of the circuit's inputs, shape [inputs]. */
  readonly inputs: Float64Array;
  /** Measured qubits, all different; bit j of an outcome is the j-th of them. */
  readonly qubits: readonly number[];
  readonly shots: number;
}

/** How often each outcome occurred; outcomes that did not occur are absent. The sum is the number of shots. */
export type OutcomeCounts = ReadonlyMap<number, number>;

/** Limits on jobs; absent means none. */
export interface BackendLimits {
  /** Shots of one execution. */
  readonly minShots?: number;
  readonly maxShots?: number;
  /** Executions of one job. */
  readonly maxExecutions?: number;
  /** Shots of one job over all executions. */
  readonly maxJobShots?: number;
  /** Whether all executions of a job have the same number of shots. */
  readonly sameShots: boolean;
  readonly createsPerMinute?: number;
  /** Jobs that may wait or run at once. */
  readonly maxPendingJobs?: number;
}

/** What a backend charges: the sum of the parts. */
export interface Price {
  /** Unit of every cost of the backend. */
  readonly unit: 'USD' | 'seconds' | 'credits' | 'free';
  readonly perJob: number;
  readonly perExecution: number;
  readonly perShot: number;
  readonly perSecond: number;
}

/** A calibration of a device. Lists are by qubit, `couplingErrors` in the order of the couplings. */
export interface Calibration {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly timeMs: number;
  readonly readoutErrors: readonly number[];
  readonly gateErrors: readonly number[];
  readonly couplingErrors: readonly number[];
  /** Unit: seconds. */
  readonly t1: readonly number[];
  /** Unit: seconds. */
  readonly t2: readonly number[];
}

/** A backend as it answers now. */
export interface BackendDescription {
  readonly online: boolean;
  /** Why it takes no jobs; empty where it does. */
  readonly reason: string;
  readonly qubits: number;
  /** Names of OpenQASM 3's stdgates; empty: all. */
  readonly basisGates: readonly string[];
  /** Empty: every pair. */
  readonly coupling: readonly (readonly [number, number])[];
  readonly limits: BackendLimits;
  readonly price: Price;
  readonly pendingJobs: number;
  /** Expected wait of a new job in seconds, where the vendor says it. */
  readonly waitSeconds?: number;
  readonly calibration?: Calibration;
}

/** An expected value and the band that the actual one is in. */
export interface Estimate {
  readonly expected: number;
  readonly low: number;
  /** For a cost: the most that can be charged. */
  readonly high: number;
}

/** One job: executions that are submitted, queued and charged together. */
export interface Job {
  /**
   * Names the job at the vendor, the same in every attempt to submit it: 1 to 64 of A-Z, a-z, 0-9 and "-". A vendor with client
   * tokens gets it as such, another as a tag.
   */
  readonly token: string;
  /** All within the limits. */
  readonly executions: readonly Execution[];
  /** The most that the job may cost: adapters pass it on where the vendor enforces it. */
  readonly maxCost: number;
  /** Seed of a simulated backend. */
  readonly seed: number;
}

/** A job at the vendor. */
export type JobStatus =
  | { readonly state: 'queued'; readonly position?: number }
  | { readonly state: 'running' }
  | { readonly state: 'completed'; readonly cost: number }
  | { readonly state: 'failed' | 'cancelled'; readonly cost: number; readonly reason: string };

/** The results of a completed job. */
export interface JobResult {
  /** In the order of the job's executions. */
  readonly counts: readonly OutcomeCounts[];
  /** Identifier of the calibration that held; empty where there is none. */
  readonly calibration: string;
  /** When it was measured, milliseconds since the Unix epoch. */
  readonly timeMs: number;
}

/** How a vendor treats the token of a job, which decides how a submission whose end is unknown is settled. */
export interface SubmissionRules {
  /** Whether a second submission with the same token is the same job, at the vendor, whatever became of the first. */
  readonly isIdempotent: boolean;
  /**
   * Without idempotent tokens: how long after a request has ended, with or without a reply, its job may still appear in `find`.
   * Unit: milliseconds.
   */
  readonly settleMs: number;
}

/**
 * A device, or a simulator in its place. Methods reject with {@link JobRefusedError} for what will never be accepted, with
 * {@link NotAcceptedError} where it is certain that nothing was accepted and trying again may help (rate limit, expired token, refused
 * connection); any other rejection of `submit` leaves it unknown whether the job was accepted, and `find` tells.
 */
export interface ExperimentBackend {
  /** Name in study files. */
  readonly name: string;
  /** Name of its row in the table of providers. */
  readonly provider: string;
  readonly simulated: boolean;
  readonly submission: SubmissionRules;
  /** Shortest sensible time between two questions for the status of one job. Unit: milliseconds. */
  readonly pollMs: number;
  describe(signal: AbortSignal): Promise<BackendDescription>;
  /** Cost and time on the device of one job, the queue excluded. Asks nobody, and blocks the event loop for some milliseconds at most. */
  quote(
    job: Pick<Job, 'executions'>,
    description: BackendDescription,
  ): Promise<{ readonly cost: Estimate; readonly seconds: Estimate }>;
  /** Submits a job and resolves to the vendor's identifier. Never tries twice: the caller does, by the rules of `submission`. */
  submit(job: Job, signal: AbortSignal): Promise<string>;
  /** The vendor's identifier of the job with this token; undefined where the vendor has none. */
  find(token: string, signal: AbortSignal): Promise<string | undefined>;
  status(id: string, signal: AbortSignal): Promise<JobStatus>;
  /** The results of a completed job; `job` is the one that was submitted. */
  results(id: string, job: Job, signal: AbortSignal): Promise<JobResult>;
  /** Asks to cancel; the status tells what came of it. Resolves also where the job has ended. */
  cancel(id: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
