import { OpenQasmError, type SourcePosition } from './errors.ts';
import type { GateCall } from './parsing/syntax.ts';

/** A measurement at the end: a qubit, and the bit that stores the result, if any. */
export interface FinalMeasurement {
  readonly qubit: number;
  readonly bit: number | null;
}

/** Tracks the operations on each qubit: a circuit may have resets, then gates, then one measurement. */
export interface QubitUses {
  /** In the order of the program. */
  readonly measurements: readonly FinalMeasurement[];
  /** Throws OpenQasmError if a gate follows the measurement of one of its qubits. */
  gate(call: GateCall, qubits: readonly number[]): void;
  /** Throws OpenQasmError if the qubit is already measured. */
  measure(position: SourcePosition, qubit: number, bit: number | null): void;
  /** Qubits start in |0⟩, so a reset before other operations has no effect. Throws OpenQasmError for a later reset. */
  reset(position: SourcePosition, qubits: readonly number[]): void;
}

/** Starts with unused qubits; `names` are the qubits' names, in the order of declaration. */
export function createQubitUses(file: string, names: readonly string[]): QubitUses {
  const firstGate = new Map<number, SourcePosition>();
  const measured = new Map<number, SourcePosition>();
  const measurements: FinalMeasurement[] = [];
  const fail = (position: SourcePosition, message: string): never => {
    throw new OpenQasmError(file, position, message);
  };
  return {
    measurements,
    gate(call, qubits) {
      for (const qubit of qubits) {
        const line = measured.get(qubit)?.line;
        if (line !== undefined) {
          fail(call, `gate ${call.name} on ${names[qubit]}, which is measured on line ${line}; measurements come last`);
        }
        if (!firstGate.has(qubit)) firstGate.set(qubit, call);
      }
    },
    measure(position, qubit, bit) {
      if (measured.has(qubit)) fail(position, `${names[qubit]} is measured twice`);
      measured.set(qubit, position);
      measurements.push({ qubit, bit });
    },
    reset(position, qubits) {
      for (const qubit of qubits) {
        const [gate, measurement] = [firstGate.get(qubit), measured.get(qubit)];
        if (!gate && !measurement) continue;
        const what = measurement ? `is measured on line ${measurement.line}` : `has a gate on line ${gate?.line}`;
        fail(
          position,
          `reset of ${names[qubit]}, which ${what}, is not supported: a circuit is unitary up to its final measurements, and a ` +
            'reset is read only before the first gate on its qubit',
        );
      }
    },
  };
}
