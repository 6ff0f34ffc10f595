import { pathToFileURL } from 'node:url';
import type { ServiceName } from '@qloom/study-rpc/services.ts';
import { openLineFile } from '../run-folder/line-file.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { makeFolder } from '../run-folder/write-file.ts';
import type { Targets } from '../study-file/targets.ts';
import { type LocalServices, startLocalServices } from '../supervisor/local-services.ts';
import type { ServiceEvent } from '../supervisor/service-process.ts';
import { assertTelemetryEnvironment } from '../telemetry/assert-telemetry.ts';
import { startOtlpReceiver } from '../telemetry/otlp-receiver.ts';

/** Options of a session. */
export interface SessionOptions {
  readonly folder: RunFolder;
  /** `sqlite` for the log inside the folder, or a `nats://` URL. */
  readonly log: string;
  readonly targets?: Targets;
  readonly services?: readonly ServiceName[];
  /** File of backends of the experiment service. */
  readonly backends?: string;
  /** Mains to start instead of ours, for tests. */
  readonly mains?: Readonly<Partial<Record<ServiceName, string>>>;
  readonly onEvent?: (event: ServiceEvent) => void;
}

/** The services of a run folder, with their telemetry kept in it. */
export interface Session {
  readonly services: LocalServices;
  /** `sqlite:…` or `nats://…`. */
  readonly logUrl: string;
  /** `file:///…` or `nats://…`. */
  readonly artifactsUrl: string;
  /** Rejects when a service is given up, or the telemetry cannot be stored, such as on a full disk; never resolves. */
  readonly failed: Promise<never>;
  /** Ends the services, then the receiver, so that their last spans are stored. May be called twice. */
  stop(): Promise<void>;
}

/** URLs of the log and the artifact store of a run folder. */
export function storageOf(folder: RunFolder, log: string): { logUrl: string; artifactsUrl: string } {
  if (log !== 'sqlite') return { logUrl: log, artifactsUrl: log };
  return {
    logUrl: `sqlite://${folder.database.split('/').map(encodeURIComponent).join('/')}`,
    artifactsUrl: pathToFileURL(folder.artifacts).href,
  };
}

/**
 * Starts the receiver of telemetry and the services. Resolves before they serve: see `services.started`. Throws `UsageError`
 * where an `OTEL_*` variable of this process, which services inherit, is wrong.
 */
export async function startSession(options: SessionOptions): Promise<Session> {
  assertTelemetryEnvironment(process.env);
  const { folder } = options;
  makeFolder(folder.path);
  const spans = openLineFile(folder.spans, 'a');
  const receiver = await startOtlpReceiver({
    onSpans: (list) => spans.write(list.map((span) => `${JSON.stringify(span)}\n`).join('')),
  });
  const { logUrl, artifactsUrl } = storageOf(folder, options.log);
  const services = startLocalServices({
    logFolder: folder.logs,
    log: logUrl,
    artifacts: artifactsUrl,
    keepSpansAt: receiver.endpoint,
    targets: options.targets,
    services: options.services,
    backends: options.backends,
    mains: options.mains,
    onEvent: options.onEvent,
  });
  const stop = async (): Promise<void> => {
    await services.stop();
    await receiver.close();
    await spans.close();
  };
  let stopped: Promise<void> | undefined;
  const failed = Promise.race([services.givenUp, spans.failed]);
  failed.catch(() => {});
  return { services, logUrl, artifactsUrl, failed, stop: () => (stopped ??= stop()) };
}
