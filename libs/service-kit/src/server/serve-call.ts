import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerDuplexStream,
  ServerWritableStream,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { readMessages, writeMessages } from '../client/streams.ts';
import { CallCancelledError, DomainError } from '../faults/errors.ts';
import { type CallStatus, isOwnFault, statusOf } from '../faults/status.ts';
import type { Logger } from '../logger.ts';
import { callKind } from './definition.ts';
import type { CallContext, ServiceBinding } from './handlers.ts';

/** State of the process that calls need. */
export interface ServeOptions {
  readonly log: Logger;
  /** Aborted when a drain ends the open streams; its reason becomes the reason of each stream's signal. */
  readonly draining: AbortSignal;
}

type AnyHandler = ServiceBinding['handlers'][string];

/** The common part of all four kinds of calls. */
interface AnyCall {
  readonly metadata: Metadata;
  getPath(): string;
  getDeadline(): Date | number;
  on(event: 'cancelled', listener: () => void): unknown;
}

/**
 * Turns handlers of promises and async iterables into what grpc-js calls. Errors become statuses by `statusOf`; faults
 * of this service are logged with all details, which the caller does not get.
 */
export function serve({ definition, handlers }: ServiceBinding, options: ServeOptions): UntypedServiceImplementation {
  const implementation: UntypedServiceImplementation = {};
  for (const [name, method] of Object.entries(definition)) {
    const handler = handlers[name];
    if (handler !== undefined) implementation[name] = SERVE[callKind(method)](handler, options);
  }
  return implementation;
}

const SERVE = {
  unary: (handler: AnyHandler, { log }: ServeOptions): handleUnaryCall<unknown, unknown> => {
    return async (call, callback) => {
      const open = openCall(call, log);
      try {
        callback(null, await handler(call.request, open.context));
      } catch (error) {
        callback(open.fail(error));
      }
    };
  },

  'client-stream': (handler: AnyHandler, options: ServeOptions): handleClientStreamingCall<unknown, unknown> => {
    return async (call, callback) => {
      const open = openCall(call, options.log, options.draining);
      const requests = readMessages<unknown>(call, { signal: open.context.signal });
      try {
        callback(null, await handler(requests, open.context));
      } catch (error) {
        callback(open.fail(error));
      } finally {
        await requests.return?.();
        open.close();
      }
    };
  },

  'server-stream': (handler: AnyHandler, options: ServeOptions): handleServerStreamingCall<unknown, unknown> => {
    return async (call) => {
      const open = openCall(call, options.log, options.draining);
      await respond(call, open, () => handler(call.request, open.context));
      open.close();
    };
  },

  bidi: (handler: AnyHandler, options: ServeOptions): handleBidiStreamingCall<unknown, unknown> => {
    return async (call) => {
      const open = openCall(call, options.log, options.draining);
      const requests = readMessages<unknown>(call, { signal: open.context.signal });
      await respond(call, open, () => handler(requests, open.context));
      await requests.return?.();
      open.close();
    };
  },
};

async function respond(
  call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  open: OpenCall,
  responses: () => AsyncIterable<unknown>,
): Promise<void> {
  try {
    await writeMessages(call, responses(), open.context.signal);
    call.end();
  } catch (error) {
    // A stream of grpc-js is ended with a status by an `error` event, which it listens to itself.
    call.emit('error', Object.assign(new Error('call failed'), open.fail(error)));
  }
}

/** One call while it is served. */
interface OpenCall {
  readonly context: CallContext;
  /** The status for an error of the handler; logs it. */
  fail(error: unknown): CallStatus;
  /** Removes the listeners. */
  close(): void;
}

function openCall(call: AnyCall, log: Logger, draining?: AbortSignal): OpenCall {
  const controller = new AbortController();
  const path = call.getPath();
  const deadline = call.getDeadline();
  const deadlineMs = deadline instanceof Date ? deadline.getTime() : deadline;
  const onDrain = (): void => controller.abort(draining?.reason);
  if (draining?.aborted) onDrain();
  else draining?.addEventListener('abort', onDrain);
  call.on('cancelled', () => {
    const late = Date.now() >= deadlineMs;
    controller.abort(
      late ? new DomainError('deadline', 'the deadline of the call has passed') : new CallCancelledError(),
    );
  });
  return {
    context: { signal: controller.signal, deadlineMs, metadata: call.metadata, path },
    fail(error) {
      // An error that a handler throws after its signal was aborted is a consequence of that.
      const status = statusOf(controller.signal.aborted ? controller.signal.reason : error);
      if (isOwnFault(status.code)) log.error('call failed', { path, status: status.code, error });
      else log.debug('call ended', { path, status: status.code, details: status.details });
      return status;
    },
    close: () => draining?.removeEventListener('abort', onDrain),
  };
}
