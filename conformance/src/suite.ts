import type { Check } from './check.ts';

/** What the checks of a service are given. */
export interface SuiteOptions {
  /** Where the service is: `unix:/path.sock`, `host:port`. */
  readonly target: string;
  /** A study name of this run alone, [a-z0-9-]{1,63}: critics remember the attempts that they have seen. */
  readonly study: string;
  /** Deadline of every call. Unit: milliseconds. */
  readonly deadlineMs: number;
  /** Hyperparameters to send instead of the cheapest, by name, as written on the command line. */
  readonly settings: ReadonlyMap<string, string>;
}

/** The checks of a service, and what to close when they are done. */
export interface Suite {
  readonly checks: readonly Check[];
  close(): void;
}
