import type { OutgoingOptions } from '@qloom/service-kit/client/calls.ts';
import { DomainError, UnavailableError } from '@qloom/service-kit/faults/errors.ts';

/** Deadline and cancellation of a call. */
export type CallLimits = Pick<OutgoingOptions, 'signal' | 'deadlineMs'>;

/**
 * Thrown when a call ended as OK with an incomplete answer: a missing summary, report or end of a model. It maps to
 * UNAVAILABLE, so that the call is repeated, because an incomplete answer says nothing about the request.
 */
export class IncompleteAnswerError extends UnavailableError {
  override name = 'IncompleteAnswerError';
}

/**
 * Thrown when an answer contradicts the contract: chunks out of order, labels out of range. It is a defect of the
 * service, and is never treated as a refusal of the request.
 */
export class WrongAnswerError extends DomainError {
  override name = 'WrongAnswerError';

  constructor(message: string, options?: ErrorOptions) {
    super('internal', message, options);
  }
}

/** Name of a call in messages: `generator at host:50051: Fit`. */
export function callName(service: string, target: string, rpc: string): string {
  return `${service} at ${target}: ${rpc}`;
}

/**
 * Returns the result of `read`. If it throws, throws WrongAnswerError with the cause: the answer of `call` cannot be
 * read.
 */
export function readAnswer<T>(call: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new WrongAnswerError(`${call} answered wrongly: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** Returns `part`, which an answer must have. Throws IncompleteAnswerError if it is missing. */
export function requirePart<T>(call: string, name: string, part: T | undefined): T {
  if (part === undefined) throw new IncompleteAnswerError(`${call} ended without ${name}`);
  return part;
}
