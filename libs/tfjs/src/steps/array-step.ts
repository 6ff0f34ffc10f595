import * as tf from '@tensorflow/tfjs-core';
// tfjs-core alone registers no gradients in Node; this package's bundle does.
import '@tensorflow/tfjs-layers';
import { registerKernels } from '../compile/kernels/table.ts';
import { buildModel } from '../compile/onnx/build-model.ts';
import { choosePlacement, type Placed } from '../compile/running/choose-placement.ts';
import type { ProviderName } from '../compile/running/provider-name.ts';
import { mostParts } from '../compile/running/providers.ts';
import { loadRuntime, type MissingRuntime, type Runtime, type RuntimeTensors } from '../compile/running/runtime.ts';
import type { Value } from '../compile/tracing/graph.ts';
import { traceFunction } from '../compile/tracing/trace-function.ts';
import { registerSecondOrderGradients } from '../kernels/second-order-gradients.ts';
import type { ArrayStep, BuildStep, StepDefinition } from './step-cache.ts';

/** Options of array steps. */
export interface ArrayStepOptions {
  /** Where steps run; `auto` measures each graph where it can run, once. Default `cpu`. */
  readonly provider?: ProviderName | 'auto';
  /** Threads of a step on the CPU. The same number gives the same bytes in every process. Default 1. */
  readonly threads?: number;
  /** Called with one line on each step that cannot run on the requested provider. Default: silent. */
  readonly log?: (line: string) => void;
  /** Clock in milliseconds, for the choice of `auto`. Default `performance.now`. */
  readonly clock?: () => number;
  /** Default: onnxruntime-node, if it is installed. */
  readonly runtime?: Runtime | MissingRuntime;
  /**
   * Yields to the event loop between tracing and loading a graph, a few tens of milliseconds each. Default: no pause.
   */
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

/** A graph, its inputs, and its outputs: the name in the step's result, and that in the graph. */
interface TracedStep {
  readonly onnx: Uint8Array;
  readonly feeds: readonly Feed[];
  readonly outputs: readonly (readonly [string, string])[];
}

/**
 * Traces a step, gradients and optimizer included. Inputs of one axis are flat states: the graph takes the large parts of it that
 * the step cuts out each for itself, where they lie, and of the rest at most `most` in one tensor. Throws CompileError for what cannot be compiled.
 */
function traceArrayStep({ inputs, step }: StepDefinition, most: number): TracedStep {
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
    const model = buildModel(outputs, flat, most);
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

/** Tensors over the parts of the step's inputs that the graph takes. */
function feedsOf(runtime: Runtime, feeds: readonly Feed[], given: readonly Float32Array[]): RuntimeTensors {
  const tensors: RuntimeTensors = {};
  for (const { name, input, begin, size, shape } of feeds) {
    tensors[name] = runtime.tensor('float32', given[input].subarray(begin, begin + size), shape);
  }
  return tensors;
}

/** Loads a step on the requested provider; `auto` measures it on zeros. */
function placed(runtime: Runtime, { inputs }: StepDefinition, traced: TracedStep, options: ArrayStepOptions): Placed {
  const { provider = 'cpu', threads = 1, log = () => undefined, clock = () => performance.now() } = options;
  const fetches = fetchesOf(traced);
  const zeros = inputs.map((shape) => new Float32Array(tf.util.sizeFromShape([...shape])));
  return choosePlacement({
    program: { model: traced, tryOut: (session, feeds) => session.run(feeds, fetches) },
    feeds: feedsOf(runtime, traced.feeds, zeros),
    ...{ runtime, provider, threads, name: 'a training step', log, clock },
  });
}

const fetchesOf = ({ outputs }: TracedStep) => Object.fromEntries(outputs.map(([, output]) => [output, null]));

/**
 * Builds steps that take and return plain arrays and have no variables, so that one graph serves every fit of its
 * structure. It is the counterpart of `compile` without tensors of TensorFlow.js. A step that fails on another provider
 * continues on the CPU. Rejects with CompileError for what cannot be compiled, and with an Error where onnxruntime-node
 * cannot be loaded.
 */
export function createArrayStepBuilder(options: ArrayStepOptions = {}): BuildStep {
  const { threads = 1, log, breathe } = options;
  return async (definition): Promise<ArrayStep> => {
    const runtime = options.runtime ?? loadRuntime();
    if ('missing' in runtime) throw new Error(runtime.missing);
    await breathe?.();
    const traced = traceArrayStep(definition, mostParts(options.provider ?? 'cpu'));
    await breathe?.();
    let { session, placement } = placed(runtime, definition, traced, options);
    await breathe?.();
    const { feeds, outputs, onnx } = traced;
    const fetches = fetchesOf(traced);

    function attempt(tensors: RuntimeTensors): RuntimeTensors {
      try {
        return session.run(tensors, fetches);
      } catch (error) {
        const { provider } = placement;
        if (provider === 'cpu') throw error;
        log?.(
          `a training step failed on ${provider} (${(error as Error).message.split('\n')[0]}); it continues on the CPU.`,
        );
        session.dispose();
        placement = { provider: 'cpu', threads };
        session = (runtime as Runtime).createSession(onnx, 'cpu', threads);
        return session.run(tensors, fetches);
      }
    }

    return {
      async run(given) {
        const results = attempt(feedsOf(runtime, feeds, given));
        return Object.fromEntries(outputs.map(([name, output]) => [name, results[output].data as Float32Array]));
      },
      dispose: () => session.dispose(),
    };
  };
}
