import type { CircuitGradient } from './adjoint.ts';
import { type Angle, addAngleGradient, constant, evaluateAngle } from './angle.ts';
import type { Circuit } from './circuit.ts';
import type { GateName } from './gates.ts';
import type { Observable } from './observable.ts';
import { expectation, runCircuit } from './statevector.ts';

/** A shift rule: f′(a) = Σ_j weight_j·[f(a + shift_j) − f(a − shift_j)]. */
type ShiftRule = readonly { readonly shift: number; readonly weight: number }[];

const TWO_TERM: ShiftRule = [{ shift: Math.PI / 2, weight: 1 / 2 }];
const FOUR_TERM: ShiftRule = [
  { shift: Math.PI / 2, weight: (Math.SQRT2 + 1) / (4 * Math.SQRT2) },
  { shift: (3 * Math.PI) / 2, weight: -(Math.SQRT2 - 1) / (4 * Math.SQRT2) },
];

/** Gates whose generator has the eigenvalues {−½, 0, ½}, for which two terms are wrong. */
const CONTROLLED_ROTATIONS: ReadonlySet<GateName> = new Set(['crx', 'cry', 'crz', 'cu']);

/**
 * The gradient of `Σ_k cotangents[k]·⟨O_k⟩` by executing shifted circuits, as hardware would: two executions an angle,
 * four for controlled rotations (Anselmetti et al., "Local, expressive, quantum-number-preserving VQE ansätze",
 * arXiv:2104.05695). It shares no derivative with {@link adjointGradient}, which it checks.
 */
export function parameterShiftGradient(
  circuit: Circuit,
  observables: readonly Observable[],
  cotangents: ArrayLike<number>,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
): CircuitGradient {
  const objective = (candidate: Circuit): number => {
    const state = runCircuit(candidate, parameters, inputs);
    return observables.reduce((total, observable, k) => total + cotangents[k] * expectation(state, observable), 0);
  };
  const parameterGradient = new Float64Array(circuit.parameters.length);
  const inputGradient = new Float64Array(circuit.inputs);
  circuit.gates.forEach((gate, g) => {
    gate.angles.forEach((angle, which) => {
      if (angle.terms.length === 0) return;
      const at = evaluateAngle(angle, parameters, inputs);
      const shifted = (by: number) => objective(replaceAngle(circuit, g, which, constant(at + by)));
      const rule = CONTROLLED_ROTATIONS.has(gate.name) ? FOUR_TERM : TWO_TERM;
      const derivative = rule.reduce(
        (total, { shift, weight }) => total + weight * (shifted(shift) - shifted(-shift)),
        0,
      );
      addAngleGradient(angle, derivative, parameters, inputs, parameterGradient, inputGradient);
    });
  });
  const state = runCircuit(circuit, parameters, inputs);
  return {
    expectations: Float64Array.from(observables, (observable) => expectation(state, observable)),
    parameters: parameterGradient,
    inputs: inputGradient,
  };
}

function replaceAngle(circuit: Circuit, gateIndex: number, which: number, angle: Angle): Circuit {
  const gates = circuit.gates.map((gate, g) =>
    g === gateIndex ? { ...gate, angles: gate.angles.map((old, a) => (a === which ? angle : old)) } : gate,
  );
  return { ...circuit, gates };
}
