import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { type CallKind, callKind } from './definition.ts';

/** Default deadlines of calls. Unit: milliseconds. */
export type DefaultDeadlines = Readonly<Record<CallKind, number>>;

/**
 * Unary calls answer at once or hang; a stream may carry a whole fit. The hour only bounds a forgotten stream: callers
 * with a better estimate set their own deadline.
 */
export const DEFAULT_DEADLINES_MS: DefaultDeadlines = {
  unary: 10_000,
  'client-stream': 600_000,
  'server-stream': 3_600_000,
  bidi: 3_600_000,
};

/**
 * Gives every call that has no deadline the default of its kind. Without one, a call never ends when the peer accepts
 * the connection and does not answer.
 */
export function deadlineInterceptor(defaults: DefaultDeadlines = DEFAULT_DEADLINES_MS): Interceptor {
  return (options, nextCall) => {
    const deadline = options.deadline ?? Date.now() + defaults[callKind(options.method_definition)];
    return new InterceptingCall(nextCall({ ...options, deadline }));
  };
}

/** The earlier of a deadline of this call (in `ms` from now) and the one it inherits (epoch milliseconds). */
export function earliestDeadline(ms: number | undefined, inheritedMs: number | undefined): number | undefined {
  const own = ms === undefined ? undefined : Date.now() + ms;
  if (inheritedMs === undefined || inheritedMs === Infinity) return own;
  return own === undefined ? inheritedMs : Math.min(own, inheritedMs);
}
