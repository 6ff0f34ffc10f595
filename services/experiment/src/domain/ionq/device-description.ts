import type { Calibration } from '../backend/backend.ts';

/** The parts of `/backends/{name}` that are read. */
export interface BackendDocument {
  readonly status: string;
  readonly qubits: number;
  readonly characterization_id?: string | null;
  readonly supported_gates?: readonly string[];
}

/** The parts of a characterization that are read. Fidelities and times are medians over the device. */
export interface CharacterizationDocument {
  readonly id: string;
  readonly date: string;
  readonly qubits: number;
  readonly connectivity?: readonly (readonly [number, number])[];
  readonly fidelity?: Readonly<Record<string, { readonly median?: number | null } | undefined>>;
  /** Unit: seconds. */
  readonly timing?: Readonly<Record<string, number | undefined>>;
}

/** The pairs that are coupled; empty where all are. */
export function couplingOf({ qubits, connectivity = [] }: CharacterizationDocument): (readonly [number, number])[] {
  const pairs = new Map(
    connectivity.map(([a, b]) => [`${Math.min(a, b)} ${Math.max(a, b)}`, [Math.min(a, b), Math.max(a, b)] as const]),
  );
  return pairs.size === (qubits * (qubits - 1)) / 2 ? [] : [...pairs.values()];
}

/** The characterization as a calibration: every qubit and coupling has the median of the device. A fidelity that is absent is an error of 1. */
export function calibrationOf(document: CharacterizationDocument): Calibration {
  const { id, date, qubits, fidelity = {}, timing = {} } = document;
  const error = (name: string): number => Math.min(1, Math.max(0, 1 - (fidelity[name]?.median ?? 0)));
  const each = (value: number): number[] => new Array<number>(qubits).fill(value);
  return {
    id,
    timeMs: Date.parse(date),
    readoutErrors: each(error('spam')),
    gateErrors: each(error('1q')),
    couplingErrors: couplingOf(document).map(() => error('2q')),
    t1: each(timing['t1'] ?? 0),
    t2: each(timing['t2'] ?? 0),
  };
}
