import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import type { OpenCritic } from './critic.ts';
import type { GeneratorSettings } from './settings.ts';
import type { TrainingData } from './training-data.ts';

/** Progress of a fit. */
interface FitProgress {
  /** Steps done. */
  readonly step: number;
  readonly totalSteps: number;
  /** Losses of the last step by name; those that the critic reports have the prefix `critic.`. */
  readonly losses: Readonly<Record<string, number>>;
}

/** What a fit needs. */
export interface FitOptions {
  readonly settings: GeneratorSettings;
  readonly data: TrainingData;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Opens the judge of fidelity. Needed by methods that are fitted against a critic. */
  readonly openCritic?: OpenCritic;
  /** A resumable checkpoint of the same fit. */
  readonly resume?: Uint8Array;
  /** A resumable checkpoint is made after every so many steps. Default 100. */
  readonly checkpointEvery?: number;
  readonly onProgress?: (progress: FitProgress) => void;
  readonly onCheckpoint?: (step: number, checkpoint: Uint8Array) => void | Promise<void>;
  /** Compiled steps to train with. Absent: eagerly. A fit can be resumed in either mode. */
  readonly steps?: TrainingSteps;
  /** Lets the event loop run; called once a step, so that fits in one process take turns and probes get through. */
  readonly breathe: () => Promise<void>;
}
