import * as tf from '@tensorflow/tfjs-core';
import { CompileError } from '../errors.ts';
import type { Value } from '../tracing/graph.ts';
import { callSite } from '../tracing/source-line.ts';
import { BACKEND, symbolicBackend } from '../tracing/symbolic-backend.ts';
import { CONVOLUTIONS } from './convolutions.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { GATHER } from './gather.ts';
import type { Kernel, KernelTable } from './kernel.ts';
import { LINEAR_ALGEBRA } from './linear-algebra.ts';
import { POOLING } from './pooling.ts';
import { REDUCTIONS } from './reductions.ts';
import { SHAPES } from './shapes.ts';

const MAPPED: KernelTable = {
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...SHAPES,
  ...GATHER,
  ...LINEAR_ALGEBRA,
  ...CONVOLUTIONS,
  ...POOLING,
};

/** Names of the kernels of TensorFlow.js that compiled functions may use. */
export const MAPPED_KERNELS: readonly string[] = Object.keys(MAPPED).sort();

const DYNAMIC = ['Unique', 'Where', 'NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5', 'Bincount'];

/** Every kernel that TensorFlow.js names. */
function knownKernels(): string[] {
  const names = Object.entries(tf).filter(([name, value]) => name === value || (value as unknown) === `_${name}`);
  return names.map(([, value]) => value as unknown as string);
}

function refuse(name: string): CompileError {
  const { where, operation } = callSite();
  const what = `compile: the kernel ${name}${operation ? ` of ${operation}` : ''} is used${where}`;
  if (name === 'Multinomial') {
    return new CompileError(
      'HIDDEN_STATE',
      `${what}, which draws random numbers. Pass them as an argument, or by hostInput.`,
    );
  }
  if (DYNAMIC.includes(name)) {
    return new CompileError(
      'DYNAMIC_SHAPE',
      `${what}; the shape of its result depends on values. Call it outside and pass the result as an argument, or use a mask.`,
    );
  }
  return new CompileError(
    'UNMAPPED_KERNEL',
    `${what}, which has no counterpart in ONNX here. Compose it of other operations, or call it outside and pass the result as an ` +
      'argument.',
  );
}

function record(name: string, kernel: Kernel): tf.KernelConfig['kernelFunc'] {
  return ({ inputs, attrs }) => {
    const backend = symbolicBackend();
    const { trace } = backend;
    if (!trace) {
      throw new CompileError(
        'OUTSIDE_OF_TRACE',
        `compile: backend '${BACKEND}' cannot run ${name}: it is for tracing only.`,
      );
    }
    trace.calls.push(name);
    const values: Record<string, Value> = {};
    for (const [key, input] of Object.entries(inputs)) if (input) values[key] = trace.lookup(input as tf.TensorInfo);
    const result = kernel(trace.graph, values, attrs ?? {});
    if (result === undefined) throw refuse(`${name} with attributes ${JSON.stringify(attrs)}`);
    const info = (value: Value) => ({
      dataId: backend.put(value),
      shape: [...value.shape],
      dtype: value.dtype as tf.DataType,
    });
    return Array.isArray(result) ? (result as Value[]).map(info) : info(result as Value);
  };
}

let registered = false;

/** Registers the mapped kernels for tracing, and an error for every other one. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  for (const [kernelName, kernel] of Object.entries(MAPPED)) {
    tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc: record(kernelName, kernel) });
  }
  for (const kernelName of knownKernels()) {
    if (MAPPED[kernelName]) continue;
    const kernelFunc = () => {
      throw refuse(kernelName);
    };
    tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc });
  }
}
