import { createRequire } from 'node:module';
import type { EngineEntry } from '../engine-entry.ts';
import { TFJS_LIMITS } from './tfjs-limits.ts';

const require = createRequire(import.meta.url);

/** Entry `tfjs` of the table of engines; TensorFlow.js is loaded when the engine is started. */
export const tfjsEntry: EngineEntry = {
  name: 'tfjs',
  description: 'batched tensor operations of TensorFlow.js, for CUDA',
  capabilities: { precisions: ['float32'], noise: false, limits: TFJS_LIMITS },
  async find() {
    const native = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'].find(isInstalled);
    if (native !== undefined) return { available: true, detail: native };
    // The WebAssembly backend without threads is always available and never the fastest, so TensorFlow.js is not loaded
    // to measure it.
    const detail = 'on the CPU, never chosen by auto: for CUDA install @tensorflow/tfjs-node-gpu';
    return { available: true, automatic: false, detail };
  },
  async create() {
    const { createTfjsEngine } = await import('./tfjs-engine.ts');
    return createTfjsEngine();
  },
};

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
