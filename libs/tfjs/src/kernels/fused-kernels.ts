import { registerAdamKernel, registerEmaKernel } from './adam-kernel.ts';
import { registerAffineKernels } from './affine.ts';
import { registerBatchStdKernels } from './batch-std.ts';
import { registerConv1dKernels } from './conv1d-kernels.ts';
import { registerDrawGaussianKernels } from './draw-gaussian.ts';
import { registerFlatKernels } from './flat-kernels.ts';
import type { HeapBackendName } from './heap-kernel.ts';
import { registerLeakyReluKernels } from './leaky-relu.ts';
import { registerReductionKernels } from './reductions.ts';
import { registerRowDotKernels } from './row-dot.ts';
import { registerSwishKernels } from './swish.ts';

/** Registers our fused kernels on a backend whose memory JavaScript can access. */
export function registerFusedKernels(backendName: HeapBackendName): void {
  registerAdamKernel(backendName);
  registerEmaKernel(backendName);
  registerAffineKernels(backendName);
  registerBatchStdKernels(backendName);
  registerConv1dKernels(backendName);
  registerDrawGaussianKernels(backendName);
  registerFlatKernels(backendName);
  registerLeakyReluKernels(backendName);
  registerReductionKernels(backendName);
  registerRowDotKernels(backendName);
  registerSwishKernels(backendName);
}
