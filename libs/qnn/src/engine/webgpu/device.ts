import { findAdapter } from './adapter.ts';
import type { DeviceLimits } from './kernel-shape.ts';

/** Thrown when the device is lost: the driver restarted, the device was removed, or the engine was disposed of. */
export class WebgpuDeviceLostError extends Error {
  override name = 'WebgpuDeviceLostError';
  readonly code = 'unavailable';
}

/** The inputs and outputs of a kernel. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly buffers: readonly GPUBuffer[];
  readonly workgroups: readonly [number, number];
}

/** A part of a buffer that is read back. */
export interface Region {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}

/** A device with the resources that its kernels share: pipelines by their text, buffers by their name. */
export interface WebgpuDevice {
  /** For people. */
  readonly name: string;
  readonly limits: DeviceLimits;
  /** The pipeline of a kernel's text, compiled once; `bindings` are the kinds of its buffers. */
  pipeline(code: string, bindings: readonly GPUBufferBindingType[]): Promise<GPUComputePipeline>;
  /**
   * A buffer that kernels read and write, of at least this size; the same buffer for the same name while it is large
   * enough.
   */
  storage(name: string, bytes: number): GPUBuffer;
  uniform(words: Uint32Array<ArrayBuffer>): GPUBuffer;
  write(buffer: GPUBuffer, data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): void;
  /** Runs kernels one after the other and reads regions back, each a multiple of four bytes. Throws WebgpuDeviceLostError. */
  run(dispatches: readonly Dispatch[], regions: readonly Region[]): Promise<Float32Array[]>;
  /** Runs `work` exclusively on the device, since compiled circuits share its buffers. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  destroy(): void;
}

/** Starts a device with all limits and features that its adapter allows. Throws WebgpuUnavailableError. */
export async function openDevice(): Promise<WebgpuDevice> {
  const found = await findAdapter();
  const { adapter, usage, mapRead, computeStage, name } = found;
  const { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup } = adapter.limits;
  const { maxComputeWorkgroupsPerDimension, maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: adapter.limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize,
      maxBufferSize,
    },
  });
  let lost: string | null = null;
  device.lost.then(
    ({ message, reason }) => {
      lost ??= `${reason === 'destroyed' ? 'it was destroyed' : message || 'no reason given'}`;
    },
    () => {},
  );
  const check = () => {
    if (lost !== null) throw new WebgpuDeviceLostError(`webgpu: the device ${name} is lost: ${lost}`);
  };
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();
  const buffers = new Map<string, GPUBuffer>();
  const bufferOf = (key: string, bytes: number, flags: number): GPUBuffer => {
    check();
    const known = buffers.get(key);
    if (known && known.size >= bytes) return known;
    known?.destroy();
    const buffer = device.createBuffer({ label: key, size: Math.max(32, Math.ceil(bytes / 4) * 4), usage: flags });
    buffers.set(key, buffer);
    return buffer;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    name,
    limits: {
      maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: Math.min(
        maxComputeInvocationsPerWorkgroup,
        adapter.limits.maxComputeWorkgroupSizeX,
      ),
      maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize: Math.min(maxStorageBufferBindingSize, maxBufferSize),
    },
    pipeline(code, bindings) {
      check();
      const known = pipelines.get(code);
      if (known) return known;
      // Not the automatic layout, which leaves out bindings that a kernel does not use.
      const layout = device.createBindGroupLayout({
        entries: bindings.map((type, binding) => ({ binding, visibility: computeStage, buffer: { type } })),
      });
      const pipeline = device.createComputePipelineAsync({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
      });
      pipelines.set(code, pipeline);
      pipeline.catch(() => pipelines.delete(code));
      return pipeline;
    },
    storage: (key, bytes) => bufferOf(key, bytes, usage.STORAGE | usage.COPY_SRC | usage.COPY_DST),
    uniform(words) {
      const buffer = bufferOf('call', words.byteLength, usage.UNIFORM | usage.COPY_DST);
      device.queue.writeBuffer(buffer, 0, words);
      return buffer;
    },
    write(buffer, data) {
      if (data.byteLength > 0) device.queue.writeBuffer(buffer, 0, data);
    },
    async run(dispatches, regions) {
      check();
      const bytes = regions.reduce((total, region) => total + region.bytes, 0);
      const back = bufferOf('back', bytes, usage.MAP_READ | usage.COPY_DST);
      device.pushErrorScope('validation');
      device.pushErrorScope('out-of-memory');
      const encoder = device.createCommandEncoder();
      for (const { pipeline, buffers: bound, workgroups } of dispatches) {
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        const layout = pipeline.getBindGroupLayout(0);
        const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
        pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
        pass.dispatchWorkgroups(...workgroups);
        pass.end();
      }
      let at = 0;
      for (const { buffer, offset, bytes: length } of regions) {
        if (length > 0) encoder.copyBufferToBuffer(buffer, offset, back, at, length);
        at += length;
      }
      device.queue.submit([encoder.finish()]);
      const failures = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
      const failure = failures.find((one) => one !== null);
      if (failure) throw new Error(`webgpu: ${failure.message}`);
      try {
        await back.mapAsync(mapRead, 0, Math.max(4, bytes));
      } catch (error) {
        check();
        throw new WebgpuDeviceLostError(`webgpu: the device ${name} did not answer: ${(error as Error).message}`);
      }
      const all = new Float32Array(back.getMappedRange(0, Math.max(4, bytes))).slice();
      back.unmap();
      at = 0;
      return regions.map((region) => {
        const from = at / 4;
        at += region.bytes;
        return all.subarray(from, at / 4);
      });
    },
    exclusively(work) {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
    destroy() {
      lost ??= 'the engine was disposed of';
      device.destroy();
      buffers.clear();
      pipelines.clear();
      // Dawn itself must be kept until here.
      void found.gpu;
    },
  };
}
