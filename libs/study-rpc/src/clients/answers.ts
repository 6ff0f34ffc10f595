import type { OutgoingOptions } from '@qloom/service-kit/client/calls.ts';
import { DomainError, UnavailableError } from '@qloom/service-kit/faults/errors.ts';

/** How long a call may take, and what cancels it. */
export type CallLimits = Pick<OutgoingOptions, 'signal' | 'deadlineMs'>;

/**
 * Thrown when a call ended as OK without all of its answer: a missing summary, report or end of a model. Arrives as UNAVAILABLE,
 * so that the call is repeated: an answer that broke off says nothing about the request.
 */
export class IncompleteAnswerError extends UnavailableError {
  override name = 'IncompleteAnswerError';
}

/**
 * Thrown when an answer contradicts the contract: chunks out of order, labels out of range. It is a defect of the service, so that
 * it is never taken for a refusal of the request.
 */
export class WrongAnswerError extends DomainError {
  override name = 'WrongAnswerError';

  constructor(message: string, options?: ErrorOptions) {
    super('internal', message, options);
  }
}

/** Names a call in messages: `generator at host:50051: Fit`. */
export function callName(service: string, target: string, rpc: string): string {
  return `${service} at ${target}: ${rpc}`;
}

/** What `read` returns. Throws WrongAnswerError, with the cause, where it throws: `call` answered what cannot be read. */
export function readAnswer<T>(call: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new WrongAnswerError(`${call} answered wrongly: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/** `part`, which an answer must have. Throws IncompleteAnswerError where it is missing. */
export function requirePart<T>(call: string, name: string, part: T | undefined): T {
  if (part === undefined) throw new IncompleteAnswerError(`${call} ended without ${name}`);
  return part;
}
