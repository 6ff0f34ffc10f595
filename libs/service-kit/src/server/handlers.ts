import type { Metadata } from '@grpc/grpc-js';
import type { MessageReader } from '../client/streams.ts';
import type { RequestOf, ResponseOf, ServiceDefinition } from './definition.ts';

/** Context of a call that a handler gets besides the request. */
export interface CallContext {
  /**
   * Aborted when the client cancels or goes away, when the deadline passes, or when the process drains. Pass it to
   * every long operation. Its reason is a `DomainError` that maps to the right status: rethrow it.
   */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch; Infinity without a deadline. */
  readonly deadlineMs: number;
  /** Metadata that the client sent. */
  readonly metadata: Metadata;
  /** `/package.Service/Method`. */
  readonly path: string;
}

type Method<D extends ServiceDefinition, K extends keyof D> = D[K];

/** The handler of one method: plain promises and async iterables, without types of grpc-js. */
type Handler<M> = M extends { readonly requestStream: true }
  ? M extends { readonly responseStream: true }
    ? (requests: MessageReader<RequestOf<M>>, context: CallContext) => AsyncIterable<ResponseOf<M>>
    : (requests: MessageReader<RequestOf<M>>, context: CallContext) => Promise<ResponseOf<M>>
  : M extends { readonly responseStream: true }
    ? (request: RequestOf<M>, context: CallContext) => AsyncIterable<ResponseOf<M>>
    : (request: RequestOf<M>, context: CallContext) => Promise<ResponseOf<M>> | ResponseOf<M>;

/**
 * One handler for each method of a service. Streaming handlers are async generators: `yield` waits until the client
 * has room, and leaving the generator ends the stream.
 */
export type Handlers<D extends ServiceDefinition> = { readonly [K in keyof D]: Handler<Method<D, K>> };

/** A service and what serves it, for {@link runService}. */
export interface ServiceBinding {
  readonly definition: ServiceDefinition;
  // biome-ignore lint/suspicious/noExplicitAny: the type of each handler was checked by `bindService`.
  readonly handlers: Readonly<Record<string, (request: any, context: CallContext) => any>>;
}

/**
 * Binds handlers to a service, with every type checked.
 *
 * @example
 * bindService(GeneratorServiceService, {
 *   getCapabilities: async () => ({ capabilities }),
 *   async *fit(requests, { signal }) { … },
 *   async *sample(requests, { signal }) { … },
 * });
 */
export function bindService<D extends ServiceDefinition>(definition: D, handlers: Handlers<D>): ServiceBinding {
  return { definition, handlers: handlers as ServiceBinding['handlers'] };
}
