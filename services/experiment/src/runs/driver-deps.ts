import type { Logger } from '@qloom/service-kit/logger.ts';
import type { Clock } from '../domain/clock.ts';
import type { BackendGate } from './backend-gate.ts';
import type { JournalLog } from './journal.ts';
import type { RunArtifacts } from './stored-run.ts';

/** What a driver works with. */
export interface DriverDeps {
  readonly log: JournalLog;
  readonly artifacts: RunArtifacts;
  /** Gate of each configured backend, by name. */
  readonly gates: ReadonlyMap<string, BackendGate>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A submission that has had no reply for this long is ended. Unit: milliseconds. */
  readonly leaseMs: number;
}
