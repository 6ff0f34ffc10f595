import type { Precision } from '../../engine.ts';
import { REGISTER_BYTES } from '../printing/widen.ts';

/** The sizes that kernels are generated for. A vector has one number for each of `lanes` samples. */
export interface Shape {
  readonly qubits: number;
  readonly precision: Precision;
  /** SIMD registers per vector: 1, or 2 if V8 merges them into one of twice the width. */
  readonly registers: 1 | 2;
  /** Number of samples per vector. */
  readonly lanes: number;
  readonly numberBytes: number;
  readonly vectorBytes: number;
  /** log2 of vectorBytes and of vectorBytes / numberBytes. */
  readonly vectorShift: number;
  readonly laneShift: number;
  /** Size of the real (or imaginary) parts of a block of states, amplitude after amplitude. Unit: bytes. */
  readonly planeBytes: number;
  /** Size of a block of states: the real plane, then the imaginary one. Unit: bytes. */
  readonly stateBytes: number;
}

/** The shape of blocks of states on `qubits` qubits. */
export function createShape(qubits: number, precision: Precision, registers: 1 | 2): Shape {
  const numberBytes = precision === 'float32' ? 4 : 8;
  const vectorBytes = REGISTER_BYTES * registers;
  const planeBytes = 2 ** qubits * vectorBytes;
  return {
    qubits,
    precision,
    registers,
    lanes: vectorBytes / numberBytes,
    numberBytes,
    vectorBytes,
    vectorShift: Math.log2(vectorBytes),
    laneShift: Math.log2(vectorBytes / numberBytes),
    planeBytes,
    stateBytes: 2 * planeBytes,
  };
}
