import { DEFAULT_LIMITS } from '../engine.ts';
import type { EngineEntry } from '../engine-entry.ts';

/** Entry `webgpu` of the table of engines; its packages are loaded when `find` is called. */
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
        detail: `${name} is a software implementation on the CPU: for tests, never chosen by auto`,
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
