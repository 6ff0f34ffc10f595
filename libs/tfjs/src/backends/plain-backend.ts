import { registerFusedKernels } from '../kernels/fused-kernels.ts';

/** Registers the plain JavaScript backend with our fused kernels, and returns its name. */
export async function prepareCpuBackend(): Promise<string> {
  await import('@tensorflow/tfjs-backend-cpu');
  registerFusedKernels('cpu');
  return 'cpu';
}
