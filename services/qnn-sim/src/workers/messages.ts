import type { Job, JobProgress, JobResult } from '../domain/jobs.ts';

/** Start-up data of a worker. */
export interface WorkerSettings {
  /** The file that caches the choice of the engine; without it every start measures. */
  readonly engineCache?: string;
}

/** Message from the pool to a worker. */
export interface JobMessage {
  readonly job: Job;
  /** One int32; a value other than 0 requests that the job stop. */
  readonly stop: SharedArrayBuffer;
}

/** An error that is passed between threads: its name, message and domain code. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
}

/** Message from a worker to the pool while a job runs. */
export interface ProgressMessage {
  readonly progress: JobProgress;
}

/** Message from a worker to the pool, once per job. */
export type ReplyMessage = { readonly result: JobResult<Job> } | { readonly error: ErrorMessage };

/** Converts an error to a message. */
export function toErrorMessage(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: null, stack: null };
  const code = (error as { code?: unknown }).code;
  const { name, message, stack = null } = error;
  return { name, message, code: typeof code === 'string' ? code : null, stack };
}

/** Converts a message back to an error. */
export function fromErrorMessage({ name, message, code, stack }: ErrorMessage): Error {
  const error: Error & { code?: string } = new Error(message);
  error.name = name;
  if (code !== null) error.code = code;
  if (stack !== null) error.stack = stack;
  return error;
}
