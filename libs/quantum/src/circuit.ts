import { CircuitError, CircuitTooLargeError } from './errors.ts';
import { type Angle, constant, validateAngle } from './gates/angle.ts';
import type { Gate } from './gates/gate.ts';
import { COMPOSED_GATES, expandGate, gateSize, isLibraryGateName, type LibraryGateName } from './gates/gate-library.ts';
import { GATES, isGateName } from './gates/gates.ts';

export type { Gate } from './gates/gate.ts';

/** Maximum number of qubits of a circuit. */
export const MAX_QUBITS = 20;

/** The role of a parameter, which determines its initialization: θ (`angle`) or ω (`weight` of an input). */
export type ParameterKind = 'angle' | 'weight';

/**
 * Amplitude encoding: the gates start from Σ_k x_k|k⟩/‖x‖ over the first `inputs` inputs, padded with zeros, instead of
 * from |0…0⟩. Basis state k has qubit 0 as its least significant bit.
 */
export interface AmplitudePreparation {
  readonly kind: 'amplitude';
  /** Number of the circuit's inputs, from the first, that are amplitudes: 1 to 2ⁿ. */
  readonly inputs: number;
}

/** A parameterized circuit that starts from |0…0⟩, or from the state that {@link Circuit.preparation} describes. */
export interface Circuit {
  readonly qubits: number;
  /** Number of inputs x_j. */
  readonly inputs: number;
  /** The state before the first gate. Absent: |0…0⟩. An engine without support for it refuses the circuit. */
  readonly preparation?: AmplitudePreparation;
  /** The kind of each parameter θ_i; the length is the number of parameters. */
  readonly parameters: readonly ParameterKind[];
  readonly gates: readonly Gate[];
}

/** Builds a circuit gate by gate and allocates its parameters. */
export interface CircuitBuilder {
  readonly qubits: number;
  readonly inputs: number;
  /** Adds a parameter and returns its index. */
  parameter(kind?: ParameterKind): number;
  /**
   * Appends a gate; a number is a constant angle. A gate of COMPOSED_GATES is appended as its decomposition. Throws
   * CircuitError when the gate is malformed.
   */
  gate(name: LibraryGateName, qubits: readonly number[], ...angles: (Angle | number)[]): CircuitBuilder;
  /** Appends existing gates. Throws CircuitError when one is malformed. */
  append(gates: readonly Gate[]): CircuitBuilder;
  build(): Circuit;
}

/**
 * Starts a circuit. Example: `createCircuitBuilder({ qubits: 2, inputs: 1 }).gate('ry', [0], input(0)).build()`.
 * Throws CircuitTooLargeError above {@link MAX_QUBITS}.
 */
export function createCircuitBuilder(size: {
  qubits: number;
  inputs?: number;
  preparation?: AmplitudePreparation;
}): CircuitBuilder {
  const { qubits, inputs = 0, preparation } = size;
  checkQubits(qubits);
  checkPreparation({ qubits, inputs, preparation });
  const parameters: ParameterKind[] = [];
  const gates: Gate[] = [];
  const add = (gate: Gate) => {
    validateGate(gate, gates.length, { qubits, inputs, parameters });
    gates.push(gate);
  };
  const builder: CircuitBuilder = {
    qubits,
    inputs,
    parameter: (kind = 'angle') => parameters.push(kind) - 1,
    gate(name, on, ...angles) {
      const given = { qubits: [...on], angles: angles.map((a) => (typeof a === 'number' ? constant(a) : a)) };
      if (isGateName(name)) add({ name, ...given });
      else {
        validateOperands({ name, ...given }, gates.length, { qubits, inputs, parameters });
        builder.append(expandGate(name, given.qubits, given.angles));
      }
      return builder;
    },
    append(more) {
      for (const gate of more) add(gate);
      return builder;
    },
    build: () => ({
      qubits,
      inputs,
      ...(preparation ? { preparation } : {}),
      parameters: [...parameters],
      gates: [...gates],
    }),
  };
  return builder;
}

/**
 * Throws CircuitError or CircuitTooLargeError unless the circuit is well formed. For circuits from external sources.
 */
export function validateCircuit(circuit: Circuit): void {
  checkQubits(circuit.qubits);
  checkPreparation(circuit);
  circuit.gates.forEach((gate, index) => {
    validateGate(gate, index, circuit);
  });
}

/** Throws unless `qubits` is an integer in 1 … {@link MAX_QUBITS}. */
export function checkQubits(qubits: number): void {
  if (!Number.isInteger(qubits) || qubits < 1) {
    throw new CircuitError(`circuit: ${qubits} qubits; an integer from 1 to ${MAX_QUBITS} is right`);
  }
  if (qubits > MAX_QUBITS) {
    throw new CircuitTooLargeError(`circuit: ${qubits} qubits are above the maximum of ${MAX_QUBITS}`);
  }
}

function checkPreparation({ qubits, inputs, preparation }: Pick<Circuit, 'qubits' | 'inputs' | 'preparation'>): void {
  if (!preparation) return;
  if (preparation.kind !== 'amplitude') {
    throw new CircuitError(`circuit: preparation '${preparation.kind}' is unknown; 'amplitude' is right`);
  }
  const most = Math.min(inputs, 2 ** qubits);
  if (!Number.isInteger(preparation.inputs) || preparation.inputs < 1 || preparation.inputs > most) {
    throw new CircuitError(
      `circuit: amplitude preparation from ${preparation.inputs} of ${inputs} inputs on ${qubits} qubits; ` +
        `1 to ${most} are right`,
    );
  }
}

function validateGate(gate: Gate, index: number, circuit: Omit<Circuit, 'gates'>): void {
  if (!isGateName(gate.name)) {
    throw new CircuitError(`gate ${index} (${gate.name}): unknown; known are ${Object.keys(GATES).join(', ')}`);
  }
  validateOperands(gate, index, circuit);
}

type Operands = Pick<Gate, 'qubits' | 'angles'> & { readonly name: LibraryGateName };

function validateOperands(gate: Operands, index: number, circuit: Omit<Circuit, 'gates'>): void {
  const where = `gate ${index} (${gate.name})`;
  if (!isLibraryGateName(gate.name)) {
    const known = [...Object.keys(GATES), ...Object.keys(COMPOSED_GATES)].join(', ');
    throw new CircuitError(`${where}: unknown; known are ${known}`);
  }
  const definition = gateSize(gate.name);
  if (gate.qubits.length !== definition.qubits) {
    throw new CircuitError(`${where}: acts on ${gate.qubits.length} qubits; ${definition.qubits} are right`);
  }
  if (gate.angles.length !== definition.angles) {
    throw new CircuitError(`${where}: has ${gate.angles.length} angles; ${definition.angles} are right`);
  }
  for (const qubit of gate.qubits) {
    if (!Number.isInteger(qubit) || qubit < 0 || qubit >= circuit.qubits) {
      throw new CircuitError(`${where}: qubit ${qubit} is not one of 0 … ${circuit.qubits - 1}`);
    }
  }
  if (new Set(gate.qubits).size !== gate.qubits.length) {
    throw new CircuitError(`${where}: qubits ${gate.qubits.join(', ')} are not all different`);
  }
  for (const angle of gate.angles) validateAngle(angle, circuit.parameters.length, circuit.inputs, where);
}
