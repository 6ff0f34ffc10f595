import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { ProviderName } from './provider-name.ts';

const NVIDIA = '/dev/nvidia0';
const GRAPHICS = '/dev/dri';

function cudaProblem(packageFolder: string): string | undefined {
  const library = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  if (process.platform === 'linux' && !existsSync(NVIDIA)) return `no NVIDIA device (${NVIDIA})`;
  if (!existsSync(path.join(packageFolder, 'bin', 'napi-v6', process.platform, process.arch, library))) {
    return `${library} is not installed: npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12`;
  }
  return undefined;
}

/** An adapter that renders on the CPU is not useful: on Linux a GPU has a render node. */
function webgpuProblem(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const nodes = existsSync(GRAPHICS) ? readdirSync(GRAPHICS).filter((name) => name.startsWith('renderD')) : [];
  return nodes.length > 0 || existsSync(NVIDIA) ? undefined : `no graphics device (${GRAPHICS}/renderD*)`;
}

/**
 * Why this machine cannot run an execution provider, according to its devices and libraries; undefined if nothing is
 * missing.
 */
export function deviceProblem(provider: ProviderName, packageFolder: string): string | undefined {
  if (provider === 'cuda') return cudaProblem(packageFolder);
  return provider === 'webgpu' ? webgpuProblem() : undefined;
}
