import { DEFAULT_LIMITS } from './engine.ts';
import type { EngineEntry } from './engine-entry.ts';
import { createReferenceEngine } from './reference-engine.ts';
import { tfjsEntry } from './tfjs/tfjs-entry.ts';
import { createWasmEngine, WASM_LIMITS } from './wasm/wasm-engine.ts';
import { allowWideVectors, mayWiden } from './wasm/wide-vectors.ts';
import { webgpuEntry } from './webgpu/webgpu-entry.ts';

/** SIMD is available in every V8 on x64 and arm64. */
const wasm: EngineEntry = {
  name: 'wasm',
  description: 'compiled per circuit to WebAssembly SIMD',
  capabilities: { precisions: ['float32', 'float64'], noise: false, limits: WASM_LIMITS },
  find: async () => ({
    available: true,
    detail: `WebAssembly SIMD${mayWiden() ? ', 256 bits wide with AVX2' : ''}`,
  }),
  async create(options) {
    allowWideVectors();
    return createWasmEngine(options);
  },
};

/** All engines. This table is the only place where a new engine is registered. */
export const ENGINES: readonly EngineEntry[] = [
  wasm,
  {
    name: 'reference',
    description: 'gate by gate in float64, the reference of every test',
    capabilities: { precisions: ['float64'], noise: false, limits: DEFAULT_LIMITS },
    find: async () => ({ available: true, detail: 'plain JavaScript' }),
    create: async () => createReferenceEngine(),
  },
  webgpuEntry,
  tfjsEntry,
];
