import { createRequire } from 'node:module';
import path from 'node:path';
import { deviceProblem } from './device-problem.ts';
import type { ProviderName } from './provider-name.ts';

/** A tensor of onnxruntime. */
export interface RuntimeTensor {
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** Tensors by name. */
export type RuntimeTensors = Record<string, RuntimeTensor>;

/** A loaded model. */
export interface Session {
  /**
   * Runs it synchronously, on this thread and the session's threads. An output that is given (not null) is written in
   * place.
   */
  run(inputs: RuntimeTensors, outputs: Record<string, RuntimeTensor | null>): RuntimeTensors;
  dispose(): void;
}

/** onnxruntime-node, loaded. */
export interface Runtime {
  readonly version: string;
  /** Providers that the build can load, whether or not the machine has the device. */
  readonly providers: readonly ProviderName[];
  /** Why a provider of {@link providers} cannot run on this machine; undefined if it seems able to. */
  problem(provider: ProviderName): string | undefined;
  /** Loads a model. Throws the error of onnxruntime. */
  createSession(onnx: Uint8Array, provider: ProviderName, threads: number): Session;
  /** Creates a tensor over this memory without a copy. */
  tensor(dtype: string, data: RuntimeTensor['data'], shape: readonly number[]): RuntimeTensor;
}

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(inputs: RuntimeTensors, outputs: Record<string, RuntimeTensor | null>, options: object): RuntimeTensors;
  dispose(): void;
}

interface Binding {
  readonly binding: {
    readonly InferenceSession: new () => NativeSession;
    listSupportedBackends(): { name: string }[];
  };
  initOrt(): void;
}

interface Package {
  readonly Tensor: new (dtype: string, data: RuntimeTensor['data'], dims: readonly number[]) => RuntimeTensor;
}

const PACKAGE = 'onnxruntime-node';

function load(): Runtime {
  const require = createRequire(import.meta.url);
  // Disables its telemetry, which version 1.30 enables by default on Linux too and which sends usage data to its
  // vendor. It must be enabled explicitly.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  const { Tensor } = require(PACKAGE) as Package;
  // The package's own session is a promise around this one: the native call is synchronous, and so is a training step.
  const { binding, initOrt } = require(`${PACKAGE}/dist/binding.js`) as Binding;
  const { version } = require(`${PACKAGE}/package.json`) as { version: string };
  initOrt();
  const names = binding.listSupportedBackends().map(({ name }) => name);
  return {
    version,
    providers: (['cpu', 'cuda', 'webgpu'] as const).filter((name) => names.includes(name)),
    problem: (provider) => deviceProblem(provider, path.dirname(require.resolve(`${PACKAGE}/package.json`))),
    createSession(onnx, provider, threads) {
      const session = new binding.InferenceSession();
      session.loadModel(onnx.buffer, onnx.byteOffset, onnx.byteLength, {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        // Warnings about nodes that a provider leaves to the CPU are suppressed.
        logSeverityLevel: 3,
      });
      return {
        run: (inputs, outputs) => session.run(inputs, outputs, {}),
        dispose: () => session.dispose(),
      };
    },
    tensor: (dtype, data, shape) => new Tensor(dtype, data, shape),
  };
}

/** Why there is no {@link Runtime}. */
export interface MissingRuntime {
  readonly missing: string;
}

let loaded: Runtime | MissingRuntime | undefined;

/** onnxruntime-node, or why it cannot be loaded here: it is an optional dependency. */
export function loadRuntime(): Runtime | MissingRuntime {
  if (!loaded) {
    try {
      loaded = load();
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      const absent = (error as { code?: string }).code === 'MODULE_NOT_FOUND' && reason.includes(`'${PACKAGE}'`);
      loaded = { missing: absent ? `package ${PACKAGE} is not installed` : `${PACKAGE} cannot be loaded: ${reason}` };
    }
  }
  return loaded;
}
