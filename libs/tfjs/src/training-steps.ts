import { createArrayStepBuilder } from './array-step.ts';
import type { BackendName } from './backend.ts';
import { BackendUnavailableError } from './backend-errors.ts';
import { loadRuntime, type MissingRuntime, type Runtime } from './compile/runtime.ts';
import { createStepCache, type StepCache } from './step-cache.ts';

/** Whether training steps are compiled: where it is faster, always or not at all, or never. */
export const COMPILED_MODES = ['auto', 'on', 'off'] as const;

/** One of {@link COMPILED_MODES}. */
export type CompiledMode = (typeof COMPILED_MODES)[number];

/** Compiled steps, and what to do where one cannot be compiled or run. */
export interface TrainingSteps extends StepCache {
  /** Told why; the caller then goes on eagerly from the state it has. Absent: the caller fails with that error. */
  readonly fallBack?: (what: string, error: unknown) => void;
}

/** What was chosen, in the form of a backend's finding. */
export interface TrainingStepsChoice {
  /** Absent: train eagerly. */
  readonly steps?: TrainingSteps;
  readonly available: boolean;
  /** Why, in one line. */
  readonly reason: string;
}

/** Options of {@link chooseTrainingSteps}. */
export interface TrainingStepsOptions {
  /** Default `auto`. */
  readonly mode?: CompiledMode;
  /** The TensorFlow.js backend that eager steps run on. */
  readonly backend: BackendName;
  /** Told what was chosen, and of every structure that falls back. Default: silent. */
  readonly log?: (line: string) => void;
  /** Lets the event loop run while a step is built. Default: no pause. */
  readonly breathe?: () => Promise<void>;
  /** Default: onnxruntime-node, where it is installed. */
  readonly runtime?: Runtime | MissingRuntime;
}

/**
 * Decides whether training steps are compiled. `auto` compiles wherever onnxruntime-node can be loaded: at every size measured, fits
 * of a structure have made up for its compilation within some 70 steps. Beside libtensorflow on a GPU, which is not measured, it does not.
 *
 * Throws {@link BackendUnavailableError} when `on` is asked for and onnxruntime-node cannot be loaded.
 */
export function chooseTrainingSteps(options: TrainingStepsOptions): TrainingStepsChoice {
  const choice = choose(options);
  options.log?.(`compiled training steps: ${choice.steps ? 'in use' : 'not in use'} (${choice.reason})`);
  return choice;
}

function choose({ mode = 'auto', backend, log, breathe, ...given }: TrainingStepsOptions): TrainingStepsChoice {
  if (mode === 'off') return { available: false, reason: "not tried: 'off' is asked for" };
  const runtime = given.runtime ?? loadRuntime();
  if ('missing' in runtime) {
    if (mode === 'auto') return { available: false, reason: runtime.missing };
    throw new BackendUnavailableError(`compiled training steps are 'on', but ${runtime.missing}; use 'auto' or 'off'`);
  }
  const version = `onnxruntime-node ${runtime.version}`;
  if (mode === 'auto' && backend === 'tfjs-node-gpu') {
    return { available: true, reason: `${version}; not measured against ${backend}, which trains eagerly` };
  }
  const cache = createStepCache(createArrayStepBuilder({ breathe }));
  const fallBack = (what: string, error: unknown): void => {
    log?.(`compiled training steps: ${what} goes on eagerly: ${error instanceof Error ? error.message : error}`);
  };
  const reason = `${version}, CPU, one thread${mode === 'on' ? '; forced' : ''}`;
  return { steps: mode === 'on' ? cache : Object.assign(cache, { fallBack }), available: true, reason };
}
