import type { Random } from '@qloom/random/random.ts';
import type { Circuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { input } from '../gates/angle.ts';
import type { Gate } from '../gates/gate.ts';
import { gate } from '../gates/gate-algebra.ts';
import { type PauliError, pauliErrors } from './channels.ts';
import { type NoiseModel, type NoiseSite, noiseAfter, validateNoiseModel } from './noise-model.ts';

/** A place where a Pauli error may occur. */
interface ErrorSite {
  readonly qubits: readonly number[];
  readonly errors: readonly PauliError[];
}

/**
 * One circuit with a Pauli error drawn after every gate: a sample whose expectations, averaged, are those of the density
 * matrix. Throws CircuitError where the model has amplitude damping, whose jumps depend on the state.
 */
export function sampleTrajectory(circuit: Circuit, model: NoiseModel, random: Random): Circuit {
  validateNoiseModel(model, circuit.qubits);
  const gates = circuit.gates.flatMap((one): Gate[] => {
    const struck = noiseAfter(model, one).flatMap((site) => {
      const { qubits, errors } = errorSite(site);
      const letters = drawError(errors, random);
      return letters === null ? [] : pauliGates(letters, qubits);
    });
    return [one, ...struck];
  });
  return { ...circuit, gates };
}

/** A noisy circuit as one circuit for batched engines: additional inputs select the errors that occur. */
export interface TrajectoryCircuit {
  /** The circuit with `errorInputs` inputs after its own: RX(π·e) and RZ(π·e) after the gates. */
  readonly circuit: Circuit;
  readonly errorInputs: number;
  /** Draws the errors of one trajectory: writes `errorInputs` zeros and ones to `row` from `offset`. */
  draw(random: Random, row: Float64Array, offset: number): void;
}

/**
 * Turns the choice of errors into inputs, so that all trajectories of all rows have one circuit structure and are
 * executed as one batch. The means of expectations and of adjoint gradients over trajectories are unbiased. Throws
 * CircuitError where the model has amplitude damping.
 */
export function compileTrajectories(circuit: Circuit, model: NoiseModel): TrajectoryCircuit {
  validateNoiseModel(model, circuit.qubits);
  const sites: (ErrorSite & { readonly slots: readonly { x: number | null; z: number | null }[] })[] = [];
  let next = circuit.inputs;
  const gates = circuit.gates.flatMap((one): Gate[] => {
    const struck = noiseAfter(model, one).flatMap((noise) => {
      const site = errorSite(noise);
      const slots = site.qubits.map((_, j) => ({
        x: site.errors.some(({ paulis }) => 'XY'.includes(paulis[j])) ? next++ : null,
        z: site.errors.some(({ paulis }) => 'ZY'.includes(paulis[j])) ? next++ : null,
      }));
      sites.push({ ...site, slots });
      return slots.flatMap(({ x, z }, j) => [
        ...(x === null ? [] : [gate('rx', [site.qubits[j]], input(x, Math.PI))]),
        ...(z === null ? [] : [gate('rz', [site.qubits[j]], input(z, Math.PI))]),
      ]);
    });
    return [one, ...struck];
  });
  const errorInputs = next - circuit.inputs;
  return {
    circuit: { ...circuit, inputs: next, gates },
    errorInputs,
    draw(random, row, offset) {
      row.fill(0, offset, offset + errorInputs);
      const strike = (slot: number | null) => {
        if (slot !== null) row[offset + slot - circuit.inputs] = 1;
      };
      for (const { errors, slots } of sites) {
        const letters = drawError(errors, random);
        if (letters === null) continue;
        slots.forEach(({ x, z }, j) => {
          if ('XY'.includes(letters[j])) strike(x);
          if ('ZY'.includes(letters[j])) strike(z);
        });
      }
    },
  };
}

function errorSite({ channel, qubits }: NoiseSite): ErrorSite {
  const errors = pauliErrors(channel);
  if (errors) return { qubits, errors };
  throw new CircuitError(
    `trajectories: ${channel.kind} is not a mixture of Pauli errors: its jumps depend on the state; use a density matrix instead`,
  );
}

function drawError(errors: readonly PauliError[], random: Random): string | null {
  let left = random.uniform();
  for (const { paulis, probability } of errors) {
    if (left < probability) return paulis;
    left -= probability;
  }
  return null;
}

const pauliGates = (letters: string, qubits: readonly number[]): Gate[] =>
  qubits.flatMap((qubit, j) =>
    letters[j] === 'I' ? [] : [gate(letters[j].toLowerCase() as 'x' | 'y' | 'z', [qubit])],
  );
