import type { Assessment, Fidelity } from '../domain/assess/assess.ts';

/** Message to the thread. */
export interface AssessmentRequest {
  readonly id: number;
  readonly assessment: Assessment;
}

/** An error that is passed between threads. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  /** Code of service-kit's table, if the error has one. */
  readonly code: string | null;
}

/** Message from the thread. */
export type AssessmentReply =
  | { readonly id: number; readonly fidelity: Fidelity }
  | { readonly id: number; readonly error: ErrorMessage };

/** Converts an error to a message. */
export function toMessage(error: unknown): ErrorMessage {
  const { name = 'Error', message = String(error), code } = error as Partial<NodeJS.ErrnoException>;
  return { name, message, code: typeof code === 'string' ? code : null };
}

/** Converts a message back to an error. */
export function fromMessage({ name, message, code }: ErrorMessage): Error {
  return Object.assign(new Error(message), { name, ...(code === null ? {} : { code }) });
}
