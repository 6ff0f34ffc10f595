import type { ConnectOptions } from '@qloom/service-kit/client/clients.ts';
import type { Check } from './check.ts';

/** Arguments of the checks of a service. */
export interface SuiteOptions {
  /** Address of the service: `unix:/path.sock`, `host:port`. */
  readonly target: string;
  /** Address of a second instance of it; checks that take two are skipped without one. */
  readonly second?: string | undefined;
  /**
   * A study name that is unique to this run, [a-z0-9-]{1,63}, because critics keep the attempts that they have seen.
   */
  readonly study: string;
  /** Deadline of every call. Unit: milliseconds. */
  readonly deadlineMs: number;
  /** Hyperparameters to send instead of the cheapest, by name, as written on the command line. */
  readonly settings: ReadonlyMap<string, string>;
  /** Certificates and token of every call. Default: none. */
  readonly connection?: ConnectOptions | undefined;
}

/** The checks of a service, and its resources to close afterwards. */
export interface Suite {
  readonly checks: readonly Check[];
  close(): void;
}
