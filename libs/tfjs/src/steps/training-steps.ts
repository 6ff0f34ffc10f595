import type { BackendName } from '../backends/backend.ts';
import { BackendUnavailableError } from '../backends/backend-errors.ts';
import { listProviders, type ProviderFinding } from '../compile/running/providers.ts';
import { loadRuntime, type MissingRuntime, type Runtime } from '../compile/running/runtime.ts';
import { createArrayStepBuilder } from './array-step.ts';
import { createStepCache, type StepCache } from './step-cache.ts';

/** Whether training steps are compiled: if it is faster, required, or never. */
const COMPILED_MODES = ['auto', 'on', 'off'] as const;

/** One of {@link COMPILED_MODES}. */
export type CompiledMode = (typeof COMPILED_MODES)[number];

/** Execution provider of compiled steps, or the fastest one of each graph. */
const COMPILED_PROVIDERS = ['cpu', 'cuda', 'webgpu', 'auto'] as const;

/** One of {@link COMPILED_PROVIDERS}. */
export type CompiledProvider = (typeof COMPILED_PROVIDERS)[number];

/** Compiled steps, and the handling of a step that cannot be compiled or run. */
export interface TrainingSteps extends StepCache {
  /**
   * Called with the reason; the caller then continues eagerly from its current state. Absent: the caller fails with
   * that error.
   */
  readonly fallBack?: (what: string, error: unknown) => void;
}

/** The choice, in the form of a backend's finding. */
export interface TrainingStepsChoice {
  /** Absent: training is eager. */
  readonly steps?: TrainingSteps;
  /** Their provider; absent if training is eager. */
  readonly provider?: CompiledProvider;
  readonly available: boolean;
  /** The reason, in one line. */
  readonly reason: string;
  /** The execution providers of onnxruntime, whether they are available, and why not. */
  readonly providers: readonly ProviderFinding[];
}

/** Options of {@link chooseTrainingSteps}. */
export interface TrainingStepsOptions {
  /** Default `auto`. */
  readonly mode?: CompiledMode;
  /**
   * Default `cpu`, with one thread: only then a seed gives the same bits on every replica. `auto` depends on
   * measurements, and other providers sum in a different order.
   */
  readonly provider?: CompiledProvider;
  /** The TensorFlow.js backend that eager steps run on. */
  readonly backend: BackendName;
  /** Called with the choice, and with every structure that falls back. Default: silent. */
  readonly log?: (line: string) => void;
  /** Yields to the event loop while a step is built. Default: no pause. */
  readonly breathe?: () => Promise<void>;
  /** Default: onnxruntime-node, if it is installed. */
  readonly runtime?: Runtime | MissingRuntime;
}

/**
 * Decides whether training steps are compiled. `auto` compiles wherever onnxruntime-node can be loaded: at every size
 * measured, the compilation of a structure paid off within about 70 steps. With libtensorflow on a GPU, which is not
 * measured, it does not compile. An unavailable provider is replaced by the CPU.
 *
 * Throws {@link BackendUnavailableError} for `on` if onnxruntime-node cannot be loaded, or the provider is not
 * available.
 */
export function chooseTrainingSteps(options: TrainingStepsOptions): TrainingStepsChoice {
  const choice = choose(options);
  options.log?.(`compiled training steps: ${choice.steps ? 'in use' : 'not in use'} (${choice.reason})`);
  return choice;
}

function choose(options: TrainingStepsOptions): TrainingStepsChoice {
  const { mode = 'auto', provider = 'cpu', backend, log, breathe, runtime = loadRuntime() } = options;
  const providers = listProviders(runtime);
  if (mode === 'off') return { available: false, reason: "not tried: 'off' is asked for", providers };
  if ('missing' in runtime) {
    if (mode === 'auto') return { available: false, reason: runtime.missing, providers };
    throw new BackendUnavailableError(`compiled training steps are 'on', but ${runtime.missing}; use 'auto' or 'off'`);
  }
  const version = `onnxruntime-node ${runtime.version}`;
  if (mode === 'auto' && backend === 'tfjs-node-gpu') {
    const reason = `${version}; not measured against ${backend}, which trains eagerly`;
    return { available: true, reason, providers };
  }
  const place = placeOf(provider, providers, mode);
  const cache = createStepCache(createArrayStepBuilder({ provider: place.provider, log, breathe, runtime }));
  const fallBack = (what: string, error: unknown): void => {
    log?.(`compiled training steps: ${what} continues eagerly: ${error instanceof Error ? error.message : error}`);
  };
  const steps = mode === 'on' ? cache : Object.assign(cache, { fallBack });
  const reason = `${version}, ${place.name}${mode === 'on' ? '; forced' : ''}`;
  return { steps, provider: place.provider, available: true, reason, providers };
}

/** The provider of steps, and its name in messages. */
function placeOf(
  provider: CompiledProvider,
  providers: readonly ProviderFinding[],
  mode: CompiledMode,
): { provider: CompiledProvider; name: string } {
  const cpu = 'CPU, one thread';
  if (provider === 'cpu') return { provider, name: cpu };
  if (provider === 'auto') return { provider, name: 'the fastest provider of each graph' };
  const finding = providers.find(({ name }) => name === provider);
  if (finding?.available) return { provider, name: provider };
  if (mode === 'on') {
    const problem = `compiled training steps are 'on', but not on ${provider}: ${finding?.reason}`;
    throw new BackendUnavailableError(`${problem}; use 'auto' or another provider`);
  }
  return { provider: 'cpu', name: `${cpu}, since ${provider} is not available: ${finding?.reason}` };
}
