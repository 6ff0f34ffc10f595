import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { createMemoryLog } from '@qloom/testing/test-server.ts';
import { connect, type Remote } from '../client/clients.ts';
import { bindService } from '../server/handlers.ts';
import { type RunningServer, type StartServerOptions, startServer } from '../server/server.ts';
import type { TlsFiles } from '../tls/certificates.ts';
import { clientCredentials, serverCredentials } from '../tls/credentials.ts';
import { watchCertificates } from '../tls/tls-config.ts';
import type { WatchOptions } from '../tls/watched-files.ts';

/** How a server is protected. */
export interface Protection extends Pick<StartServerOptions, 'tokens' | 'healthListen' | 'callsItself'> {
  readonly files: TlsFiles;
  readonly watch?: WatchOptions;
}

/** A generator that answers GetCapabilities on a free port of loopback. */
export async function serveSecure({ files, watch, ...options }: Protection): Promise<RunningServer> {
  const { log } = createMemoryLog();
  const certificates = watchCertificates(files, watch ?? { warn: () => {} });
  const server = await startServer({
    ...options,
    services: [
      bindService(GeneratorServiceService, {
        getCapabilities: () => ({ capabilities: undefined, methods: [] }),
        async *fit() {},
        async *sample() {},
      }),
    ],
    listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    log,
    credentials: certificates.current.identity && serverCredentials(certificates),
  });
  server.setReady(true);
  return {
    ...server,
    async shutdown(timeoutMs) {
      certificates.close();
      return server.shutdown(timeoutMs);
    },
  };
}

/** The port of a target. */
export const portOf = (target: string): string => target.slice(target.lastIndexOf(':') + 1);

/** Whether a call to `target` succeeds with the given files: undefined, or its status' code and details. */
export async function callWith(
  target: string,
  files?: TlsFiles,
  options: Parameters<typeof connect>[2] = {},
): Promise<{ readonly code: number; readonly details: string } | undefined> {
  const certificates = files && watchCertificates(files, { warn: () => {} });
  const remote: Remote<typeof GeneratorServiceService> = connect(GeneratorServiceService, target, {
    credentials: certificates && clientCredentials(certificates),
    ...options,
  });
  try {
    await remote.getCapabilities({});
    return undefined;
  } catch (error) {
    const { code, details } = error as { code: number; details: string };
    return { code, details };
  } finally {
    remote.close();
    certificates?.close();
  }
}
