import { OpenQasmError, type SourcePosition } from './errors.ts';
import type { GateCall } from './parsing/syntax.ts';

/** A measurement at the end: a qubit, and the bit it goes to where there is one. */
export interface FinalMeasurement {
  readonly qubit: number;
  readonly bit: number | null;
}

/** What has been done to each qubit: resets, then gates, then one measurement is what a circuit can have. */
export interface QubitUses {
  /** In the order of the program. */
  readonly measurements: readonly FinalMeasurement[];
  /** Throws OpenQasmError where a gate comes after the measurement of one of its qubits. */
  gate(call: GateCall, qubits: readonly number[]): void;
  /** Throws OpenQasmError where the qubit is measured already. */
  measure(position: SourcePosition, qubit: number, bit: number | null): void;
  /** Qubits start from 0, so that a reset before anything else does nothing. Throws OpenQasmError where one comes later. */
  reset(position: SourcePosition, qubits: readonly number[]): void;
}

/** Starts with untouched qubits; `names` are theirs, in the order of declaration. */
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
          fail(call, `gate ${call.name} on ${names[qubit]}, which line ${line} measures; measurements come last`);
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
        const what = measurement ? `line ${measurement.line} measures` : `line ${gate?.line} has a gate on`;
        fail(
          position,
          `reset of ${names[qubit]}, which ${what}, is not supported: a circuit is unitary up to its final measurements, and a ` +
            'reset is read only before the first gate on its qubit',
        );
      }
    },
  };
}
