import { createBatchedEngine } from './batched/batched-engine.ts';
import { DEFAULT_LIMITS } from './engine.ts';
import type { EngineEntry } from './engine-entry.ts';
import { createReferenceEngine } from './reference-engine.ts';
import { tfjsEntry } from './tfjs/tfjs-entry.ts';
import { webgpuEntry } from './webgpu/webgpu-entry.ts';

const always = async () => ({ available: true as const, detail: 'plain JavaScript' });

/** Every engine there is. A new engine is added here and nowhere else. */
export const ENGINES: readonly EngineEntry[] = [
  {
    name: 'batched-js',
    description: 'batches in plain JavaScript',
    capabilities: { precisions: ['float64'], noise: false, limits: DEFAULT_LIMITS },
    find: always,
    create: async () => createBatchedEngine(),
  },
  {
    name: 'reference',
    description: 'gate by gate, the oracle of every test',
    capabilities: { precisions: ['float64'], noise: false, limits: DEFAULT_LIMITS },
    find: always,
    create: async () => createReferenceEngine(),
  },
  webgpuEntry,
  tfjsEntry,
];
