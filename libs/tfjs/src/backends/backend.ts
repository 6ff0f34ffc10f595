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

/** What was found out about one backend. */
export interface BackendFinding {
  readonly name: BackendName;
  readonly available: boolean;
  /** Why it was chosen, passed over or not available. */
  readonly reason: string;
}

/** The backend in use, and everything that was considered on the way to it. */
export interface BackendChoice {
  readonly name: BackendName;
  readonly considered: readonly BackendFinding[];
}

/** Options of {@link useBackend}. */
export interface UseBackendOptions {
  /** Take this one or fail. Default: the best that is present. The empty string means the default. */
  readonly force?: string;
  /** Told in one line what was chosen and why. Default: silent. */
  readonly log?: (line: string) => void;
}

const PREPARE: Record<BackendName, () => Promise<string>> = {
  'tfjs-node-gpu': () => prepareNativeBackend('@tensorflow/tfjs-node-gpu'),
  'tfjs-node': () => prepareNativeBackend('@tensorflow/tfjs-node'),
  wasm: prepareWasmBackend,
  cpu: prepareCpuBackend,
};

/** TensorFlow.js keeps one engine a process, so its backend is one a process as well. */
let current: BackendChoice | undefined;
/** Choices are made one after the other: each replaces kernels of the engine. */
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
 * Makes the best TensorFlow.js backend present the one in use, with the kernels that training needs and right
 * second-order gradients, and says which it is. Calling it again is cheap; forcing another backend switches.
 *
 * Throws {@link BackendUnavailableError} when the forced backend is unknown or not available here.
 *
 * @example
 * const { name } = await useBackend({ force: process.env.TFJS_BACKEND, log: console.error });
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
