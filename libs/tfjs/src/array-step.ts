import * as tf from '@tensorflow/tfjs-core';
// tfjs-core alone registers no gradients in Node; this package's bundle does.
import '@tensorflow/tfjs-layers';
import { buildModel } from './compile/build-model.ts';
import type { Value } from './compile/graph.ts';
import { registerKernels } from './compile/kernels/table.ts';
import { loadRuntime, type RuntimeTensors } from './compile/runtime.ts';
import { traceFunction } from './compile/trace-function.ts';
import { registerSecondOrderGradients } from './second-order-gradients.ts';
import type { ArrayStep, BuildStep, StepDefinition } from './step-cache.ts';

/** How array steps are built. */
export interface ArrayStepOptions {
  /** Threads of a step. The same number gives the same bytes in every process. Default 1. */
  readonly threads?: number;
  /** Lets the event loop run between tracing and loading a graph, some tens of milliseconds each. Default: no pause. */
  readonly breathe?: () => Promise<void>;
}

/** A tensor that the graph takes: a whole input of the step, or a part of a flat one. */
interface Feed {
  readonly name: string;
  /** Number of the step's input. */
  readonly input: number;
  /** First element, and number of elements. */
  readonly begin: number;
  readonly size: number;
  readonly shape: readonly number[];
}

/** A graph, what it takes, and what it gives: the name in the step's result, and that in the graph. */
interface TracedStep {
  readonly onnx: Uint8Array;
  readonly feeds: readonly Feed[];
  readonly outputs: readonly (readonly [string, string])[];
}

/**
 * Traces a step, gradients and optimizer included. Inputs of one axis are flat states: the graph takes the large parts of it that
 * the step cuts out each for itself, where they lie. Throws CompileError for what cannot be compiled.
 */
function traceArrayStep({ inputs, step }: StepDefinition): TracedStep {
  registerSecondOrderGradients();
  registerKernels();
  let names: string[] = [];
  const given = inputs.map((shape) => tf.zeros([...shape]));
  try {
    const traced = traceFunction((...tensors: tf.Tensor[]) => {
      const result = step(...tensors);
      names = Object.keys(result);
      return names.map((name) => result[name]);
    }, given);
    const numberOf = new Map(inputs.map((_, i) => [traced.arguments.get(String(i)) as Value, i]));
    const flat = new Set([...numberOf.keys()].filter(({ shape }) => shape.length === 1));
    const outputs = traced.results.map((value, i) => ({ name: `result ${i}`, value }));
    const model = buildModel(outputs, flat);
    const whole = model.inputs.map((value) => ({ value, name: value.name as string, begin: 0, shape: value.shape }));
    const parts = model.views.map(({ segment, ...view }) => ({ value: segment, ...view }));
    const feeds = [...whole, ...parts].map(({ value, name, begin, shape }) => ({
      name,
      input: numberOf.get(value) as number,
      begin,
      size: tf.util.sizeFromShape([...shape]),
      shape,
    }));
    return { onnx: model.onnx, feeds, outputs: outputs.map(({ name }, i) => [names[i], name] as const) };
  } finally {
    tf.dispose(given);
  }
}

/**
 * Builds steps that take and give plain arrays and hold no variables, so that one graph serves every fit of its structure: what
 * `compile` does for functions of tensors, without a tensor of TensorFlow.js on the way. Rejects with CompileError for what cannot
 * be compiled, and with an Error where onnxruntime-node cannot be loaded.
 */
export function createArrayStepBuilder({ threads = 1, breathe }: ArrayStepOptions = {}): BuildStep {
  return async (definition): Promise<ArrayStep> => {
    const runtime = loadRuntime();
    if ('missing' in runtime) throw new Error(runtime.missing);
    await breathe?.();
    const { onnx, feeds, outputs } = traceArrayStep(definition);
    await breathe?.();
    const session = runtime.createSession(onnx, 'cpu', threads);
    await breathe?.();
    const fetches = Object.fromEntries(outputs.map(([, output]) => [output, null]));
    return {
      async run(given) {
        const tensors: RuntimeTensors = {};
        for (const { name, input, begin, size, shape } of feeds) {
          tensors[name] = runtime.tensor('float32', given[input].subarray(begin, begin + size), shape);
        }
        const results = session.run(tensors, fetches);
        return Object.fromEntries(outputs.map(([name, output]) => [name, results[output].data as Float32Array]));
      },
      dispose: () => session.dispose(),
    };
  };
}
