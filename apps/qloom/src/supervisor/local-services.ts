import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  POLICY_TARGET,
  SERVICE_NAMES,
  type ServiceName,
  STUDY_SERVICE_NAMES,
  serviceNamed,
  targetVariables,
} from '@qloom/study-rpc/services.ts';
import { makeFolder } from '../run-folder/write-file.ts';
import type { Targets } from '../study-file/targets.ts';
import { watchLogWaits } from './log-waits.ts';
import { makeOwnedTempFolder } from './owned-temp-folder.ts';
import { waitUntilServing } from './probe.ts';
import {
  type ServiceEvent,
  type SupervisedService,
  type SuperviseOptions,
  superviseService,
} from './service-process.ts';

/** Options of the services of one run. */
export interface LocalServicesOptions {
  /** Folder of their logs; created when missing. */
  readonly logFolder: string;
  /** `sqlite:<path>` or `nats://…`; absent: no stage workers, gRPC only. */
  readonly log?: string;
  /** A folder or `nats://…`. */
  readonly artifacts?: string;
  /** Path of the file of backends of the experiment service. Default: QLOOM_BACKENDS_FILE of this process. */
  readonly backends?: string;
  /**
   * Base URL of the receiver that keeps all spans; absent: they are exported as the OTEL_* variables of this process
   * configure.
   */
  readonly keepSpansAt?: string;
  /**
   * Custom services, by address. Ours of that kind still runs its stage worker against it; `policy` is for the agent.
   */
  readonly targets?: Targets;
  /** Which services. Default: those that every study needs. */
  readonly services?: readonly ServiceName[];
  /** Mains to start instead of ours, for tests. */
  readonly mains?: Readonly<Partial<Record<ServiceName, string>>>;
  readonly onEvent?: (event: ServiceEvent) => void;
  readonly supervise?: Omit<SuperviseOptions, 'onEvent'>;
}

/** The supervised services of one run. */
export interface LocalServices {
  /** Target of each: our socket, whether the service runs or not, or the custom address. */
  readonly targets: Readonly<Record<ServiceName, string>>;
  /** Resolves when all serve; rejects with `ServiceStartError`. */
  readonly started: Promise<void>;
  /** Rejects when one is given up. */
  readonly givenUp: Promise<never>;
  /** Process ids of those that run now. */
  pids(): Partial<Record<ServiceName, number>>;
  /** Ends all, in parallel, and removes their sockets. May be called twice. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts the services as child processes on unix sockets in a fresh folder of the system's temporary one. */
export function startLocalServices(options: LocalServicesOptions): LocalServices {
  const sockets = makeOwnedTempFolder();
  makeFolder(options.logFolder);
  const own = options.targets ?? {};
  const socketOf = (service: ServiceName): string => `unix:${join(sockets, `${service}.sock`)}`;
  const targets = Object.fromEntries(
    SERVICE_NAMES.map((service) => [service, own[service] ?? socketOf(service)]),
  ) as Record<ServiceName, string>;
  // A custom agent reads the log itself: ours would be a second one. The experiment service has no stage worker either.
  const wanted = (options.services ?? STUDY_SERVICE_NAMES).filter(
    (service) => !['agent', 'experiment'].includes(service) || own[service] === undefined,
  );
  // Nobody waits for the address of a service that was not asked for.
  const isAbsent = (service: ServiceName): boolean =>
    serviceNamed(service).isOnDemand && own[service] === undefined && !wanted.includes(service);
  const called = (service: ServiceName): string => (isAbsent(service) ? '' : targets[service]);
  const supervised = new Map<ServiceName, SupervisedService>();
  const logOf = (service: ServiceName): string => join(options.logFolder, `${service}.log`);
  const unwatch = watchLogWaits(new Map(wanted.map((service) => [service, logOf(service)])), (service, reason) =>
    options.onEvent?.({ kind: 'waiting', service, reason }),
  );
  for (const service of wanted) {
    const listen = socketOf(service);
    supervised.set(
      service,
      superviseService(
        {
          name: service,
          main: options.mains?.[service] ?? mainOf(service),
          env: environmentOf(service, listen, called, options),
          logPath: logOf(service),
          ready: (signal) => waitUntilServing(listen, signal),
        },
        { ...options.supervise, onEvent: options.onEvent },
      ),
    );
  }
  const all = [...supervised.values()];
  const givenUp = Promise.race(all.map((service) => service.givenUp));
  givenUp.catch(() => {});
  const started = Promise.all(all.map((service) => service.started)).then(() => {});
  started.catch(() => {});
  return {
    targets,
    started,
    givenUp,
    pids: () => Object.fromEntries([...supervised].map(([name, service]) => [name, service.pid()])),
    async stop(graceMs = 3_000) {
      unwatch();
      await Promise.all(all.map((service) => service.stop(graceMs)));
      rmSync(sockets, { recursive: true, force: true });
    },
  };
}

/** Path of the main of one of our services. */
function mainOf(service: ServiceName): string {
  return fileURLToPath(new URL(`../../../../services/${service}/src/main.ts`, import.meta.url));
}

function environmentOf(
  service: ServiceName,
  listen: string,
  targetOf: (service: ServiceName) => string,
  options: LocalServicesOptions,
): Record<string, string> {
  return {
    ...targetVariables(targetOf),
    [POLICY_TARGET]: options.targets?.policy ?? '',
    QLOOM_LISTEN: listen,
    QLOOM_LOG: options.log ?? '',
    QLOOM_ARTIFACTS: options.artifacts ?? '',
    ...(options.backends === undefined ? {} : { QLOOM_BACKENDS_FILE: options.backends }),
    QLOOM_PARENT_PID: String(process.pid),
    QLOOM_DRAIN_TIMEOUT_MS: process.env['QLOOM_DRAIN_TIMEOUT_MS'] ?? '2500',
    QLOOM_KEEP_SPANS_AT: options.keepSpansAt ?? '',
    // One name for all services would make them indistinguishable.
    OTEL_SERVICE_NAME: service,
  };
}
