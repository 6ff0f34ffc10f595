/// <reference types="@webgpu/types" />

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The exports of the npm package `webgpu` (Dawn). */
export interface WebgpuPackage {
  /** Starts Dawn; the returned object must be kept as long as its devices are used. */
  create(options: string[]): GPU;
  readonly globals: {
    readonly GPUBufferUsage: BufferUsages;
    readonly GPUMapMode: { readonly READ: number };
    readonly GPUShaderStage: { readonly COMPUTE: number };
  };
}

/** Flags of a buffer's usage. */
export interface BufferUsages {
  readonly MAP_READ: number;
  readonly COPY_SRC: number;
  readonly COPY_DST: number;
  readonly UNIFORM: number;
  readonly STORAGE: number;
}

const require = createRequire(import.meta.url);

/** Thrown when the package or an adapter is missing. The message says which, and how to install it. */
export class WebgpuUnavailableError extends Error {
  override name = 'WebgpuUnavailableError';
  readonly code = 'unavailable';
}

/**
 * Loads the optional package `webgpu`: the addon that its index.js exports. Throws {@link WebgpuUnavailableError} when
 * it is not installed or has no build for this system.
 */
export function loadWebgpu(): WebgpuPackage {
  let folder: string;
  try {
    folder = dirname(require.resolve('webgpu/package.json'));
  } catch {
    throw new WebgpuUnavailableError('the optional npm package webgpu is not installed (npm install)');
  }
  const system = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`;
  try {
    return require(join(folder, 'dist', system, 'dawn.node')) as WebgpuPackage;
  } catch (error) {
    const why = (error as Error).message.split('\n')[0];
    throw new WebgpuUnavailableError(`the npm package webgpu does not load on ${system}: ${why}`);
  }
}
