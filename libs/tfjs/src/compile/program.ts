import * as tf from '@tensorflow/tfjs-core';
import { CompileError } from './errors.ts';
import { type Segment, type Slot, slotOf, takePlace } from './flat-state.ts';
import { concat, reshape, slice } from './layout.ts';
import { type BuiltModel, buildModel } from './onnx/build-model.ts';
import type { ProviderName } from './running/provider-name.ts';
import type { Runtime, RuntimeTensor, RuntimeTensors, Session } from './running/runtime.ts';
import { type Graph, sizeOf, type Value } from './tracing/graph.ts';
import type { Leaf, ResultTemplate } from './tracing/signature.ts';
import { allocate } from './tracing/symbolic-backend.ts';
import type { HostNumbers } from './tracing/trace.ts';
import { type TracedFunction, traceFunction } from './tracing/trace-function.ts';

/** A range of a segment that a program writes, and the output with its values. */
interface WrittenRange {
  readonly output: string;
  readonly segment: Segment;
  readonly begin: number;
  readonly end: number;
}

/** A part of a segment that a program reads, under the input's name. */
interface ReadRange {
  readonly input: string;
  readonly segment: Segment;
  readonly begin: number;
  readonly end: number;
  readonly shape: readonly number[];
}

interface ResultType {
  readonly output: string;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

/** The inputs of a program for one run; nothing has been changed yet. */
export type Feeds = RuntimeTensors;

/** A traced and built function, for one signature. */
export interface Program {
  readonly model: BuiltModel;
  readonly traceMs: number;
  readonly buildMs: number;
  /** Collects the inputs of one run. Draws host numbers; throws {@link CompileError} DISPOSED for a disposed variable. */
  feed(leaves: readonly Leaf[]): Feeds;
  /** Runs a session without changing variables, for measurements. */
  tryOut(session: Session, feeds: Feeds): void;
  /** Runs a session and writes the variables. */
  run(session: Session, feeds: Feeds): unknown;
}

/** New contents of each segment that is written, from the first to the last variable that changes. */
function writtenRanges({ trace, variables, segments }: TracedFunction): (WrittenRange & { readonly value: Value })[] {
  const written = new Map<Segment, { slot: Slot; variable: tf.Variable; after: Value }[]>();
  for (const { variable, after } of variables) {
    const slot = slotOf(variable);
    if (!after || !slot) continue;
    written.set(slot.segment, [...(written.get(slot.segment) ?? []), { slot, variable, after }]);
  }
  return [...written].map(([segment, list], i) => {
    const parts = list.sort((a, b) => a.slot.offset - b.slot.offset);
    const begin = parts[0].slot.offset;
    const last = parts[parts.length - 1];
    const end = last.slot.offset + last.variable.size;
    const between = (from: number, to: number) =>
      slice(trace.graph, segments.inputFor(trace.graph, segment), [from], [to - from]);
    return { output: `state${i} after`, segment, begin, end, value: joined(trace.graph, parts, between) };
  });
}

/** Concatenates the parts; elements between them are not changed. */
function joined(
  g: Graph,
  parts: readonly { slot: Slot; variable: tf.Variable; after: Value }[],
  between: (from: number, to: number) => Value,
): Value {
  const pieces: Value[] = [];
  let at = parts[0].slot.offset;
  for (const { slot, variable, after } of parts) {
    if (slot.offset > at) pieces.push(between(at, slot.offset));
    pieces.push(reshape(g, after, [variable.size]));
    at = slot.offset + variable.size;
  }
  return concat(g, pieces, 0);
}

/** Tensors of onnxruntime over parts of segments, created once for each of a segment's two memories. */
class SegmentTensors {
  private readonly runtime: Runtime;
  private readonly known = new WeakMap<object, Map<string, RuntimeTensor>>();

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  at(
    memory: Segment['current'],
    dtype: string,
    begin: number,
    end: number,
    shape: readonly number[],
    key: string,
  ): RuntimeTensor {
    let tensors = this.known.get(memory);
    if (!tensors) this.known.set(memory, (tensors = new Map()));
    let tensor = tensors.get(key);
    if (!tensor) tensors.set(key, (tensor = this.runtime.tensor(dtype, memory.subarray(begin, end), shape)));
    return tensor;
  }
}

function drawn({ value, draw }: HostNumbers, runtime: Runtime): RuntimeTensor {
  const count = sizeOf(value.shape);
  const given = draw();
  const numbers = typeof given === 'number' ? [given] : given;
  if (numbers.length !== count) {
    throw new CompileError(
      'BAD_ARGUMENT',
      `hostInput: draw returned ${numbers.length} numbers for shape [${value.shape}], which takes ${count}.`,
    );
  }
  const array = allocate(value.dtype, count);
  array.set(numbers);
  return runtime.tensor(value.dtype, array, value.shape);
}

/** Traces a function for these arguments and builds its model, which takes at most `most` parts of its state in one tensor. */
export function createProgram(
  step: (...given: never[]) => unknown,
  given: readonly unknown[],
  runtime: Runtime,
  clock: () => number,
  most: number,
): Program {
  const started = clock();
  const traced = traceFunction(step, given);
  const tracedAt = clock();
  const results = traced.results.map((value, i) => ({ name: `result ${i}`, value }));
  const ranges = writtenRanges(traced);
  const outputs = [...results, ...ranges.map(({ output, value }) => ({ name: output, value }))];
  const segments = new Map(traced.segments.list().map(([segment, input]) => [input, segment]));
  const model = buildModel(outputs, new Set(segments.keys()), most);
  const builtAt = clock();
  const types = results.map(
    ({ name, value }): ResultType => ({ output: name, shape: value.shape, dtype: value.dtype as tf.DataType }),
  );
  const reads = model.views.map(
    ({ name, segment, begin, size, shape }): ReadRange => ({
      input: name,
      segment: segments.get(segment) as Segment,
      begin,
      end: begin + size,
      shape,
    }),
  );
  const used = new Set(model.inputs);
  const argumentsByPath = new Map([...traced.arguments].filter(([, value]) => used.has(value)));
  const hosts = traced.trace.hostNumbers;
  const slots = traced.variables.map(({ variable }) => ({ variable, slot: slotOf(variable) as Slot }));
  const run = createRunner(runtime, types, ranges, traced.template);
  const tensors = new SegmentTensors(runtime);

  return {
    model,
    traceMs: tracedAt - started,
    buildMs: builtAt - tracedAt,
    feed(leaves) {
      const feeds: Feeds = {};
      for (const { path, value } of leaves) {
        const input = argumentsByPath.get(path);
        if (!input) continue;
        const data = typeof value === 'number' ? Float32Array.of(value) : (value.dataSync() as RuntimeTensor['data']);
        feeds[input.name as string] = runtime.tensor(input.dtype, data, input.shape);
      }
      for (const host of hosts) {
        const tensor = drawn(host, runtime);
        if (used.has(host.value)) feeds[host.value.name as string] = tensor;
      }
      for (const { variable, slot } of slots) {
        if (variable.isDisposed) {
          throw new CompileError(
            'DISPOSED',
            `compile: the variable '${variable.name}', which the compiled function uses, has been disposed. Dispose the compiled ` +
              'function with its network, and compile it anew for another one.',
          );
        }
        takePlace(variable, slot);
      }
      for (const { input, segment, begin, end, shape } of reads) {
        feeds[input] = tensors.at(segment.current, segment.dtype, begin, end, shape, input);
      }
      return feeds;
    },
    ...run,
  };
}

function createRunner(
  runtime: Runtime,
  types: readonly ResultType[],
  ranges: readonly WrittenRange[],
  template: ResultTemplate,
): Pick<Program, 'tryOut' | 'run'> {
  const tensors = new SegmentTensors(runtime);
  const fetches = () => {
    const outputs: Record<string, RuntimeTensor | null> = {};
    for (const { output } of types) outputs[output] = null;
    for (const { output, segment, begin, end } of ranges) {
      outputs[output] = tensors.at(segment.next, segment.dtype, begin, end, [end - begin], output);
    }
    return outputs;
  };
  return {
    tryOut(session, feeds) {
      session.run(feeds, fetches());
    },
    run(session, feeds) {
      const outputs = session.run(feeds, fetches());
      for (const { segment, begin, end } of ranges) segment.commit(begin, end);
      const results = types.map(({ output, shape, dtype }) =>
        tf.engine().makeTensor(outputs[output].data, [...shape], dtype),
      );
      return template.rebuild(results);
    },
  };
}

/** A provider's name in messages: `cpu at 2 threads`. */
export function describePlacement({ provider, threads }: { provider: ProviderName; threads: number }): string {
  return provider === 'cpu' ? `cpu at ${threads} thread${threads === 1 ? '' : 's'}` : provider;
}
