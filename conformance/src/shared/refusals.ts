import { type ServiceError, status } from '@grpc/grpc-js';
import { CheckFailure, CheckSkipped } from '../check.ts';
import { statusName } from './status-name.ts';

/** The status of a call, and its message. */
export async function outcomeOf(call: Promise<unknown>): Promise<{ readonly code: status; readonly details: string }> {
  try {
    await call;
    return { code: status.OK, details: '' };
  } catch (error) {
    const { code, details } = error as Partial<ServiceError>;
    if (typeof code !== 'number') throw error;
    return { code, details: details ?? '' };
  }
}

/** Fails unless the call ends as one of `expected`, in time. */
export async function mustRefuse(call: Promise<unknown>, ...expected: readonly status[]): Promise<void> {
  const { code, details } = await outcomeOf(call);
  if (expected.includes(code)) return;
  const said = details === '' ? '' : `: ${details}`;
  throw new CheckFailure(`the call ended as ${statusName(code)}${said}`, expected.map(statusName).join(' or '));
}

/** Skips the check if the service does not offer the call. */
export async function mustBeOffered<T>(call: Promise<T>, what: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if ((error as Partial<ServiceError>).code !== status.UNIMPLEMENTED) throw error;
    throw new CheckSkipped(`${what} is not offered (UNIMPLEMENTED)`);
  }
}
