import type { Kernel, Statement, Vector } from './ir.ts';

/** Size of a SIMD register of WebAssembly. Unit: bytes. */
export const REGISTER_BYTES = 16;

/**
 * Writes every vector of a kernel as `registers` SIMD registers side by side, statement by statement, so that V8's
 * revectorizer finds pairs to merge. Addresses are unchanged: kernels are already generated for vectors of that width.
 */
export function widen(kernel: Kernel, registers: number): Kernel {
  if (registers === 1) return kernel;
  const part = (value: Vector, half: number): Vector => {
    switch (value[0]) {
      case 'get':
        return ['get', value[1] * registers + half];
      case 'load':
        return ['load', value[1], value[2] + REGISTER_BYTES * half];
      case 'madd':
      case 'nmadd':
        return [value[0], part(value[1], half), part(value[2], half), part(value[3], half)];
      case 'splat':
      case 'constant':
        return value;
      default:
        return [value[0], part(value[1], half), part(value[2], half)];
    }
  };
  const halves = Array.from({ length: registers }, (_, half) => half);
  const widenStatement = (statement: Statement): Statement[] => {
    switch (statement[0]) {
      case 'set':
        return halves.map((half) => ['set', statement[1] * registers + half, part(statement[2], half)]);
      case 'store':
        return halves.map((half) => [
          'store',
          statement[1],
          statement[2] + REGISTER_BYTES * half,
          part(statement[3], half),
        ]);
      case 'loop':
        return [['loop', statement[1], statement[2], statement[3], statement[4].flatMap(widenStatement)]];
      default:
        return [statement];
    }
  };
  return { ...kernel, vectors: kernel.vectors * registers, body: kernel.body.flatMap(widenStatement) };
}
