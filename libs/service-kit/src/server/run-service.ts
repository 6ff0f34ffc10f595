import { TelemetryEnvironmentError } from '@qloom/telemetry/environment.ts';
import { COMMON_CONFIG } from '../config/common-config.ts';
import { ConfigError, type ConfigTable, type ConfigValues, describeConfig, loadConfig } from '../config/config.ts';
import { createLogger } from '../logger.ts';
import { watchParent } from './parent-watch.ts';
import type { ServiceConfig, ServiceSpec } from './service-spec.ts';
import { type RunningService, startService } from './start-service.ts';

/** How a service's process ends. After a second signal it ends at once with 128 + its number. */
const EXIT = { drained: 0, failed: 1, badConfig: 2, cutOff: 3 } as const;

/**
 * Runs a service as this process: `--help`, configuration from the environment, telemetry, health, reflection, the
 * server, the stages, a `ready` line on stdout, and a drain on SIGTERM, SIGINT, or the death of the parent. Never
 * returns; see {@link EXIT}.
 */
export async function runService<const T extends ConfigTable>(spec: ServiceSpec<T>): Promise<never> {
  const table = { ...COMMON_CONFIG, ...spec.config };
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    console.log(`${spec.name}: ${spec.description}\n\nEnvironment:\n${describeConfig(table)}`);
    process.exit(EXIT.drained);
  }
  // When the supervisor dies, our pipes break; writing to them must not end the drain.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // Timers and sockets of grpc-js do not keep the process alive, which would end a drain early.
  setInterval(() => {}, 2 ** 30);

  let log = createLogger({ fields: { service: spec.name } });
  const die = (message: string, error: unknown, code: number): never => {
    log.error(message, { error });
    process.exit(code);
  };
  const refuse = (problems: readonly string[]): never => {
    for (const problem of problems) log.error(problem);
    process.exit(EXIT.badConfig);
  };
  process.on('uncaughtException', (error) => die('uncaught exception', error, EXIT.failed));
  process.on('unhandledRejection', (error) => die('unhandled rejection', error, EXIT.failed));

  let config: ServiceConfig<T>;
  try {
    config = loadConfig(table, process.env) as unknown as ServiceConfig<T>;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refuse(error.problems);
  }
  const common = config as unknown as ConfigValues<typeof COMMON_CONFIG>;
  log = createLogger({ level: common.QLOOM_LOG_LEVEL, fields: { service: spec.name } });

  let running: RunningService | undefined;
  let requested: string | undefined;
  const drain = async (why: string): Promise<void> => {
    requested ??= why;
    if (running === undefined) return;
    log.info('draining', { why });
    const finished = await running.drain();
    log.info('drained', { finished });
    process.exit(finished ? EXIT.drained : EXIT.cutOff);
  };
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(signal, () => {
      if (requested !== undefined && requested !== 'parent died') process.exit(128 + number);
      void drain(signal);
    });
  }
  watchParent(common.QLOOM_PARENT_PID, () => void drain('parent died'));

  try {
    running = await startService(spec, config, log);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof TelemetryEnvironmentError) return refuse(error.problems);
    die('could not start', error, EXIT.failed);
    throw error;
  }
  running.failed.catch(() => process.exit(EXIT.failed));
  console.log(JSON.stringify({ ready: true, service: spec.name, target: running.target, pid: process.pid }));
  log.info('ready', { target: running.target });
  if (requested !== undefined) void drain(requested);
  return new Promise<never>(() => {});
}
