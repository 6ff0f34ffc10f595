import { MAX_QUBITS } from '../circuit.ts';
import { OpenQasmError, type SourcePosition } from './errors.ts';
import type { Operand } from './syntax.ts';

/** The most bits a program may declare. */
const MAX_BITS = 4096;

/** The registers of a program: where each begins among the qubits or bits, and its size. */
export interface Registers {
  readonly qubits: number;
  /** `q[0]`, `q[1]`, … by the circuit's qubit; a single qubit is `q`. */
  readonly qubitNames: readonly string[];
  declare(of: 'qubit' | 'bit', name: string, size: number | null, position: SourcePosition): void;
  /**
   * The elements that an operand names. `indices` are its evaluated indices; null stands for the register as a whole.
   */
  resolve(of: 'qubit' | 'bit', operand: Operand, indices: readonly number[] | null): ResolvedOperand;
}

/** Elements of a register. */
export interface ResolvedOperand {
  readonly elements: readonly number[];
  /** Several elements, so that a gate is applied to each. */
  readonly many: boolean;
}

/** Starts without registers. Throws OpenQasmError where names are declared twice, unknown, or indices out of range. */
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
    declare(of, name, size, position) {
      if (known.has(name)) fail(position, `the register '${name}' is declared twice`);
      const single = size === null;
      const count = size ?? 1;
      if (!Number.isInteger(count) || count < 1)
        fail(position, `a register of ${count} ${of}s; an integer above 0 is right`);
      const most = of === 'qubit' ? MAX_QUBITS : MAX_BITS;
      if (counts[of] + count > most) fail(position, `${counts[of] + count} ${of}s are above the maximum of ${most}`);
      known.set(name, { of, first: counts[of], size: count, single });
      if (of === 'qubit') for (let i = 0; i < count; i++) qubitNames.push(single ? name : `${name}[${i}]`);
      counts[of] += count;
    },
    resolve(of, operand, indices) {
      const register = known.get(operand.name);
      if (register?.of !== of) return fail(operand, `'${operand.name}' is not a ${of} register`);
      const { first, size, single } = register;
      const all = Array.from({ length: size }, (_, i) => first + i);
      if (!indices) return { elements: all, many: !single };
      if (single) return fail(operand, `'${operand.name}' is a single ${of} and has no elements`);
      const elements = selected(indices, operand.slice ?? false, size).map((index) => {
        // OpenQASM 3 counts negative indices from the end.
        const from = index < 0 ? index + size : index;
        if (!Number.isInteger(from) || from < 0 || from >= size) {
          fail(operand, `${operand.name}[${index}] is not one of ${operand.name}[0] … ${operand.name}[${size - 1}]`);
        }
        return first + from;
      });
      return { elements, many: operand.slice === true || indices.length > 1 };
    },
  };
}

function selected(indices: readonly number[], slice: boolean, size: number): readonly number[] {
  if (!slice) return indices;
  const [first, last] = [indices[0], indices[indices.length - 1]];
  const step = indices.length === 3 ? indices[1] : 1;
  const at = (index: number) => (index < 0 ? index + size : index);
  return stepped(at(first), step, at(last), 2 * MAX_QUBITS) ?? [];
}

/** first, first + step, … up to and with `last`; null where there would be more than `most`, or the step is 0. */
export function stepped(first: number, step: number, last: number, most: number): number[] | null {
  if (step === 0 || Math.abs((last - first) / step) >= most) return null;
  const out: number[] = [];
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) out.push(value);
  return out;
}
