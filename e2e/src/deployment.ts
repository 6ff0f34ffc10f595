import { fileURLToPath } from 'node:url';
import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { type ServiceName, STUDY_SERVICE_NAMES, targetVariables } from '@qloom/study-rpc/services.ts';
import { type SpawnedMain, spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';

/** The mains as processes on unix sockets, as a local run has them, each of which can be killed and started again. */
export interface Deployment {
  readonly folder: TempFolder;
  readonly agent: Remote<typeof AgentServiceService>;
  readonly target: (service: ServiceName) => string;
  readonly main: (service: ServiceName) => SpawnedMain;
  /** SIGKILL, and a new process on the same socket, log and store. */
  killAndRestart(service: ServiceName): Promise<void>;
  /** Sends SIGTERM to all; resolves when all have ended. */
  stop(): Promise<void>;
}

/** How to deploy. */
export interface DeploymentOptions {
  /** The event log. Default: SQLite in the deployment's folder. */
  readonly log?: string;
  /** The artifact store. Default: a folder in the deployment's. */
  readonly artifacts?: string;
  /** Base URL of an OTLP collector. */
  readonly otlpEndpoint?: string;
  /** Targets of other implementations. */
  readonly targets?: Partial<Record<ServiceName, string>>;
  /** Variables of a single service, in addition to those of all; a restart uses their current values. */
  readonly only?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
  /** Services that run besides those that every study needs. */
  readonly also?: readonly ServiceName[];
  /** Services that do not run. */
  readonly without?: readonly ServiceName[];
}

/** Starts the services and waits until each is ready. */
export async function deploy(options: DeploymentOptions = {}): Promise<Deployment> {
  const folder = await createTempFolder();
  const target = (service: ServiceName) => options.targets?.[service] ?? folder.socket(service);
  const env = (service: ServiceName): Record<string, string> => ({
    QLOOM_LISTEN: folder.socket(service),
    QLOOM_LOG: options.log ?? `sqlite:${folder.file('log.db')}`,
    QLOOM_ARTIFACTS: options.artifacts ?? `file://${folder.file('artifacts')}`,
    ...targetVariables(target),
    QLOOM_STAGE_CONCURRENCY: '2',
    QLOOM_DRAIN_TIMEOUT_MS: '5000',
    ...options.only?.[service],
    ...(options.otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpEndpoint }),
  });
  const start = (service: ServiceName) =>
    spawnMain(fileURLToPath(new URL(`../../services/${service}/src/main.ts`, import.meta.url)), env(service));

  const mains = new Map<ServiceName, SpawnedMain>();
  for (const service of [...STUDY_SERVICE_NAMES, ...(options.also ?? [])]) {
    if (!options.without?.includes(service)) mains.set(service, start(service));
  }
  const agent = connect(AgentServiceService, target('agent'));
  const stop = async (): Promise<void> => {
    agent.close();
    await Promise.all([...mains.values()].map((main) => main.stop()));
    await folder.remove();
  };
  try {
    await Promise.all([...mains.values()].map(({ ready }) => ready));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    folder,
    agent,
    target,
    main: (service) => {
      const main = mains.get(service);
      if (main === undefined) throw new Error(`${service} does not run in this deployment`);
      return main;
    },
    async killAndRestart(service) {
      await mains.get(service)!.kill();
      const again = start(service);
      mains.set(service, again);
      await again.ready;
    },
    stop,
  };
}
