import * as tf from '@tensorflow/tfjs-core';
// tfjs-core alone registers no gradients in Node; this package's bundle does.
import '@tensorflow/tfjs-layers';
import { registerSecondOrderGradients } from '../kernels/second-order-gradients.ts';
import { BackendUnavailableError } from './backend-errors.ts';
import { prepareNativeBackend } from './native-backend.ts';
import { prepareCpuBackend } from './plain-backend.ts';
import { prepareWasmBackend } from './wasm-backend.ts';

/** The backends of TensorFlow.js that are known here, best first. */
const BACKEND_NAMES = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const;

/** One of {@link BACKEND_NAMES}: libtensorflow on CUDA, libtensorflow, WebAssembly (SIMD), plain JavaScript. */
export type BackendName = (typeof BACKEND_NAMES)[number];

/** Availability of one backend. */
export interface BackendFinding {
  readonly name: BackendName;
  readonly available: boolean;
  /** Why it was chosen, not chosen, or is not available. */
  readonly reason: string;
}

/** The backend in use, and all backends that were considered. */
export interface BackendChoice {
  readonly name: BackendName;
  readonly considered: readonly BackendFinding[];
}

/** Options of {@link useBackend}. */
export interface UseBackendOptions {
  /** Require this backend. Default: the best available one. The empty string means the default. */
  readonly force?: string;
  /** Called with one line on the choice and its reason. Default: silent. */
  readonly log?: (line: string) => void;
}

const PREPARE: Record<BackendName, () => Promise<string>> = {
  'tfjs-node-gpu': () => prepareNativeBackend('@tensorflow/tfjs-node-gpu'),
  'tfjs-node': () => prepareNativeBackend('@tensorflow/tfjs-node'),
  wasm: prepareWasmBackend,
  cpu: prepareCpuBackend,
};

/** TensorFlow.js has one engine per process, and therefore one backend per process. */
let current: BackendChoice | undefined;
/** Choices are made one after the other, because each replaces kernels of the engine. */
let last: Promise<unknown> = Promise.resolve();

function isBackendName(name: string): name is BackendName {
  return (BACKEND_NAMES as readonly string[]).includes(name);
}

async function tryBackend(name: BackendName): Promise<BackendFinding> {
  try {
    const engineName = await PREPARE[name]();
    if (!(await tf.setBackend(engineName))) throw new Error(`TensorFlow.js could not initialize '${engineName}'`);
    return { name, available: true, reason: 'the best one present' };
  } catch (error) {
    return { name, available: false, reason: error instanceof Error ? error.message.split('\n')[0] : String(error) };
  }
}

/**
 * Activates the best available TensorFlow.js backend, with the kernels that training needs and correct second-order
 * gradients, and returns the choice. Repeated calls are cheap; forcing another backend switches.
 *
 * Throws {@link BackendUnavailableError} when the forced backend is unknown or not available here.
 *
 * @example const { name } = await useBackend({ force: process.env.TFJS_BACKEND, log: console.error });
 */
export function useBackend(options: UseBackendOptions = {}): Promise<BackendChoice> {
  const choice = last.then(() => choose(options));
  last = choice.catch(() => undefined);
  return choice;
}

async function choose({ force, log }: UseBackendOptions): Promise<BackendChoice> {
  if (force && !isBackendName(force)) {
    throw new BackendUnavailableError(`TensorFlow.js backend '${force}': unknown; one of ${BACKEND_NAMES.join(', ')}`);
  }
  if (current && (!force || current.name === force)) return current;
  tf.enableProdMode();
  const considered: BackendFinding[] = [];
  for (const name of BACKEND_NAMES) {
    if (force && name !== force) {
      considered.push({ name, available: false, reason: `not tried: '${force}' is forced` });
      continue;
    }
    const finding = await tryBackend(name);
    considered.push(force && finding.available ? { ...finding, reason: 'forced' } : finding);
    if (!finding.available) continue;
    registerSecondOrderGradients();
    current = { name, considered };
    log?.(`TensorFlow.js backend: ${describeChoice(current)}`);
    return current;
  }
  const why = considered.filter((finding) => !finding.reason.startsWith('not tried')).map(describeFinding);
  throw new BackendUnavailableError(`no TensorFlow.js backend is available: ${why.join('; ')}`);
}

function describeFinding({ name, reason }: BackendFinding): string {
  return `${name} (${reason})`;
}

/** A choice in one line, for logs and diagnostics: `wasm (the best one present); not tfjs-node-gpu (…), …`. */
export function describeChoice({ name, considered }: BackendChoice): string {
  const chosen = considered.find((finding) => finding.name === name);
  const passedOver = considered.filter((finding) => finding.name !== name).map(describeFinding);
  const rest = passedOver.length > 0 ? `; not ${passedOver.join(', ')}` : '';
  return `${name} (${chosen?.reason})${rest}`;
}
