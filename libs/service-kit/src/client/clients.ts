import { type ChannelCredentials, Client, credentials, type Interceptor } from '@grpc/grpc-js';
import { clientTelemetryInterceptor } from '@qloom/telemetry/grpc/client-interceptor.ts';
import { boundedStatusClientInterceptor } from '../faults/bounded-status.ts';
import { DEFAULT_DEADLINES_MS, type DefaultDeadlines, deadlineInterceptor } from '../server/deadlines.ts';
import type { RequestOf, ResponseOf, ServiceDefinition } from '../server/definition.ts';
import { clientCredentials } from '../tls/credentials.ts';
import { type BidiCall, makeCalls, type OutgoingOptions } from './calls.ts';
import { channelOptions } from './channel-options.ts';
import { connectInterceptor } from './connect-timeout.ts';
import { parseTarget } from './parse-target.ts';
import { tokenInterceptor } from './send-token.ts';
import type { MessageReader } from './streams.ts';

/** Messages of an outgoing stream. */
type Outgoing<T> = AsyncIterable<T> | Iterable<T>;

/** How one method is called. */
type RemoteMethod<M> = M extends { readonly requestStream: true }
  ? M extends { readonly responseStream: true }
    ? (options?: OutgoingOptions) => BidiCall<RequestOf<M>, ResponseOf<M>>
    : (requests: Outgoing<RequestOf<M>>, options?: OutgoingOptions) => Promise<ResponseOf<M>>
  : M extends { readonly responseStream: true }
    ? (request: RequestOf<M>, options?: OutgoingOptions) => MessageReader<ResponseOf<M>>
    : (request: RequestOf<M>, options?: OutgoingOptions) => Promise<ResponseOf<M>>;

/** A service on the other end of a channel. Calls reject with a `ServiceError` of grpc-js. */
export type Remote<D extends ServiceDefinition> = { readonly [K in keyof D]: RemoteMethod<D[K]> } & {
  /** Address of the service. */
  readonly target: string;
  /** Closes the channel; calls in flight continue. */
  close(): void;
};

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** Default deadlines of calls, by kind. Unit: milliseconds. */
  readonly deadlinesMs?: Partial<DefaultDeadlines>;
  /** How long a call waits for a connection before it fails as UNAVAILABLE. Default 10,000 ms. */
  readonly connectTimeoutMs?: number;
  /** Unary methods, by name, that may be repeated besides those that only read. */
  readonly idempotent?: readonly string[];
  /** For a target `tls://…`, see `clientCredentials`. Default: trusts the authorities that Node trusts. */
  readonly credentials?: ChannelCredentials;
  /** The name that the server's certificate must have, and the authority of the calls. Default: the host of the target. */
  readonly serverName?: string;
  /** The bearer token of every call. Default: none. */
  readonly token?: () => string;
  /** The innermost one last; all are inside Qloom's own interceptors. */
  readonly interceptors?: readonly Interceptor[];
}

/** {@link connect}, with the certificates of a process. */
export type Connect = typeof connect;

/**
 * Connects (at the first call) to a service; `tls://host:port` with TLS. Every call is traced and has a deadline; see `channelOptions` for
 * reconnecting and retries.
 *
 * @example
 * const generator = connect(GeneratorServiceService, config.QLOOM_GENERATOR_TARGET);
 * const { capabilities } = await generator.getCapabilities({});
 */
export function connect<const D extends ServiceDefinition>(
  definition: D,
  target: string,
  options: ConnectOptions = {},
): Remote<D> {
  const { address, secure } = parseTarget(target);
  const channelCredentials = secure ? (options.credentials ?? clientCredentials()) : credentials.createInsecure();
  const { serverName } = options;
  const client: Client = new Client(address, channelCredentials, {
    ...channelOptions(definition, address, options.idempotent),
    ...(serverName === undefined
      ? {}
      : { 'grpc.ssl_target_name_override': serverName, 'grpc.default_authority': serverName }),
    interceptors: [
      clientTelemetryInterceptor(target),
      deadlineInterceptor({ ...DEFAULT_DEADLINES_MS, ...options.deadlinesMs }),
      connectInterceptor(() => client.getChannel(), target, options.connectTimeoutMs ?? 10_000),
      ...(options.token === undefined ? [] : [tokenInterceptor(options.token)]),
      ...(options.interceptors ?? []),
      boundedStatusClientInterceptor(),
    ],
  });
  return { ...makeCalls(client, definition), target, close: () => client.close() } as Remote<D>;
}
