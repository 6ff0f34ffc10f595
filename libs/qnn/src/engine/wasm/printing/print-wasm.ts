import type { Precision } from '../../engine.ts';
import type { Int, Kernel, Statement, Vector } from './ir.ts';

/** A function given as bytes of WebAssembly: its local declarations and code, without the final `end`. */
export interface RawFunction {
  readonly name: string;
  /** Number of parameters, all i32. */
  readonly parameters: number;
  /** Number of further i32 locals, and of v128 locals after them. */
  readonly ints: number;
  readonly vectors: number;
  readonly code: readonly number[];
}

/** Settings of {@link printWasm}. */
export interface WasmOptions {
  readonly precision: Precision;
  /** Use relaxed SIMD's fused multiply-add. */
  readonly fused: boolean;
  /** Number of pages of 64 KiB of the memory that is imported as `engine.memory`. */
  readonly pages: number;
}

// Opcodes after the prefix 0xfd, for f32x4 and f64x2.
const OPCODES = {
  float32: { add: 0xe4, sub: 0xe5, mul: 0xe6, div: 0xe7, max: 0xe9, madd: 0x105, nmadd: 0x106, splat: 0x09 },
  float64: { add: 0xf0, sub: 0xf1, mul: 0xf2, div: 0xf3, max: 0xf5, madd: 0x107, nmadd: 0x108, splat: 0x0a },
} as const;
const V128_LOAD = 0x00;
const V128_STORE = 0x0b;
const V128_CONST = 0x0c;
const V128_AND = 0x4e;
const V128_XOR = 0x51;
const INT_OPCODES = { iadd: 0x6a, ixor: 0x73, ishl: 0x74, ishr: 0x76 } as const;

/** An unsigned integer in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const byte = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? byte : byte | 128);
  } while (rest !== 0);
  return bytes;
}

/** A signed 32-bit integer in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 127;
    rest >>= 7;
    if ((rest === 0 && !(byte & 64)) || (rest === -1 && byte & 64)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

/** The 16 bytes of a number in every lane. */
function lanes(value: number, precision: Precision): number[] {
  const buffer = precision === 'float32' ? new Float32Array(4).fill(value) : new Float64Array(2).fill(value);
  return [...new Uint8Array(buffer.buffer)];
}

/** Assembles a WebAssembly module that exports every kernel by its name. */
export function printWasm(
  kernels: readonly Kernel[],
  raw: readonly RawFunction[],
  options: WasmOptions,
): Uint8Array<ArrayBuffer> {
  const all = [...kernels, ...raw];
  const index = new Map(all.map(({ name }, i) => [name, i]));
  const arities = [...new Set(all.map((one) => one.parameters))];
  const bodies = all.map((one) => {
    const code = 'code' in one ? [...one.code] : printBody(one, index, options);
    const ints = 'code' in one ? one.ints : one.ints - one.parameters;
    const groups = [
      [ints, 0x7f],
      [one.vectors, 0x7b],
    ].filter(([count]) => count > 0);
    const locals = [...unsigned(groups.length), ...groups.flatMap(([count, type]) => [...unsigned(count), type])];
    return [...unsigned(locals.length + code.length + 1), ...locals].concat(code, 0x0b);
  });
  const types = arities.flatMap((arity) => [0x60, ...unsigned(arity), ...new Array<number>(arity).fill(0x7f), 0]);
  const pages = unsigned(options.pages);
  const head = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [...unsigned(arities.length), ...types]),
    ...section(2, [1, ...text('engine'), ...text('memory'), 2, 1, ...pages, ...pages]),
    ...section(3, [...unsigned(all.length), ...all.flatMap((one) => unsigned(arities.indexOf(one.parameters)))]),
  ];
  const names = all.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]);
  return joined([head, ...longSection(7, names), ...longSection(10, bodies)]);
}

/** A section with many entries, as a list of parts. */
function longSection(id: number, entries: readonly (readonly number[])[]): (readonly number[])[] {
  const count = unsigned(entries.length);
  const size = entries.reduce((total, entry) => total + entry.length, count.length);
  return [[id, ...unsigned(size)], count, ...entries];
}

/** Concatenates all parts: modules of deep circuits have megabytes. */
function joined(parts: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const section = (id: number, bytes: number[]): number[] => [id, ...unsigned(bytes.length)].concat(bytes);

const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
};

function printBody(kernel: Kernel, index: ReadonlyMap<string, number>, options: WasmOptions): number[] {
  const { precision, fused } = options;
  const opcodes = OPCODES[precision];
  const out: number[] = [];
  const simd = (opcode: number) => out.push(0xfd, ...unsigned(opcode));
  const local = (vector: number) => unsigned(kernel.ints + vector);
  const align = precision === 'float32' ? 2 : 3;

  const printInt = (value: Int): void => {
    switch (value[0]) {
      case 'iconst':
        out.push(0x41, ...signed(value[1]));
        return;
      case 'iget':
        out.push(0x20, ...unsigned(value[1]));
        return;
      case 'iload':
        printInt(value[1]);
        out.push(0x28, 2, ...unsigned(value[2]));
        return;
      case 'iparity':
        printInt(value[1]);
        out.push(0x41, ...signed(value[2]), 0x71, 0x69, 0x41, 1, 0x71);
        return;
      case 'ishl':
      case 'ishr':
        printInt(value[1]);
        out.push(0x41, ...signed(value[2]), INT_OPCODES[value[0]]);
        return;
      default:
        printInt(value[1]);
        printInt(value[2]);
        out.push(INT_OPCODES[value[0]]);
    }
  };
  const printVector = (value: Vector): void => {
    switch (value[0]) {
      case 'get':
        out.push(0x20, ...local(value[1]));
        return;
      case 'constant':
        simd(V128_CONST);
        out.push(...lanes(value[1], precision));
        return;
      case 'load':
        printInt(value[1]);
        simd(V128_LOAD);
        out.push(4, ...unsigned(value[2]));
        return;
      case 'splat':
        printInt(value[1]);
        simd(opcodes.splat);
        out.push(align, ...unsigned(value[2]));
        return;
      case 'flipSign':
        printVector(value[1]);
        printVector(value[2]);
        simd(V128_CONST);
        out.push(...lanes(-0, precision));
        simd(V128_AND);
        simd(V128_XOR);
        return;
      case 'madd':
      case 'nmadd':
        if (!fused) printVector(value[3]);
        printVector(value[1]);
        printVector(value[2]);
        if (fused) printVector(value[3]);
        if (fused) return void simd(opcodes[value[0]]);
        simd(opcodes.mul);
        simd(value[0] === 'madd' ? opcodes.add : opcodes.sub);
        return;
      default:
        printVector(value[1]);
        printVector(value[2]);
        simd(opcodes[value[0]]);
    }
  };
  const printStatement = (statement: Statement): void => {
    switch (statement[0]) {
      case 'set':
        printVector(statement[2]);
        out.push(0x21, ...local(statement[1]));
        return;
      case 'iset':
        printInt(statement[2]);
        out.push(0x21, ...unsigned(statement[1]));
        return;
      case 'store':
        printInt(statement[1]);
        printVector(statement[3]);
        simd(V128_STORE);
        out.push(4, ...unsigned(statement[2]));
        return;
      case 'call':
        statement[2].forEach(printInt);
        out.push(0x10, ...unsigned(index.get(statement[1]) as number));
        return;
      case 'loop': {
        const [, counter, end, step, body] = statement;
        out.push(0x03, 0x40);
        body.forEach(printStatement);
        // counter += step; branch back while counter < end.
        out.push(0x20, ...unsigned(counter), 0x41, ...signed(step), 0x6a, 0x22, ...unsigned(counter));
        out.push(0x20, ...unsigned(end), 0x49, 0x0d, 0, 0x0b);
      }
    }
  };
  kernel.body.forEach(printStatement);
  return out;
}
