import { type BackendChoice, useBackend } from '../backends/backend.ts';
import {
  type CompiledMode,
  type CompiledProvider,
  chooseTrainingSteps,
  type TrainingStepsChoice,
} from './training-steps.ts';

/** The means of training in a process. */
export interface Training {
  /** The backend for eager steps, and for steps that cannot be compiled. */
  readonly backend: BackendChoice;
  readonly compiled: TrainingStepsChoice;
}

/** Options of {@link useTraining}: those of `useBackend` and of `chooseTrainingSteps`. */
export interface TrainingOptions {
  /** The TensorFlow.js backend to use. Default: the best available one. */
  readonly backend?: string;
  readonly mode?: CompiledMode;
  readonly provider?: CompiledProvider;
  /** Called with the choice, and with every structure that falls back. Default: silent. */
  readonly log?: (line: string) => void;
  /** Yields to the event loop while a step is built. Default: no pause. */
  readonly breathe?: () => Promise<void>;
}

/** Activates a backend and decides whether steps are compiled. Throws `BackendUnavailableError`. */
export async function useTraining({ backend: force, log, ...steps }: TrainingOptions = {}): Promise<Training> {
  const backend = await useBackend({ force, log });
  return { backend, compiled: chooseTrainingSteps({ ...steps, backend: backend.name, log }) };
}
