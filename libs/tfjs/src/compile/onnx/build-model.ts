import { sliceOf } from '../layout.ts';
import { type GraphNode, type GraphType, sameShape, sizeOf, type Value } from '../tracing/graph.ts';
import { type ConstantDescription, type NodeDescription, type TensorType, writeOnnx } from './onnx-writer.ts';

/** A part of a segment of the flat state that the model takes as one input. */
export interface StateView extends TensorType {
  /** The segment's input in the traced graph. */
  readonly segment: Value;
  readonly begin: number;
  readonly size: number;
}

/** A model and its inputs. */
export interface BuiltModel {
  readonly onnx: Uint8Array;
  readonly nodes: number;
  readonly constants: number;
  readonly views: readonly StateView[];
  /** Inputs of the graph, other than segments, that the outputs depend on. */
  readonly inputs: readonly Value[];
}

/**
 * Minimum size of a part of the state that is a separate input, because its copy costs more than an input (about 4 µs).
 */
const LARGE = 1 << 14;
/** Maximum number of unused elements between two parts that a split may copy. */
const GAP = 1 << 12;

/** Every value that the outputs depend on, operands first. */
function inOrder(outputs: readonly Value[], isSource: (value: Value) => boolean): Value[] {
  const seen = new Set<Value>();
  const order: Value[] = [];
  const stack: { value: Value; next: number }[] = [];
  const visit = (value: Value) => {
    if (seen.has(value)) return;
    seen.add(value);
    stack.push({ value, next: 0 });
  };
  for (const output of outputs) {
    visit(output);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const operands = isSource(top.value) ? [] : (top.value.node?.inputs ?? []);
      if (top.next < operands.length) visit(operands[top.next++]);
      else {
        order.push(top.value);
        stack.pop();
      }
    }
  }
  return order;
}

/** The one-dimensional part of a segment that a value is, if it is one. */
function partOf(
  value: Value,
  segments: ReadonlySet<Value>,
): { segment: Value; begin: number; size: number } | undefined {
  const size = sizeOf(value.shape);
  const flat = value.reshapes ?? value;
  if (segments.has(flat)) return { segment: flat, begin: 0, size };
  const slice = sliceOf(flat);
  return slice && segments.has(slice.source) ? { segment: slice.source, begin: slice.begin[0], size } : undefined;
}

interface Part {
  readonly value: Value;
  readonly segment: Value;
  readonly begin: number;
  readonly size: number;
}

/** Separates parts into disjoint ones, small ones first, and the rest. */
function disjoint(parts: readonly Part[]): { chosen: Part[]; rest: Part[] } {
  const chosen: Part[] = [];
  const rest: Part[] = [];
  for (const part of [...parts].sort((a, b) => a.size - b.size || a.begin - b.begin)) {
    const overlaps = chosen.some(
      (other) => part.begin < other.begin + other.size && other.begin < part.begin + part.size,
    );
    (overlaps || part.size >= LARGE ? rest : chosen).push(part);
  }
  return { chosen: chosen.sort((a, b) => a.begin - b.begin), rest };
}

/** Runs of at most `most` parts with small gaps between them. */
function runsOf(parts: readonly Part[], most: number): Part[][] {
  const runs: Part[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    if (part.begin - end > GAP || runs[runs.length - 1].length === most) runs.push([]);
    runs[runs.length - 1].push(part);
    end = part.begin + part.size;
  }
  return runs;
}

/** Writes nodes, constants and inputs under names. */
class ModelWriter {
  readonly nodes: NodeDescription[] = [];
  readonly constants: ConstantDescription[] = [];
  readonly views: StateView[] = [];
  private readonly names = new Map<Value, string>();
  private readonly integers = new Map<string, string>();

  name(value: Value): string {
    const known = this.names.get(value) ?? value.name;
    if (known !== undefined) return known;
    const name = `t${value.id}`;
    this.names.set(value, name);
    return name;
  }

  rename(value: Value, name: string): void {
    this.names.set(value, name);
  }

  isNamed(value: Value): boolean {
    return this.names.has(value) || value.name !== undefined;
  }

  node(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: GraphNode['attributes'] = {},
  ): void {
    this.nodes.push({ op, inputs, outputs, attributes });
  }

  constant(value: Value): void {
    const { shape, dtype, splat, data } = value;
    this.constants.push({ name: this.name(value), shape, dtype, numbers: splat ?? data ?? [] });
  }

  private integerList(list: readonly number[]): string {
    const key = list.join(',');
    let name = this.integers.get(key);
    if (name === undefined) {
      this.integers.set(key, (name = `integers${this.integers.size}`));
      this.constants.push({ name, shape: [list.length], dtype: 'int64', numbers: list });
    }
    return name;
  }

  private view(segment: Value, begin: number, size: number, shape: readonly number[]): string {
    const dtype: GraphType = segment.dtype;
    const name = `${segment.name}:${begin}:${shape.join('x')}`;
    if (!this.views.some((view) => view.name === name)) this.views.push({ name, shape, dtype, segment, begin, size });
    return name;
  }

  /** Takes parts of one segment with few, inexpensive inputs. */
  takeParts(parts: readonly Part[], most: number): void {
    const distinct = new Map<string, Part[]>();
    for (const part of parts) {
      const key = `${part.begin}:${part.size}`;
      distinct.set(key, [...(distinct.get(key) ?? []), part]);
    }
    const { chosen, rest } = disjoint([...distinct.values()].map(([first]) => first));
    const same = (part: Part) => distinct.get(`${part.begin}:${part.size}`) as Part[];
    for (const part of rest.flatMap(same)) this.takeAlone(part);
    for (const run of runsOf(chosen, most)) {
      if (run.length === 1) for (const part of same(run[0])) this.takeAlone(part);
      else this.takeRun(run.map((part) => ({ ...part, as: same(part) })));
    }
  }

  private takeAlone({ value, segment, begin, size }: Part): void {
    this.rename(value, this.view(segment, begin, size, value.shape));
  }

  /** One input, and a Split into the parts and the gaps between them. */
  private takeRun(run: readonly (Part & { readonly as: readonly Part[] })[]): void {
    const { segment, begin } = run[0];
    const last = run[run.length - 1];
    const size = last.begin + last.size - begin;
    const input = this.view(segment, begin, size, [size]);
    const lengths: number[] = [];
    const outputs: string[] = [];
    let at = begin;
    for (const part of run) {
      if (part.begin > at) {
        lengths.push(part.begin - at);
        outputs.push(`${input}/gap${at}`);
      }
      lengths.push(part.size);
      const piece = `${input}/${part.begin}`;
      outputs.push(piece);
      at = part.begin + part.size;
      for (const { value } of part.as) {
        if (sameShape(value.shape, [part.size])) this.rename(value, piece);
      }
    }
    this.node('Split', [input, this.integerList(lengths)], outputs, { axis: 0 });
    for (const { as, begin: from } of run) {
      for (const { value } of as) {
        if (this.isNamed(value)) continue;
        this.node('Reshape', [`${input}/${from}`, this.integerList(value.shape)], [this.name(value)]);
      }
    }
  }
}

/** The product and the bias of a sum that Gemm can compute in one node. */
function fusibleBiases(
  order: readonly Value[],
  outputs: readonly Value[],
): Map<Value, { product: Value; bias: Value }> {
  const uses = new Map<Value, number>();
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const { node } of order) for (const input of node?.inputs ?? []) use(input);
  for (const output of outputs) use(output);
  const fused = new Map<Value, { product: Value; bias: Value }>();
  for (const value of order) {
    if (value.node?.op !== 'Add' || value.shape.length !== 2) continue;
    const [a, b] = value.node.inputs;
    for (const [product, bias] of [
      [a, b],
      [b, a],
    ]) {
      const width = value.shape[1];
      const single = product.node?.op === 'Gemm' && product.node.inputs.length === 2 && uses.get(product) === 1;
      const row = sameShape(bias.shape, [width]) || sameShape(bias.shape, [1, width]);
      if (single && row && bias.splat === undefined) {
        fused.set(value, { product, bias });
        break;
      }
    }
  }
  return fused;
}

/**
 * The ONNX model that computes the named outputs. `segments` are inputs of which only parts are taken, at most
 * `mostParts` in one tensor. Values on which no output depends are left out.
 */
export function buildModel(
  outputs: readonly { readonly name: string; readonly value: Value }[],
  segments: ReadonlySet<Value>,
  mostParts = Number.POSITIVE_INFINITY,
): BuiltModel {
  const results = outputs.map(({ value }) => value);
  const order = inOrder(results, (value) => partOf(value, segments) !== undefined);
  const writer = new ModelWriter();
  const parts = order.flatMap((value): Part[] => {
    const part = partOf(value, segments);
    return part ? [{ value, ...part }] : [];
  });
  for (const segment of segments) {
    const own = parts.filter((part) => part.segment === segment);
    if (own.length > 0) writer.takeParts(own, mostParts);
  }
  for (const { name, value } of outputs) if (value.node && !writer.isNamed(value)) writer.rename(value, name);
  const fused = fusibleBiases(order, results);
  const skipped = new Set([...fused.values()].map(({ product }) => product));
  const taken = new Set(parts.map(({ value }) => value));
  const done = new Set<GraphNode>();
  for (const value of order) {
    if (taken.has(value) || skipped.has(value) || value.name !== undefined) continue;
    const { node } = value;
    if (!node) writer.constant(value);
    else if (!done.has(node)) {
      done.add(node);
      const bias = fused.get(value);
      const { op, inputs, attributes } = bias ? (bias.product.node as GraphNode) : node;
      const operands = bias ? [...inputs, bias.bias] : inputs;
      writer.node(
        op,
        operands.map((input) => writer.name(input)),
        node.outputs.map((output) => writer.name(output)),
        attributes,
      );
    }
  }
  for (const { name, value } of outputs) {
    if (writer.name(value) !== name) writer.node('Identity', [writer.name(value)], [name]);
  }
  const inputs = order.filter((value) => value.name !== undefined && !taken.has(value));
  const types = inputs.map(({ name, shape, dtype }): TensorType => ({ name: name as string, shape, dtype }));
  const onnx = writeOnnx({
    nodes: writer.nodes,
    constants: writer.constants,
    inputs: [...types, ...writer.views],
    outputs: outputs.map(({ name, value: { shape, dtype } }) => ({ name, shape, dtype })),
  });
  return { onnx, nodes: writer.nodes.length, constants: writer.constants.length, views: writer.views, inputs };
}
