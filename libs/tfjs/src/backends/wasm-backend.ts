import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { registerFusedKernels } from '../kernels/fused-kernels.ts';
import { borrowMissingKernels } from '../kernels/wasm/borrowed-kernels.ts';
import { registerWasmConvolutions } from '../kernels/wasm/convolution.ts';
import { registerWasmMatMul } from '../kernels/wasm/mat-mul.ts';
import { registerWasmSlice } from '../kernels/wasm/slice.ts';

const require = createRequire(import.meta.url);
let prepared = false;

/**
 * Registers the WebAssembly backend (SIMD, one thread: two were slower at these sizes), completes and corrects its
 * kernels, and returns its name.
 */
export async function prepareWasmBackend(): Promise<string> {
  if (prepared) return 'wasm';
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const folder = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  wasm.setWasmPaths(`${path.join(folder, 'dist')}${path.sep}`);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const restoreHandlers = rememberProcessHandlers();
  try {
    if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly module could not be instantiated');
  } finally {
    restoreHandlers();
  }
  await import('@tensorflow/tfjs-backend-cpu');
  registerWasmMatMul();
  registerWasmConvolutions();
  registerWasmSlice();
  registerFusedKernels('wasm');
  borrowMissingKernels();
  prepared = true;
  return 'wasm';
}

/**
 * Emscripten's loader adds handlers that rethrow every unhandled rejection and exception of the process, which would
 * override the process's own error handling. The returned function removes the handlers that were added since.
 */
function rememberProcessHandlers(): () => void {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  return () => {
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i].has(listener)) process.removeListener(event, listener);
      }
    });
  };
}
