import { type Angle, constant, validateAngle } from './angle.ts';
import { CircuitError, CircuitTooLargeError } from './errors.ts';
import { GATES, type GateName, isGateName } from './gates.ts';

/** The most qubits a circuit may have. */
export const MAX_QUBITS = 20;

/** One gate of a circuit. Qubit 0 is the least significant bit of a basis state's index. */
export interface Gate {
  readonly name: GateName;
  /** Controls first; all different. */
  readonly qubits: readonly number[];
  readonly angles: readonly Angle[];
}

/** What a parameter is for, which is how it is initialized: θ (`angle`) or ω (`weight` of an input). */
export type ParameterKind = 'angle' | 'weight';

/** A parameterized circuit that starts from |0…0⟩. */
export interface Circuit {
  readonly qubits: number;
  /** Number of inputs x_j. */
  readonly inputs: number;
  /** The kind of each parameter θ_i; its length is their number. */
  readonly parameters: readonly ParameterKind[];
  readonly gates: readonly Gate[];
}

/** Builds a circuit gate by gate and hands out its parameters. */
export interface CircuitBuilder {
  readonly qubits: number;
  readonly inputs: number;
  /** A new parameter's index. */
  parameter(kind?: ParameterKind): number;
  /** Appends a gate; a number stands for a constant angle. Throws CircuitError when the gate is malformed. */
  gate(name: GateName, qubits: readonly number[], ...angles: (Angle | number)[]): CircuitBuilder;
  build(): Circuit;
}

/**
 * Starts a circuit. Example: `createCircuitBuilder({ qubits: 2, inputs: 1 }).gate('ry', [0], input(0)).build()`.
 * Throws CircuitTooLargeError above {@link MAX_QUBITS}.
 */
export function createCircuitBuilder(size: { qubits: number; inputs?: number }): CircuitBuilder {
  const { qubits, inputs = 0 } = size;
  checkQubits(qubits);
  const parameters: ParameterKind[] = [];
  const gates: Gate[] = [];
  const builder: CircuitBuilder = {
    qubits,
    inputs,
    parameter: (kind = 'angle') => parameters.push(kind) - 1,
    gate(name, on, ...angles) {
      const gate = { name, qubits: [...on], angles: angles.map((a) => (typeof a === 'number' ? constant(a) : a)) };
      validateGate(gate, gates.length, { qubits, inputs, parameters });
      gates.push(gate);
      return builder;
    },
    build: () => ({ qubits, inputs, parameters: [...parameters], gates: [...gates] }),
  };
  return builder;
}

/** Throws CircuitError or CircuitTooLargeError unless the circuit is well formed. For circuits that came from outside. */
export function validateCircuit(circuit: Circuit): void {
  checkQubits(circuit.qubits);
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

function validateGate(gate: Gate, index: number, circuit: Omit<Circuit, 'gates'>): void {
  const where = `gate ${index} (${gate.name})`;
  if (!isGateName(gate.name)) throw new CircuitError(`${where}: unknown; known are ${Object.keys(GATES).join(', ')}`);
  const definition = GATES[gate.name];
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
