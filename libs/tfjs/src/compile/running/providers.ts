import { availableParallelism } from 'node:os';
import type { ProviderName } from './provider-name.ts';
import { loadRuntime, type MissingRuntime, type Runtime } from './runtime.ts';

/** Availability of one provider for compiled functions. */
export interface ProviderFinding {
  readonly name: ProviderName;
  readonly available: boolean;
  /** The version, or why it is not available. */
  readonly reason: string;
}

/** A provider with its number of threads (of the CPU; others have their own). */
export interface Placement {
  readonly provider: ProviderName;
  readonly threads: number;
}

/**
 * Returns the providers of this machine, with reasons for missing ones, for diagnostics. Loads onnxruntime-node unless
 * it is given, and creates no session.
 *
 * @example for (const { name, available, reason } of listProviders()) console.log(name, available, reason);
 */
export function listProviders(runtime: Runtime | MissingRuntime = loadRuntime()): ProviderFinding[] {
  const names: readonly ProviderName[] = ['cpu', 'cuda', 'webgpu'];
  return names.map((name) => {
    if ('missing' in runtime) return { name, available: false, reason: runtime.missing };
    if (!runtime.providers.includes(name)) {
      return { name, available: false, reason: `not in this build of onnxruntime-node ${runtime.version}` };
    }
    const problem = runtime.problem(name);
    return problem === undefined
      ? { name, available: true, reason: `onnxruntime-node ${runtime.version}` }
      : { name, available: false, reason: problem };
  });
}

/**
 * Number of buffers that a kernel of WebGPU may have on every device. Source: the specification's default for
 * maxStorageBuffersPerShaderStage.
 */
const WEBGPU_BUFFERS = 8;

/**
 * Maximum number of parts of one tensor that a graph for a provider may take: WebGPU's Split has a buffer for its
 * input, each of its parts and each gap between two of them.
 */
export const mostParts = (provider: ProviderName | 'auto'): number =>
  provider === 'webgpu' || provider === 'auto' ? WEBGPU_BUFFERS / 2 : Number.POSITIVE_INFINITY;

/**
 * Placements that `auto` tries: the CPU with one thread and, if there are two cores, with two; and every other
 * available provider.
 */
export function candidates(
  findings: readonly ProviderFinding[],
  cores: number = availableParallelism(),
): readonly Placement[] {
  const present = findings.filter(({ available }) => available).map(({ name }) => name);
  return present.flatMap((provider): Placement[] => {
    if (provider !== 'cpu') return [{ provider, threads: 1 }];
    return cores > 1 ? [1, 2].map((threads) => ({ provider, threads })) : [{ provider, threads: 1 }];
  });
}
