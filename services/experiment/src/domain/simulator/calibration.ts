import type { Calibration } from '../backend/backend.ts';

/** The values of a calibration and the pairs that `couplingErrors` belong to. */
export interface CalibrationValues extends Omit<Calibration, 'id'> {
  /** Pairs of qubits, in the order of `couplingErrors`. */
  readonly coupling: readonly (readonly [number, number])[];
}

/** How long gates take. Unit: seconds. */
export interface GateTimes {
  readonly oneQubit: number;
  readonly twoQubit: number;
}
