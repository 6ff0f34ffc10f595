import { hasVulkanDriver } from './vulkan-drivers.ts';
import { type BufferUsages, loadWebgpu, WebgpuUnavailableError } from './webgpu-package.ts';

/** Information about an adapter; newer than the types in use. */
interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter: boolean;
}

/** An adapter with the objects needed to use it. */
export interface FoundAdapter {
  /** Dawn itself; must outlive the adapter's devices. */
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  readonly usage: BufferUsages;
  readonly mapRead: number;
  readonly computeStage: number;
  /** Human-readable, such as `NVIDIA H100 (nvidia hopper)`. */
  readonly name: string;
  /** Whether it is a software implementation on the CPU, such as SwiftShader or llvmpipe: for tests, not for speed. */
  readonly isSoftware: boolean;
}

/** Looks for the fastest adapter. Throws {@link WebgpuUnavailableError} with what is missing. */
export async function findAdapter(): Promise<FoundAdapter> {
  if (!hasVulkanDriver()) {
    throw new WebgpuUnavailableError(
      'no Vulkan driver is installed (none in icd.d of /etc/vulkan and /usr/share/vulkan, VK_DRIVER_FILES is not set)',
    );
  }
  const { create, globals } = loadWebgpu();
  // Kernels write workgroup memory before they read it; zeroing it costs some drivers seconds at compilation. Their
  // indices are generated for the sizes of their buffers; clamping each costs time in every pass.
  const gpu = create(['enable-dawn-features=disable_workgroup_init,disable_robustness']);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new WebgpuUnavailableError(
      process.platform === 'linux'
        ? 'no WebGPU adapter: the Vulkan loader (libvulkan.so.1) or a working Vulkan driver is missing'
        : 'no WebGPU adapter: no graphics driver that Dawn can use',
    );
  }
  const { info } = adapter as unknown as { readonly info: AdapterInfo };
  const { vendor, architecture, description, device } = info;
  const name = `${description || device || 'unnamed adapter'} (${[vendor, architecture].filter(Boolean).join(' ')})`;
  return {
    gpu,
    adapter,
    usage: globals.GPUBufferUsage,
    mapRead: globals.GPUMapMode.READ,
    computeStage: globals.GPUShaderStage.COMPUTE,
    name,
    isSoftware: isSoftware(info),
  };
}

/** Dawn reports adapters of type CPU; the names are for drivers that do not report it. */
function isSoftware({ isFallbackAdapter, architecture, description }: AdapterInfo): boolean {
  return isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|warp|software/i.test(`${architecture} ${description}`);
}
