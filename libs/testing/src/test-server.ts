import { parseListen } from '@qloom/service-kit/config/listen.ts';
import { createLogger, type Logger } from '@qloom/service-kit/logger.ts';
import type { ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { type RunningServer, startServer } from '@qloom/service-kit/server/server.ts';
import { createTempFolder } from './temp-folder.ts';

/** A server in this process. */
export interface TestServer extends RunningServer {
  /** Lines that the server logged. */
  readonly logged: readonly Record<string, unknown>[];
  /** Closes all connections and removes the socket. */
  stop(): Promise<void>;
}

/** Serves implementations on a unix socket of their own: real gRPC, health and reflection, ready at once. */
export async function startTestServer(...services: ServiceBinding[]): Promise<TestServer> {
  const folder = await createTempFolder();
  const { log, lines } = createMemoryLog();
  const { address } = parseListen(folder.socket('service'));
  if (address === undefined) throw new Error(`${folder.path} is too long a path for a socket`);
  const server = await startServer({ services, listen: address, log });
  server.setReady(true);
  return {
    ...server,
    logged: lines,
    async stop() {
      server.endStreams();
      await server.shutdown(50);
      await folder.remove();
    },
  };
}

/** A log that keeps its lines, parsed. */
export function createMemoryLog(): { readonly log: Logger; readonly lines: readonly Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return { log: createLogger({ level: 'debug', write: (line) => lines.push(JSON.parse(line)) }), lines };
}
