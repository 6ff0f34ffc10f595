import type { Points, UnlabelledPoints } from '@qloom/study/points/points.ts';
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

/** Inputs of a fit. */
export interface FitOptions {
  readonly settings: GeneratorSettings;
  readonly data: TrainingData;
  /** Points without labels, for methods that need them. */
  readonly unlabelled?: UnlabelledPoints;
  /** Labelled points of a source domain, with the features and classes of the training points, for methods that need them. */
  readonly source?: Points;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Opens a critic. Required by methods that are fitted against one. */
  readonly openCritic?: OpenCritic;
  /** A packed model of the same method and training points, whose parameters the fit starts from. */
  readonly initialModel?: Uint8Array;
  /** A resumable checkpoint of the same fit. */
  readonly resume?: Uint8Array;
  /** Number of steps between resumable checkpoints. Default 100. */
  readonly checkpointEvery?: number;
  readonly onProgress?: (progress: FitProgress) => void;
  readonly onCheckpoint?: (step: number, checkpoint: Uint8Array) => void | Promise<void>;
  /** Compiled steps to train with. Absent: the fit trains eagerly. A fit can be resumed in either mode. */
  readonly steps?: TrainingSteps;
  /** Yields to the event loop; called once per step, so that fits in one process take turns and probes are answered. */
  readonly breathe: () => Promise<void>;
}
