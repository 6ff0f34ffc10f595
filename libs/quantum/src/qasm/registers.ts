import { quoted } from '@qloom/tensor/quoted.ts';
import { MAX_QUBITS } from '../circuit.ts';
import { OpenQasmError, type SourcePosition } from './errors.ts';
import type { Operand } from './parsing/syntax.ts';
import { integerRange, integersOf } from './range.ts';

/** Maximum number of bits that a program may declare. */
const MAX_BITS = 4096;

/** The registers of a program: the first qubit or bit of each, and its size. */
export interface Registers {
  readonly qubits: number;
  /** The names `q[0]`, `q[1]`, … of the circuit's qubits; a single qubit is `q`. */
  readonly qubitNames: readonly string[];
  has(name: string): boolean;
  declare(of: 'qubit' | 'bit', name: string, size: bigint | null, position: SourcePosition): void;
  /** The elements that an operand refers to. `indices` are its evaluated indices; null is the whole register. */
  resolve(of: 'qubit' | 'bit', operand: Operand, indices: readonly bigint[] | null): ResolvedOperand;
}

/** Elements of a register. */
export interface ResolvedOperand {
  readonly elements: readonly number[];
  /** Whether the operand has several elements, to each of which a gate is applied. */
  readonly many: boolean;
}

/** Starts without registers. Throws OpenQasmError for names declared twice, unknown names, and indices out of range. */
export function createRegisters(file: string): Registers {
  const known = new Map<string, { of: 'qubit' | 'bit'; first: number; size: number; single: boolean }>();
  const counts = { qubit: 0, bit: 0 };
  const qubitNames: string[] = [];
  const fail = (position: SourcePosition, message: string): never => {
    throw new OpenQasmError(file, position, message);
  };
  return {
    get qubits() {
      return counts.qubit;
    },
    qubitNames,
    has: (name) => known.has(name),
    declare(of, name, size, position) {
      if (known.has(name)) fail(position, `the register ${quoted(name, "'")} is declared twice`);
      const single = size === null;
      const most = of === 'qubit' ? MAX_QUBITS : MAX_BITS;
      if (size !== null && size < 1n) fail(position, `a register of ${size} ${of}s; an integer above 0 is right`);
      const total = BigInt(counts[of]) + (size ?? 1n);
      if (total > most) fail(position, `${total} ${of}s are above the maximum of ${most}`);
      const count = Number(size ?? 1n);
      known.set(name, { of, first: counts[of], size: count, single });
      if (of === 'qubit') for (let i = 0; i < count; i++) qubitNames.push(single ? name : `${name}[${i}]`);
      counts[of] += count;
    },
    resolve(of, operand, indices) {
      const register = known.get(operand.name);
      if (register?.of !== of) return fail(operand, `${quoted(operand.name, "'")} is not a ${of} register`);
      const { first, size, single } = register;
      if (!indices) return { elements: Array.from({ length: size }, (_, i) => first + i), many: !single };
      if (single) return fail(operand, `${quoted(operand.name, "'")} is a single ${of} and has no elements`);
      const outside = (index: bigint): never =>
        fail(operand, `${operand.name}[${index}] is not one of ${operand.name}[0] … ${operand.name}[${size - 1}]`);
      // OpenQASM 3 counts negative indices from the end.
      const fromStart = (index: bigint): bigint => (index < 0n ? index + BigInt(size) : index);
      const elementAt = (index: bigint): number => {
        const from = fromStart(index);
        return from < 0n || from >= size ? outside(index) : first + Number(from);
      };
      if (operand.of !== 'slice') return { elements: indices.map(elementAt), many: operand.of === 'list' };
      const step = indices.length === 3 ? indices[1] : 1n;
      const range = integerRange(fromStart(indices[0]), step, fromStart(indices[indices.length - 1]));
      if (!range || range.count === 0n) return fail(operand, 'a slice without elements; at least one is right');
      // Ranges longer than the register are out of range, whatever their length.
      const beyond = range.count > size ? range.first + range.step * BigInt(size) : range.first;
      if (range.count > size) outside(beyond < 0n || beyond >= size ? beyond : range.first);
      return { elements: integersOf(range).map(elementAt), many: true };
    },
  };
}
