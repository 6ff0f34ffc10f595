import type { Job, JobProgress, JobResult } from '../domain/jobs.ts';

/** What a worker is told when it starts. */
export interface WorkerSettings {
  /** The file that keeps which engine is the fastest; without it every start measures. */
  readonly engineCache?: string;
}

/** From the pool to a worker. */
export interface JobMessage {
  readonly job: Job;
  /** One int32; anything but 0 asks the job to stop. */
  readonly stop: SharedArrayBuffer;
}

/** An error that crosses a thread: its name, message and domain code. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
}

/** From a worker to the pool while a job goes on. */
export interface ProgressMessage {
  readonly progress: JobProgress;
}

/** From a worker to the pool, once a job. */
export type ReplyMessage = { readonly result: JobResult<Job> } | { readonly error: ErrorMessage };

/** Takes an error apart. */
export function toErrorMessage(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: null, stack: null };
  const code = (error as { code?: unknown }).code;
  const { name, message, stack = null } = error;
  return { name, message, code: typeof code === 'string' ? code : null, stack };
}

/** Puts an error together again. */
export function fromErrorMessage({ name, message, code, stack }: ErrorMessage): Error {
  const error: Error & { code?: string } = new Error(message);
  error.name = name;
  if (code !== null) error.code = code;
  if (stack !== null) error.stack = stack;
  return error;
}
