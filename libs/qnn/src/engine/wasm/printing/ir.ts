/** An i32: an address, a counter. */
export type Int =
  | readonly ['iconst', number]
  | readonly ['iget', number]
  | readonly ['iadd' | 'ixor', Int, Int]
  /** With a constant: a shift, or the parity of the bits under a mask. */
  | readonly ['ishl' | 'ishr' | 'iparity', Int, number]
  /** The u32 at address + offset. */
  | readonly ['iload', Int, number];

/** One number per lane, in the engine's precision. */
export type Vector =
  | readonly ['get', number]
  /** The vector at address + offset; or the number there, in every lane. */
  | readonly ['load' | 'splat', Int, number]
  | readonly ['mul' | 'add' | 'sub' | 'div' | 'max', Vector, Vector]
  /** a·b + c, and c − a·b: fused with relaxed SIMD. */
  | readonly ['madd' | 'nmadd', Vector, Vector, Vector]
  /** a, with its sign inverted if b is negative. */
  | readonly ['flipSign', Vector, Vector]
  | readonly ['constant', number];

/** One step of a kernel. */
export type Statement =
  | readonly ['set', number, Vector]
  | readonly ['iset', number, Int]
  | readonly ['store', Int, number, Vector]
  | readonly ['call', string, readonly Int[]]
  /** do { body; counter += step } while (counter < end), where counters are locals: at least one iteration. */
  | readonly ['loop', number, number, number, readonly Statement[]];

/** A function over the engine's memory: the parameters are addresses, and there is no result. */
export interface Kernel {
  readonly name: string;
  /** Number of parameters, all i32; they are the first of the integer locals. */
  readonly parameters: number;
  readonly ints: number;
  readonly vectors: number;
  readonly body: readonly Statement[];
}

/** Builder of a kernel's statements. */
export interface Writer {
  readonly parameter: (index: number) => Int;
  /** Names a value, which is computed once at this point. */
  readonly int: (value: Int) => Int;
  readonly vector: (value: Vector) => Local;
  readonly set: (local: Local, value: Vector) => void;
  readonly store: (address: Int, offset: number, value: Vector) => void;
  readonly call: (kernel: string, ...args: Int[]) => void;
  /** Counts from `start` by `step` bytes up to `end`; at least one iteration. */
  readonly loop: (start: Int, end: Int, step: number, body: (at: Int) => void) => void;
}

/** A vector that has a name. */
export type Local = readonly ['get', number];

export const int = {
  constant: (value: number): Int => ['iconst', value],
  add: (a: Int, b: Int): Int => (b[0] === 'iconst' && b[1] === 0 ? a : ['iadd', a, b]),
  xor: (a: Int, b: Int): Int => ['ixor', a, b],
  left: (a: Int, by: number): Int => (by === 0 ? a : ['ishl', a, by]),
  right: (a: Int, by: number): Int => (by === 0 ? a : ['ishr', a, by]),
  parity: (a: Int, mask: number): Int => ['iparity', a, mask],
  load: (address: Int, offset = 0): Int => ['iload', address, offset],
} as const;

export const vec = {
  load: (address: Int, offset = 0): Vector => ['load', address, offset],
  splat: (address: Int, offset = 0): Vector => ['splat', address, offset],
  mul: (a: Vector, b: Vector): Vector => ['mul', a, b],
  add: (a: Vector, b: Vector): Vector => ['add', a, b],
  sub: (a: Vector, b: Vector): Vector => ['sub', a, b],
  div: (a: Vector, b: Vector): Vector => ['div', a, b],
  max: (a: Vector, b: Vector): Vector => ['max', a, b],
  madd: (a: Vector, b: Vector, c: Vector): Vector => ['madd', a, b, c],
  nmadd: (a: Vector, b: Vector, c: Vector): Vector => ['nmadd', a, b, c],
  flipSign: (a: Vector, sign: Vector): Vector => ['flipSign', a, sign],
  constant: (value: number): Vector => ['constant', value],
} as const;

/** Writes one kernel. */
export function writeKernel(name: string, parameters: number, write: (writer: Writer) => void): Kernel {
  let ints = parameters;
  let vectors = 0;
  const body: Statement[] = [];
  let current = body;
  const newInt = (value: Int): number => {
    current.push(['iset', ints, value]);
    return ints++;
  };
  write({
    parameter: (index) => ['iget', index],
    int: (value) => ['iget', newInt(value)],
    vector(value) {
      current.push(['set', vectors, value]);
      return ['get', vectors++];
    },
    set: (local, value) => current.push(['set', local[1], value]),
    store: (address, offset, value) => current.push(['store', address, offset, value]),
    call: (kernel, ...args) => current.push(['call', kernel, args]),
    loop(start, end, step, inside) {
      const counter = newInt(start);
      const last = newInt(end);
      const outside = current;
      const inner: Statement[] = [];
      current = inner;
      inside(['iget', counter]);
      current = outside;
      current.push(['loop', counter, last, step, inner]);
    },
  });
  return { name, parameters, ints, vectors, body };
}
