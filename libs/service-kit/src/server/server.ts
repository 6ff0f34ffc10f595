import { type Server, ServerCredentials } from '@grpc/grpc-js';
import { serverTelemetryInterceptor } from '@qloom/telemetry/grpc/server-interceptor.ts';
import { serverOptions } from '../client/channel-options.ts';
import { bindTarget, clientTarget, type ListenAddress, removeStaleSocket } from '../config/listen.ts';
import { boundedStatusInterceptor } from '../faults/bounded-status.ts';
import { UnavailableError } from '../faults/errors.ts';
import type { Logger } from '../logger.ts';
import { type ServiceDefinition, serviceName } from './definition.ts';
import { createStreamRegistry } from './drain-streams.ts';
import type { ServiceBinding } from './handlers.ts';
import { createHealth } from './health.ts';
import { CheckedServer, decodeRequest, malformedRequestInterceptor } from './malformed-request.ts';
import { createPrivateSocket } from './private-socket.ts';
import { addReflection } from './reflection.ts';
import { requireToken } from './require-token.ts';
import { serve } from './serve-call.ts';

/** Options of {@link startServer}. */
export interface StartServerOptions {
  readonly services: readonly ServiceBinding[];
  readonly listen: ListenAddress;
  readonly log: Logger;
  /** Whether connections may be renewed every few minutes. Default `long`: a stream may carry a whole fit. */
  readonly calls?: 'short' | 'long';
  /** Default: no TLS. On a unix socket, which the permissions of its folder protect, there is none. */
  readonly credentials?: ServerCredentials;
  /** Digests of the tokens of which callers must send one. Default, and on a unix socket: none is needed. */
  readonly tokens?: () => readonly Buffer[];
  /** Address of a second listener without TLS that has health alone: probes of Kubernetes cannot use TLS. */
  readonly healthListen?: ListenAddress;
  /** Whether this process calls itself, which it does on a socket of its own where the server uses TLS. */
  readonly callsItself?: boolean;
}

/** A gRPC server that listens, with health and reflection, not ready yet. */
export interface RunningServer {
  /** Target for a client on the same machine. */
  readonly target: string;
  /** Target for this very process: {@link target}, or with TLS a private socket. */
  readonly self: string;
  /** Target of the listener that has health alone. */
  readonly healthTarget?: string;
  setReady(ready: boolean): void;
  /** Ends every open stream with UNAVAILABLE. */
  endStreams(): void;
  /**
   * Takes no new connections, lets unary calls finish for at most `timeoutMs`, then cuts off what is left. Resolves to
   * whether everything finished.
   */
  shutdown(timeoutMs: number): Promise<boolean>;
}

/** Starts a server. Throws when an address is taken. */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { services, listen, log, tokens } = options;
  const streams = createStreamRegistry();
  const draining = new AbortController();
  const isNetwork = listen.kind === 'tcp';
  const server = new CheckedServer({
    ...serverOptions(options.calls ?? 'long'),
    interceptors: [
      boundedStatusInterceptor(),
      serverTelemetryInterceptor(),
      ...(isNetwork && tokens !== undefined ? [requireToken(tokens)] : []),
      streams.interceptor,
      malformedRequestInterceptor(),
    ],
  });
  for (const binding of services) {
    server.addService(strict(binding.definition), serve(binding, { log, draining: draining.signal }));
  }
  const names = services.map(({ definition }) => serviceName(definition));
  const health = createHealth(names);
  health.addTo(server);
  addReflection(server, names);
  const secure = isNetwork ? options.credentials : undefined;
  const target = await bind(server, listen, secure);
  const socket = options.callsItself && secure !== undefined ? await createPrivateSocket() : undefined;
  const probed = options.healthListen && new CheckedServer({ interceptors: [boundedStatusInterceptor()] });
  const servers = [server, ...(probed ? [probed] : [])];
  const shutdown = async (timeoutMs: number): Promise<boolean> => {
    const finished = await Promise.all(servers.map((each) => shutDown(each, timeoutMs)));
    await socket?.remove();
    return finished[0];
  };
  try {
    const self = socket === undefined ? target : await bind(server, socket.address);
    if (probed) health.addTo(probed);
    const healthTarget = probed && options.healthListen && (await bind(probed, options.healthListen));
    return {
      target: secure === undefined ? target : `tls://${target}`,
      self,
      healthTarget,
      setReady: (ready) => health.setReady(ready),
      endStreams() {
        draining.abort(new UnavailableError(DRAINING));
        streams.endAll(DRAINING);
      },
      shutdown,
    };
  } catch (error) {
    await shutdown(0);
    throw error;
  }
}

/** Serves on an address; returns the target for clients on this machine. */
async function bind(server: Server, listen: ListenAddress, credentials?: ServerCredentials): Promise<string> {
  if (listen.kind === 'unix') await removeStaleSocket(listen.path);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(bindTarget(listen), credentials ?? ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return clientTarget(listen, port);
}

/** Resolves to whether every call finished in time; the others are cut off. */
function shutDown(server: Server, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve(false);
    }, timeoutMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/** The definition with requests decoded strictly. */
function strict(definition: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => {
    return [name, { ...method, requestDeserialize: (bytes: Buffer) => decodeRequest(method, bytes) }];
  });
  return Object.fromEntries(methods);
}

const DRAINING = 'the service is shutting down; try again, here or elsewhere';
