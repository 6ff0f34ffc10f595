import { DEFAULT_LIMITS } from '../engine.ts';
import type { EngineEntry } from '../engine-entry.ts';

/** `webgpu` in the table of engines; what it needs is loaded when it is looked for. */
export const webgpuEntry: EngineEntry = {
  name: 'webgpu',
  description: 'circuit and adjoint in one dispatch on a GPU of any vendor (Dawn)',
  capabilities: { precisions: ['float32'], noise: false, limits: DEFAULT_LIMITS },
  async find() {
    try {
      const { findAdapter } = await import('./adapter.ts');
      const { name, isSoftware } = await findAdapter();
      if (!isSoftware) return { available: true, detail: name };
      return {
        available: true,
        automatic: false,
        detail: `${name} is a program on the processor: for tests, never chosen by auto`,
      };
    } catch (error) {
      return { available: false, reason: (error as Error).message };
    }
  },
  async create() {
    const { createWebgpuEngine } = await import('./webgpu-engine.ts');
    return createWebgpuEngine();
  },
};
