import type { Circuit } from '@qloom/quantum/circuit.ts';
import { buildQnnCircuit, type QnnCircuitSettings } from '@qloom/quantum/qnn-circuit.ts';
import { circuitFromQasm } from './qasm-circuit.ts';

/** An OpenQASM program; see qasm-circuit.ts. */
export interface QasmSource {
  readonly qasm: string;
}

/** Source of a circuit: an encoding and an ansatz, or a program. Plain JSON. */
export type CircuitSource = QnnCircuitSettings | QasmSource;

/**
 * The circuit. Throws CircuitError, CircuitTooLargeError and OpenQasmError, which say what is wrong and what is
 * allowed.
 */
export const buildCircuit = (source: CircuitSource): Circuit =>
  'qasm' in source ? circuitFromQasm(source.qasm) : buildQnnCircuit(source);
