import type { Circuit } from '@qloom/quantum/circuit.ts';

/** A circuit on physical qubits, with the classical registers that it measures into. */
export interface IsaProgram {
  /** Its qubit k is the device's qubit `physical[k]`; qubits that are not used are left out. */
  readonly circuit: Circuit;
  readonly physical: readonly number[];
  /** Names of the parameters in the order of the columns of a PUB's values: sorted, as the client sorts them. */
  readonly parameterNames: readonly string[];
  /** For each register, in the order of declaration, the circuit's qubit that each bit holds; null: never measured. */
  readonly registers: readonly { readonly name: string; readonly bits: readonly (number | null)[] }[];
}
