import type { EmulatedDevice } from './emulated-device.ts';
import type { EmulatedJobs, JobFailure } from './emulated-jobs.ts';
import type { EmulatedSessions } from './emulated-sessions.ts';
import type { IbmFaults } from './faults.ts';
import type { IamTokens } from './iam-tokens.ts';

/** What a test may set while the emulator runs. */
export interface IbmSettings {
  /** Time that a job waits at least. Unit: seconds. Default 0. */
  queueSeconds: number;
  /** Time of the device for each job besides its shots. Unit: seconds. Default 2. */
  overheadSeconds: number;
  /** The device takes up to this share more or less than is expected. Default 0.05. */
  jitter: number;
  /** Whether gates and readout err as calibrated. Default false. */
  noise: boolean;
  /** Job creations in any minute. Default 5. */
  createsPerMinute: number;
  /** Jobs that may wait or run at once. Default: no limit. */
  maxPendingJobs: number;
  /** What a device says of itself. Default `active`; anything else: it takes jobs but runs none. */
  status: string;
}

/** All that requests read and change. */
export interface EmulatorState {
  readonly apiKey: string;
  readonly crn: string;
  readonly device: EmulatedDevice;
  readonly settings: IbmSettings;
  readonly tokens: IamTokens;
  readonly jobs: EmulatedJobs;
  readonly sessions: EmulatedSessions;
  readonly faults: IbmFaults;
  /** When jobs were created, milliseconds since the Unix epoch. */
  readonly creations: number[];
  readonly seed: number;
  nextFailure: JobFailure | undefined;
  readonly now: () => number;
}
