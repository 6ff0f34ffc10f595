import type { Assessment, Fidelity } from '../domain/assess/assess.ts';

/** To the thread. */
export interface AssessmentRequest {
  readonly id: number;
  readonly assessment: Assessment;
}

/** An error that crosses threads. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  /** Code of service-kit's table, where the error has one. */
  readonly code: string | null;
}

/** From the thread. */
export type AssessmentReply =
  | { readonly id: number; readonly fidelity: Fidelity }
  | { readonly id: number; readonly error: ErrorMessage };

/** Takes an error apart. */
export function toMessage(error: unknown): ErrorMessage {
  const { name = 'Error', message = String(error), code } = error as Partial<NodeJS.ErrnoException>;
  return { name, message, code: typeof code === 'string' ? code : null };
}

/** Puts an error together again. */
export function fromMessage({ name, message, code }: ErrorMessage): Error {
  return Object.assign(new Error(message), { name, ...(code === null ? {} : { code }) });
}
