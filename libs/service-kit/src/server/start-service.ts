import { startTelemetry } from '@qloom/telemetry/start.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { connect } from '../client/clients.ts';
import type { COMMON_CONFIG } from '../config/common-config.ts';
import { ConfigError, type ConfigTable, type ConfigValues } from '../config/config.ts';
import { parseListen } from '../config/listen.ts';
import type { Logger } from '../logger.ts';
import type { BackgroundWork } from '../stage/background-work.ts';
import { clientCredentials, serverCredentials } from '../tls/credentials.ts';
import { watchTlsConfig } from '../tls/tls-config.ts';
import { TokenFileError, watchTokens } from '../tls/tokens.ts';
import type { WatchedFiles } from '../tls/watched-files.ts';
import { startServer } from './server.ts';
import type { ServiceConfig, ServiceSpec } from './service-spec.ts';

/** A service that is running in this process. */
export interface RunningService {
  /** Target for a client on the same machine. */
  readonly target: string;
  /** Rejects when a stage cannot continue. Never resolves. */
  readonly failed: Promise<never>;
  /**
   * Stops in order: not ready (liveness stays) → stages take nothing new, finish or hand back → open streams end as
   * UNAVAILABLE → unary calls finish, under what is left of the timeout, then everything is cut off → the service
   * releases its resources → telemetry is flushed. Resolves to whether all of it finished in time. May be called twice.
   */
  drain(): Promise<boolean>;
}

/** Starts a service in this process, without signals or exits: what `runService` does, and what tests use. */
export async function startService<T extends ConfigTable>(
  spec: ServiceSpec<T>,
  config: ServiceConfig<T>,
  log: Logger,
): Promise<RunningService> {
  const common = config as unknown as ConfigValues<typeof COMMON_CONFIG>;
  const { address, problem } = parseListen(common.QLOOM_LISTEN);
  if (address === undefined) throw new Error(`QLOOM_LISTEN: ${quoted(common.QLOOM_LISTEN)} ${problem}`);
  const telemetry = startTelemetry({
    serviceName: spec.name,
    serviceVersion: spec.version,
    keepAt: common.QLOOM_KEEP_SPANS_AT,
    warn: (line) => log.warn(line),
  });
  const warn = (message: string): void => log.warn(message);
  const certificates = watchTlsConfig(common, { warn });
  const isSecure = certificates.current.identity !== undefined;
  const credentials = clientCredentials(certificates);
  const built = await spec.build({
    config,
    log,
    connect: (definition, target, options) => connect(definition, target, { credentials, ...options }),
  });
  const stages = built.stages ?? [];
  const tokens = built.tokenFile === undefined ? undefined : openTokens(built.tokenFile, warn);
  if (tokens !== undefined && address.kind === 'tcp' && !isSecure) warn(TOKEN_IN_THE_CLEAR);
  const server = await startServer({
    services: built.services,
    listen: address,
    log,
    calls: spec.calls,
    credentials: isSecure ? serverCredentials(certificates) : undefined,
    tokens: tokens && (() => tokens.current),
    healthListen:
      common.QLOOM_HEALTH_LISTEN === undefined ? undefined : parseListen(common.QLOOM_HEALTH_LISTEN).address,
    callsItself: stages.length > 0,
  });
  const readiness = watchReadiness(stages, log, (ready) => server.setReady(ready));
  for (const stage of stages) stage.start(server.self);
  readiness.start();

  const timeoutMs = common.QLOOM_DRAIN_TIMEOUT_MS;
  const drain = async (): Promise<boolean> => {
    const end = performance.now() + timeoutMs;
    const left = (share: number): number => Math.max(1, (end - performance.now()) * share);
    readiness.stop();
    // Half of the time may go into finishing events, the rest is for the calls.
    let finished = await settles(Promise.all(stages.map((stage) => stage.drain(left(0.5)))), left(0.75), log);
    server.endStreams();
    finished = (await server.shutdown(left(0.75))) && finished;
    finished = (await settles(Promise.resolve(built.close?.()), left(1), log)) && finished;
    certificates.close();
    tokens?.close();
    await telemetry.shutdown();
    return finished;
  };
  let drained: Promise<boolean> | undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    for (const stage of stages) stage.done.catch(reject);
  });
  failed.catch((error) => log.error('a stage cannot continue', { error }));
  return {
    target: server.target,
    failed,
    drain: () => (drained ??= drain()),
  };
}

const TOKEN_IN_THE_CLEAR =
  'QLOOM_TOKEN_FILE is set without QLOOM_TLS_CERT_FILE: tokens cross the network in the clear, unless something before this server ends TLS';

function openTokens(path: string, warn: (message: string) => void): WatchedFiles<readonly Buffer[]> {
  try {
    return watchTokens(path, { warn });
  } catch (error) {
    if (error instanceof TokenFileError) throw new ConfigError([`QLOOM_TOKEN_FILE: ${error.message}`]);
    throw error;
  }
}

/** Ready from `start` to `stop`, except while a stage is in trouble. */
function watchReadiness(
  stages: readonly BackgroundWork[],
  log: Logger,
  setReady: (ready: boolean) => void,
): { start(): void; stop(): void } {
  const troubled = new Set<BackgroundWork>();
  let isServing = false;
  const update = (): void => setReady(isServing && troubled.size === 0);
  for (const stage of stages) {
    stage.watchTrouble?.((problem) => {
      if (problem === undefined) troubled.delete(stage);
      else troubled.add(stage);
      if (problem === undefined) log.info('the work goes on');
      else log.warn('not ready: the work cannot go on', { problem });
      update();
    });
  }
  const serve = (serves: boolean): void => {
    isServing = serves;
    update();
  };
  return { start: () => serve(true), stop: () => serve(false) };
}

/** Whether `work` succeeded within `timeoutMs`. Its error is logged and the drain continues. */
async function settles(work: Promise<unknown>, timeoutMs: number, log: Logger): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const done = work.then(
    () => true,
    (error) => {
      log.error('drain step failed', { error });
      return false;
    },
  );
  const result = await Promise.race([done, late]);
  clearTimeout(timer);
  return result;
}
