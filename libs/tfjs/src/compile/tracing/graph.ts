/** The element types of a graph; int64 occurs in shapes and indices only. */
export type GraphType = 'float32' | 'int32' | 'bool' | 'int64';

/**
 * Attributes of an ONNX node: integers, strings, lists of integers; floats are wrapped, because ONNX distinguishes
 * them.
 */
export type Attributes = Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;

/** Numbers of a constant, row-major. */
export type Numbers = ArrayLike<number>;

/** One application of an ONNX operator; with several outputs it is shared by several values. */
export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  outputs: readonly Value[];
}

/** An immutable tensor of the graph: an input, a constant, or an output of a node. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: GraphType;
  /** Set for inputs of the graph. */
  readonly name?: string;
  /** Set for outputs of nodes. */
  readonly node?: GraphNode;
  /** Set for constants. */
  readonly data?: Numbers;
  /** Set for constants whose elements are all the same. */
  readonly splat?: number;
  /** The value that this one repeats along axes of size 1, if known; operations may use it instead. */
  repeats?: Value;
  /** The value of which this one is a reshape, if known. */
  reshapes?: Value;
}

/** Number of elements. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** Whether two shapes are the same. */
export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((extent, i) => extent === b[i]);

/** The shape that operands broadcast to (TensorFlow.js has checked that they do). */
export function broadcastShape(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const extents = shapes.map((shape) => shape[shape.length - rank + i] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
}

/** Constants up to this size are shared when equal. */
const SHARED_CONSTANT = 64;

/** Whether there are numbers, and all are the same. */
export function isUniform(numbers: Numbers): boolean {
  const first = numbers[0];
  let i = 1;
  while (i < numbers.length && Object.is(numbers[i], first)) i++;
  return numbers.length > 0 && i === numbers.length;
}

/** A copy; of a typed array in its type, which is much faster than a list. */
export const copyOf = (numbers: Numbers): Numbers =>
  ArrayBuffer.isView(numbers) ? (numbers as Float32Array).slice() : Array.from(numbers);

/**
 * A graph under construction. Values are hash-consed: the same operator on the same values with the same attributes is
 * one value, so that recomputation of the forward pass in a gradient costs nothing.
 */
export class Graph {
  readonly inputs: Value[] = [];
  private readonly memo = new Map<string, Value>();
  private count = 0;

  /** Number of values made so far. */
  get size(): number {
    return this.count;
  }

  /** A new input. */
  input(name: string, shape: readonly number[], dtype: GraphType): Value {
    const value = this.make({ name, shape: [...shape], dtype });
    this.inputs.push(value);
    return value;
  }

  /** A constant with the same number everywhere. */
  splat(number: number, shape: readonly number[] = [], dtype: GraphType = 'float32'): Value {
    const rounded = dtype === 'float32' ? Math.fround(number) : number;
    const written = Object.is(rounded, -0) ? '-0' : rounded;
    return this.memoized(`splat ${written} [${shape}] ${dtype}`, () =>
      this.make({ splat: rounded, shape: [...shape], dtype }),
    );
  }

  /** A constant; the numbers are copied. */
  constant(numbers: Numbers, shape: readonly number[], dtype: GraphType): Value {
    if (isUniform(numbers)) return this.splat(Number(numbers[0]), shape, dtype);
    const make = () => this.make({ data: copyOf(numbers), shape: [...shape], dtype });
    if (numbers.length > SHARED_CONSTANT) return make();
    const written = Array.from(numbers, (number) => (Object.is(number, -0) ? '-0' : number));
    return this.memoized(`constant ${written} [${shape}] ${dtype}`, make);
  }

  /** A list of int64, as operators take shapes, axes and bounds. */
  integers(list: readonly number[]): Value {
    return this.memoized(`integers ${list}`, () =>
      this.make({ data: [...list], shape: [list.length], dtype: 'int64' }),
    );
  }

  /** The output of an operator with one output. */
  op(
    op: string,
    inputs: readonly Value[],
    shape: readonly number[],
    dtype: GraphType,
    attributes: Attributes = {},
  ): Value {
    const key = `${op}(${inputs.map((input) => input.id)}) ${JSON.stringify(attributes)} ${dtype}`;
    return this.memoized(key, () => {
      const node: GraphNode = { op, inputs, attributes, outputs: [] };
      const value = this.make({ node, shape: [...shape], dtype });
      node.outputs = [value];
      return value;
    });
  }

  /** The outputs of an operator with several. Not shared. */
  ops(
    op: string,
    inputs: readonly Value[],
    outputs: readonly { readonly shape: readonly number[]; readonly dtype: GraphType }[],
    attributes: Attributes = {},
  ): readonly Value[] {
    const node: GraphNode = { op, inputs, attributes, outputs: [] };
    node.outputs = outputs.map(({ shape, dtype }) => this.make({ node, shape: [...shape], dtype }));
    return node.outputs;
  }

  private make(fields: Omit<Value, 'id'>): Value {
    return { id: this.count++, ...fields };
  }

  private memoized(key: string, make: () => Value): Value {
    let value = this.memo.get(key);
    if (!value) this.memo.set(key, (value = make()));
    return value;
  }
}
