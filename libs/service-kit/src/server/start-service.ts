import { startTelemetry } from '@qloom/telemetry/start.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import type { COMMON_CONFIG } from '../config/common-config.ts';
import type { ConfigTable, ConfigValues } from '../config/config.ts';
import { parseListen } from '../config/listen.ts';
import type { Logger } from '../logger.ts';
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
  const built = await spec.build({ config, log });
  const stages = built.stages ?? [];
  const server = await startServer({ services: built.services, listen: address, log, calls: spec.calls });
  for (const stage of stages) stage.start(server.target);
  server.setReady(true);

  const timeoutMs = common.QLOOM_DRAIN_TIMEOUT_MS;
  const drain = async (): Promise<boolean> => {
    const end = performance.now() + timeoutMs;
    const left = (share: number): number => Math.max(1, (end - performance.now()) * share);
    server.setReady(false);
    // Half of the time may go into finishing events, the rest is for the calls.
    let finished = await settles(Promise.all(stages.map((stage) => stage.drain(left(0.5)))), left(0.75), log);
    server.endStreams();
    finished = (await server.shutdown(left(0.75))) && finished;
    finished = (await settles(Promise.resolve(built.close?.()), left(1), log)) && finished;
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
