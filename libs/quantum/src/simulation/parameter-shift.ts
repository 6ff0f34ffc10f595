import type { Circuit } from '../circuit.ts';
import { type Angle, addAngleGradient, constant, evaluateAngle } from '../gates/angle.ts';
import type { GateName } from '../gates/gates.ts';
import type { Observable } from '../observables/observable.ts';
import type { CircuitGradient } from './adjoint.ts';
import { amplitudeNorm } from './preparation.ts';
import { applyGates, expectation, initialState, type Statevector } from './statevector.ts';

/** A shift rule: f′(a) = Σ_j weight_j·[f(a + shift_j) − f(a − shift_j)]. */
export type ShiftRule = readonly { readonly shift: number; readonly weight: number }[];

const TWO_TERM: ShiftRule = [{ shift: Math.PI / 2, weight: 1 / 2 }];
const FOUR_TERM: ShiftRule = [
  { shift: Math.PI / 2, weight: (Math.SQRT2 + 1) / (4 * Math.SQRT2) },
  { shift: (3 * Math.PI) / 2, weight: -(Math.SQRT2 - 1) / (4 * Math.SQRT2) },
];

/** Gates whose generator has the eigenvalues {−½, 0, ½}, for which two terms are wrong. */
const CONTROLLED_ROTATIONS: ReadonlySet<GateName> = new Set(['crx', 'cry', 'crz', 'cu']);

/**
 * The shift rule of a gate's angle: two terms where the generator has two eigenvalues (rotations, phases, controlled
 * phases, u, rot), four for controlled rotations (Anselmetti et al., "Local, expressive, quantum-number-preserving VQE
 * ansätze", arXiv:2104.05695). For cu's φ and λ two terms would suffice; four are correct as well.
 */
export const shiftRule = (name: GateName): ShiftRule => (CONTROLLED_ROTATIONS.has(name) ? FOUR_TERM : TWO_TERM);

/** The value of a circuit with a shifted angle, exact or estimated with noise or shots. */
export type ShiftedObjective = (shifted: Circuit) => number;

/**
 * The gradient of `objective` by shifted circuits with respect to the parameters and the inputs that angles carry.
 * Correct for every quantity that is linear in the circuit's final state, with or without noise between the gates.
 * Excludes amplitude inputs.
 */
export function shiftGradient(
  circuit: Circuit,
  objective: ShiftedObjective,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
): { readonly parameters: Float64Array; readonly inputs: Float64Array } {
  const parameterGradient = new Float64Array(circuit.parameters.length);
  const inputGradient = new Float64Array(circuit.inputs);
  circuit.gates.forEach((gate, g) => {
    gate.angles.forEach((angle, which) => {
      if (angle.terms.length === 0) return;
      const at = evaluateAngle(angle, parameters, inputs);
      const shifted = (by: number) => objective(replaceAngle(circuit, g, which, constant(at + by)));
      const derivative = shiftRule(gate.name).reduce(
        (total, { shift, weight }) => total + weight * (shifted(shift) - shifted(-shift)),
        0,
      );
      addAngleGradient(angle, derivative, parameters, inputs, parameterGradient, inputGradient);
    });
  });
  return { parameters: parameterGradient, inputs: inputGradient };
}

/**
 * The gradient of `Σ_k cotangents[k]·⟨O_k⟩` by executing shifted circuits, as on hardware: two executions per angle,
 * four for controlled rotations, two per amplitude. It uses no derivatives of adjointGradient and serves as its check.
 */
export function parameterShiftGradient(
  circuit: Circuit,
  observables: readonly Observable[],
  cotangents: ArrayLike<number>,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
): CircuitGradient {
  const weigh = (state: Statevector): number =>
    observables.reduce((total, observable, k) => total + cotangents[k] * expectation(state, observable), 0);
  const runFrom = (state: Statevector, candidate: Circuit): Statevector => {
    applyGates(state, candidate.gates, parameters, inputs);
    return state;
  };
  const objective = (candidate: Circuit) => weigh(runFrom(initialState(circuit, inputs), candidate));
  const gradient = shiftGradient(circuit, objective, parameters, inputs);
  amplitudeShifts(circuit, inputs, (state) => weigh(runFrom(state, circuit)), gradient.inputs);
  const state = runFrom(initialState(circuit, inputs), circuit);
  return { expectations: Float64Array.from(observables, (observable) => expectation(state, observable)), ...gradient };
}

/**
 * Adds the gradient with respect to amplitudes by shifts; `run` returns the value for a prepared state. Changing x_k
 * rotates the prepared state φ towards the unit vector u along e_k − φ_k·φ, and f(cos t·φ + sin t·u) has period π, so
 * its slope at t = 0 is f(π/4) − f(−π/4).
 */
export function amplitudeShifts(
  circuit: Circuit,
  inputs: ArrayLike<number>,
  run: (state: Statevector) => number,
  inputGradient: Float64Array,
): void {
  if (!circuit.preparation) return;
  const { inputs: count } = circuit.preparation;
  const norm = amplitudeNorm(inputs, count);
  for (let k = 0; k < count; k++) {
    const prepared = initialState(circuit, inputs).re;
    const length = Math.sqrt(Math.max(0, 1 - prepared[k] ** 2));
    // A state cannot rotate towards itself.
    if (length < 1e-12) continue;
    const turned = (sign: 1 | -1) => {
      const state = initialState(circuit, inputs);
      for (let j = 0; j < state.re.length; j++) {
        const towards = ((j === k ? 1 : 0) - prepared[k] * prepared[j]) / length;
        state.re[j] = Math.SQRT1_2 * (prepared[j] + sign * towards);
      }
      return run(state);
    };
    inputGradient[k] += ((turned(1) - turned(-1)) * length) / norm;
  }
}

function replaceAngle(circuit: Circuit, gateIndex: number, which: number, angle: Angle): Circuit {
  const gates = circuit.gates.map((gate, g) =>
    g === gateIndex ? { ...gate, angles: gate.angles.map((old, a) => (a === which ? angle : old)) } : gate,
  );
  return { ...circuit, gates };
}
