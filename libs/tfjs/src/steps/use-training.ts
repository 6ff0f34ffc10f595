import { type BackendChoice, useBackend } from '../backends/backend.ts';
import {
  type CompiledMode,
  type CompiledProvider,
  chooseTrainingSteps,
  type TrainingStepsChoice,
} from './training-steps.ts';

/** What a process trains with. */
export interface Training {
  /** What runs kernel by kernel, and instead of a step that cannot be compiled. */
  readonly backend: BackendChoice;
  readonly compiled: TrainingStepsChoice;
}

/** Options of {@link useTraining}: those of `useBackend` and of `chooseTrainingSteps`. */
export interface TrainingOptions {
  /** The TensorFlow.js backend to take. Default: the best that is present. */
  readonly backend?: string;
  readonly mode?: CompiledMode;
  readonly provider?: CompiledProvider;
  /** Told what was chosen, and of every structure that falls back. Default: silent. */
  readonly log?: (line: string) => void;
  /** Lets the event loop run while a step is built. Default: no pause. */
  readonly breathe?: () => Promise<void>;
}

/** Makes a backend the one in use and decides whether steps are compiled. Throws `BackendUnavailableError`. */
export async function useTraining({ backend: force, log, ...steps }: TrainingOptions = {}): Promise<Training> {
  const backend = await useBackend({ force, log });
  return { backend, compiled: chooseTrainingSteps({ ...steps, backend: backend.name, log }) };
}
