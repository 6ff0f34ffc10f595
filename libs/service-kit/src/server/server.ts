import { ServerCredentials } from '@grpc/grpc-js';
import { serverTelemetryInterceptor } from '@qloom/telemetry/grpc/server-interceptor.ts';
import { serverOptions } from '../client/channel-options.ts';
import { bindTarget, clientTarget, type ListenAddress, removeStaleSocket } from '../config/listen.ts';
import { boundedStatusInterceptor } from '../faults/bounded-status.ts';
import { UnavailableError } from '../faults/errors.ts';
import type { Logger } from '../logger.ts';
import { type ServiceDefinition, serviceName } from './definition.ts';
import { createStreamRegistry } from './drain-streams.ts';
import type { ServiceBinding } from './handlers.ts';
import { addHealth } from './health.ts';
import { CheckedServer, decodeRequest, malformedRequestInterceptor } from './malformed-request.ts';
import { addReflection } from './reflection.ts';
import { serve } from './serve-call.ts';

/** Options of {@link startServer}. */
export interface StartServerOptions {
  readonly services: readonly ServiceBinding[];
  readonly listen: ListenAddress;
  readonly log: Logger;
  /** Whether connections may be renewed every few minutes. Default `long`: a stream may carry a whole fit. */
  readonly calls?: 'short' | 'long';
  /** Default: no TLS. */
  readonly credentials?: ServerCredentials;
}

/** A gRPC server that listens, with health and reflection, not ready yet. */
export interface RunningServer {
  /** Target for a client on the same machine. */
  readonly target: string;
  setReady(ready: boolean): void;
  /** Ends every open stream with UNAVAILABLE. */
  endStreams(): void;
  /**
   * Takes no new connections, lets unary calls finish for at most `timeoutMs`, then cuts off what is left. Resolves to
   * whether everything finished.
   */
  shutdown(timeoutMs: number): Promise<boolean>;
}

/** Starts a server. Throws when the address is taken. */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { services, listen, log } = options;
  const streams = createStreamRegistry();
  const draining = new AbortController();
  const server = new CheckedServer({
    ...serverOptions(options.calls ?? 'long'),
    interceptors: [
      boundedStatusInterceptor(),
      serverTelemetryInterceptor(),
      streams.interceptor,
      malformedRequestInterceptor(),
    ],
  });
  for (const binding of services) {
    server.addService(strict(binding.definition), serve(binding, { log, draining: draining.signal }));
  }
  const names = services.map(({ definition }) => serviceName(definition));
  const health = addHealth(server, names);
  addReflection(server, names);
  if (listen.kind === 'unix') await removeStaleSocket(listen.path);
  const credentials = options.credentials ?? ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(bindTarget(listen), credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    target: clientTarget(listen, port),
    setReady: (ready) => health.setReady(ready),
    endStreams() {
      draining.abort(new UnavailableError(DRAINING));
      streams.endAll(DRAINING);
    },
    shutdown: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          server.forceShutdown();
          resolve(false);
        }, timeoutMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve(true);
        });
      }),
  };
}

/** The definition with requests decoded strictly. */
function strict(definition: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => {
    return [name, { ...method, requestDeserialize: (bytes: Buffer) => decodeRequest(method, bytes) }];
  });
  return Object.fromEntries(methods);
}

const DRAINING = 'the service is shutting down; try again, here or elsewhere';
