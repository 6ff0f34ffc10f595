/** Limits of a device. */
export interface DeviceLimits {
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly maxStorageBufferBindingSize: number;
}

/** How a circuit is laid out on a device. */
export interface KernelShape {
  readonly qubits: number;
  /** Where φ and λ are: in the workgroup's memory, or in buffers. */
  readonly memory: 'workgroup' | 'storage';
  /** Threads per sample; a power of two. */
  readonly threads: number;
  /** Number of blocks of amplitudes that each thread handles in a pass. */
  readonly blocks: number;
  /** Samples per workgroup: several if one would leave most of a multiprocessor's lanes idle. */
  readonly samples: number;
  /** Threads per workgroup: threads · samples. */
  readonly workgroup: number;
  /** Number of vectors of four sums that a workgroup reduces at once. */
  readonly sumVectors: number;
}

/** Size of a complex amplitude. Unit: bytes. */
export const AMPLITUDE_BYTES = 8;
/** Minimum number of threads per workgroup. */
const SMALL_WORKGROUP = 64;
const VECTOR_BYTES = 16;

/**
 * φ and λ are in the workgroup's memory if both fit, with a vector of partial sums per thread: n ≤ 10 in 32 KiB; else
 * in buffers. `memory` forces one of the two.
 */
export function shapeKernel(
  qubits: number,
  width: number,
  limits: DeviceLimits,
  memory?: KernelShape['memory'],
): KernelShape {
  const most = 2 ** Math.floor(Math.log2(limits.maxComputeInvocationsPerWorkgroup));
  const threads = Math.min(2 ** (qubits - width), most);
  const state = 2 * AMPLITUDE_BYTES * 2 ** qubits;
  const room = limits.maxComputeWorkgroupStorageSize;
  const fits = state + VECTOR_BYTES * threads <= room;
  const where = memory ?? (fits ? 'workgroup' : 'storage');
  const wanted = where === 'storage' ? 1 : Math.max(1, Math.floor(Math.min(SMALL_WORKGROUP, most) / threads));
  const samples = Math.max(1, Math.min(wanted, 2 ** Math.floor(Math.log2(room / (state + VECTOR_BYTES * threads)))));
  const workgroup = threads * samples;
  const left = room - (where === 'workgroup' ? samples * state : 0);
  const sumVectors = Math.max(1, Math.min(4, Math.floor(left / (VECTOR_BYTES * workgroup))));
  const blocks = 2 ** (qubits - width) / threads;
  return { qubits, memory: where, threads, blocks, samples: where === 'storage' ? 1 : samples, workgroup, sumVectors };
}
