import type { Int, Kernel, Statement, Vector } from '@qloom/qnn/engine/wasm/printing/ir.ts';

/** Operators of C for the IR's. */
const INTEGER = { iadd: '+', ixor: '^', ishl: '<<', ishr: '>>' } as const;
const NUMBER = { add: '+', sub: '-', mul: '*', div: '/' } as const;

/**
 * Prints kernels as C functions over the memory `M`, with the macros of peers/qnn_limit.c; callees come first. `exported` names
 * the kernels that the program calls, each by its macro: `{ GRADIENTS: 'gradients' }`.
 */
export function printC(kernels: readonly Kernel[], exported: Readonly<Record<string, string>>): string {
  const functions = kernels.map((kernel) => {
    const parameters = Array.from({ length: kernel.parameters }, (_, i) => `u32 i${i}`).join(', ');
    const locals = names('i', kernel.parameters, kernel.ints, 'u32') + names('v', 0, kernel.vectors, 'V');
    return `static void ${functionName(kernel.name)}(${parameters}) {\n${locals}${kernel.body.map(statement).join('')}}\n`;
  });
  const macros = Object.entries(exported).map(([macro, name]) => `#define ${macro} ${functionName(name)}\n`);
  return [...functions, ...macros].join('\n');
}

const functionName = (name: string): string => (name === 'sincos' ? 'sincos_' : name.replaceAll(/\W/g, '_'));

const names = (prefix: string, from: number, to: number, type: string): string =>
  to > from ? `  ${type} ${Array.from({ length: to - from }, (_, i) => `${prefix}${from + i}`).join(', ')};\n` : '';

const at = (address: Int, offset: number): string => `${integer(address)} + ${offset}u`;

function integer(value: Int): string {
  switch (value[0]) {
    case 'iconst':
      return `${value[1] >>> 0}u`;
    case 'iget':
      return `i${value[1]}`;
    case 'iload':
      return `WORD(${at(value[1], value[2])})`;
    case 'iparity':
      return `((u32)__builtin_parity(${integer(value[1])} & ${value[2] >>> 0}u))`;
    case 'ishl':
    case 'ishr':
      return `(${integer(value[1])} ${INTEGER[value[0]]} ${value[2] >>> 0}u)`;
    default:
      return `(${integer(value[1])} ${INTEGER[value[0]]} ${integer(value[2])})`;
  }
}

function vector(value: Vector): string {
  switch (value[0]) {
    case 'get':
      return `v${value[1]}`;
    case 'constant':
      return `ALL(${Object.is(value[1], -0) ? '-0.0' : value[1]})`;
    case 'load':
      return `LOAD(${at(value[1], value[2])})`;
    case 'splat':
      return `SPLAT(${at(value[1], value[2])})`;
    case 'madd':
      return `(${vector(value[3])} + ${vector(value[1])} * ${vector(value[2])})`;
    case 'nmadd':
      return `(${vector(value[3])} - ${vector(value[1])} * ${vector(value[2])})`;
    case 'flipSign':
      return `FLIP_SIGN(${vector(value[1])}, ${vector(value[2])})`;
    case 'max':
      return `MAX(${vector(value[1])}, ${vector(value[2])})`;
    default:
      return `(${vector(value[1])} ${NUMBER[value[0]]} ${vector(value[2])})`;
  }
}

function statement(one: Statement): string {
  switch (one[0]) {
    case 'set':
      return `  v${one[1]} = ${vector(one[2])};\n`;
    case 'iset':
      return `  i${one[1]} = ${integer(one[2])};\n`;
    case 'store':
      return `  STORE(${at(one[1], one[2])}, ${vector(one[3])});\n`;
    case 'call':
      return `  ${functionName(one[1])}(${one[2].map(integer).join(', ')});\n`;
    default: {
      const [, counter, end, step, body] = one;
      return `  do {\n${body.map(statement).join('')}  i${counter} += ${step}u;\n  } while (i${counter} < i${end});\n`;
    }
  }
}
