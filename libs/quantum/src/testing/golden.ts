import { readFileSync } from 'node:fs';
import { type Circuit, createCircuitBuilder } from '../circuit.ts';
import type { Angle } from '../gates/angle.ts';
import type { LibraryGateName } from '../gates/gate-library.ts';
import type { Observable } from '../observables/observable.ts';
import { buildQnnCircuit, type QnnCircuitSettings } from '../qnn-circuit.ts';

/** A circuit on which PennyLane and Qiskit agree to 1e-12, and their results. */
export interface GoldenCircuit {
  readonly name: string;
  readonly circuit: Circuit;
  readonly observables: readonly Observable[];
  readonly parameters: Float64Array;
  readonly inputs: Float64Array;
  /** ⟨O_k⟩. */
  readonly expectations: readonly number[];
  /** ∂⟨O_k⟩/∂θ_i, shape [observables, parameters]. */
  readonly parameterJacobian: readonly (readonly number[])[];
  /** ∂⟨O_k⟩/∂x_j, shape [observables, inputs]. */
  readonly inputJacobian: readonly (readonly number[])[];
  /** The names of the gates as written, including composed ones; empty if settings built the circuit. */
  readonly gateNames: readonly string[];
  /** The settings that built the circuit, if any. */
  readonly settings?: QnnCircuitSettings;
}

/** [constant, [coefficient, parameter, input, second input?], …]; −1 means none. */
type PackedAngle = readonly [number, ...(readonly (readonly number[])[])];

interface Line {
  readonly name: string;
  readonly qubits: number;
  readonly inputs: number;
  readonly gates?: readonly (readonly [LibraryGateName, readonly number[], readonly PackedAngle[]])[];
  readonly settings?: Omit<QnnCircuitSettings, 'qubits' | 'inputs'>;
  readonly observables: readonly (readonly (readonly [number, string])[])[];
  readonly parameters: readonly number[];
  readonly x: readonly number[];
  readonly expectations: readonly number[];
  readonly parameterJacobian: readonly (readonly number[])[];
  readonly inputJacobian: readonly (readonly number[])[];
}

/** Every circuit of golden/circuits.jsonl, which golden/make_golden.py generates. */
export function goldenCircuits(): GoldenCircuit[] {
  const text = readFileSync(new URL('../../golden/circuits.jsonl', import.meta.url), 'utf8');
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map((line) => unpack(JSON.parse(line)));
}

function unpack(line: Line): GoldenCircuit {
  const { name, qubits, inputs, gates = [], settings, expectations, parameterJacobian, inputJacobian } = line;
  const full = settings ? { ...settings, qubits, inputs } : undefined;
  return {
    name,
    circuit: full ? buildQnnCircuit(full) : circuitOf(line),
    observables: line.observables.map((terms) => ({
      terms: terms.map(([coefficient, paulis]) => ({ coefficient, paulis })),
    })),
    parameters: Float64Array.from(line.parameters),
    inputs: Float64Array.from(line.x),
    expectations,
    parameterJacobian,
    inputJacobian,
    gateNames: gates.map(([gate]) => gate),
    ...(full ? { settings: full } : {}),
  };
}

function circuitOf({ qubits, inputs, parameters, gates = [] }: Line): Circuit {
  const builder = createCircuitBuilder({ qubits, inputs });
  for (let i = 0; i < parameters.length; i++) builder.parameter();
  for (const [name, on, angles] of gates) builder.gate(name, on, ...angles.map(unpackAngle));
  return builder.build();
}

const index = (value: number): number | null => (value < 0 ? null : value);

const unpackAngle = ([constant, ...terms]: PackedAngle): Angle => ({
  constant,
  terms: terms.map(([coefficient, parameter, input, second]) => ({
    coefficient,
    parameter: index(parameter),
    input: index(input),
    ...(second === undefined ? {} : { secondInput: second }),
  })),
});
