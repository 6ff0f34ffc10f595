import type { Precision } from '../../engine.ts';
import { REGISTER_BYTES } from '../printing/widen.ts';

/** The sizes that every kernel is written for. A vector holds one number for each of `lanes` samples. */
export interface Shape {
  readonly qubits: number;
  readonly precision: Precision;
  /** SIMD registers a vector: 1, or 2 where V8 merges them into one of twice the width. */
  readonly registers: 1 | 2;
  /** Samples side by side. */
  readonly lanes: number;
  readonly numberBytes: number;
  readonly vectorBytes: number;
  /** log2 of vectorBytes and of vectorBytes / numberBytes. */
  readonly vectorShift: number;
  readonly laneShift: number;
  /** Bytes of the real (or imaginary) parts of a block of states, amplitude after amplitude. */
  readonly planeBytes: number;
  /** Bytes of a block of states: the real plane, then the imaginary one. */
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
