import type { Connect } from '../client/clients.ts';
import type { COMMON_CONFIG } from '../config/common-config.ts';
import type { ConfigTable, ConfigValues } from '../config/config.ts';
import type { Logger } from '../logger.ts';
import type { BackgroundWork } from '../stage/background-work.ts';
import type { ServiceBinding } from './handlers.ts';

/** A service's own variables and the common ones; where both define a name, the service's own entry is used. */
export type ServiceConfig<T extends ConfigTable> = ConfigValues<Omit<typeof COMMON_CONFIG, keyof T> & T>;

/** Dependencies that the builder of a service gets. */
interface ServiceDeps<T extends ConfigTable> {
  readonly config: ServiceConfig<T>;
  readonly log: Logger;
  /** Connects to another service; where the target is `tls://…`, with the certificates of this process. */
  readonly connect: Connect;
}

/** The parts of a built service. */
interface BuiltService {
  readonly services: readonly ServiceBinding[];
  /** Default: none. */
  readonly stages?: readonly BackgroundWork[];
  /** File of the tokens that callers must send. Default: none is needed. */
  readonly tokenFile?: string;
  /** Releases logs, stores, workers and models. Called last, after every call has ended. */
  close?(): Promise<void>;
}

/** A service, as its `main.ts` declares it. */
export interface ServiceSpec<T extends ConfigTable> {
  /** `generator`, `discriminator`, … : `service.name` of its telemetry, and on every log line. */
  readonly name: string;
  /** One sentence for `--help`. */
  readonly description: string;
  readonly version?: string;
  /** The service's own variables. */
  readonly config: T;
  /** See `startServer`. */
  readonly calls?: 'short' | 'long';
  readonly build: (deps: ServiceDeps<T>) => Promise<BuiltService> | BuiltService;
}
