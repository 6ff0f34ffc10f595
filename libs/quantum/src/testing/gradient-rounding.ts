import { type RoundedFormat, rounding } from '@qloom/tensor/testing/rounding.ts';
import type { Circuit } from '../circuit.ts';
import type { AngleTerm } from '../gates/angle.ts';
import type { Observable } from '../observables/observable.ts';

/** Bounds on the rounding error of each number of a gradient. */
export interface GradientRounding {
  /** Of ⟨O_k⟩, one for each observable. */
  readonly expectations: Float64Array;
  /** Of the derivatives of Σ_k cotangent_k·⟨O_k⟩. */
  readonly parameters: Float64Array;
  readonly inputs: Float64Array;
}

/** Derivatives of angles with respect to each parameter and input: sums of absolute values over all gates. */
interface Slopes {
  readonly parameters: Float64Array;
  readonly inputs: Float64Array;
  /** Second derivatives, nonzero only for products x_j·x_j. */
  readonly curvatures: Float64Array;
  /** Number of terms of all angles. */
  readonly occurrences: number;
  /** Sum of the absolute values of all terms of angles. */
  readonly size: number;
}

/**
 * Roundings of an amplitude per gate: a row of four complex products, two roundings of each being those of the gate's
 * entry.
 */
const ROUNDINGS_OF_A_GATE = 12;
/** A change a of an angle changes an amplitude by at most a, and an expectation by at most 2·‖O‖·a. */
const SLOPE_OF_AN_ANGLE = 2;

/**
 * Bounds on rounding for a circuit's expectations and its adjoint gradient in a format, whatever the order of the
 * operations. Gates are unitary, so errors of amplitudes add up and never grow: n gates have
 * n·{@link ROUNDINGS_OF_A_GATE} roundings, and an angle as many as its absolute value in radians. The adjoint method
 * applies each gate three times (forward, back, and to the bra), and sums 2^qubits products. Inputs that are amplitudes
 * are divided by their norm.
 */
export function gradientRounding(
  circuit: Circuit,
  observables: readonly Observable[],
  cotangents: ArrayLike<number>,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
  format: RoundedFormat,
): GradientRounding {
  const slopes = slopesOf(circuit, parameters, inputs);
  const sizes = observables.map(sizeOf);
  const weight = sizes.reduce((sum, size, k) => sum + Math.abs(cotangents[k]) * size, 0);
  const amplitude = ROUNDINGS_OF_A_GATE * (circuit.gates.length + 1) + slopes.size;
  const products = 2 ** (circuit.qubits + 1);
  const strings = observables.reduce((sum, { terms }) => sum + terms.length, 0);
  const slope = rounding(6 * amplitude + products + strings + slopes.occurrences, SLOPE_OF_AN_ANGLE * weight, format);
  const prepared = circuit.preparation?.inputs ?? 0;
  const norm = prepared === 0 ? 1 : normOf(inputs, prepared);
  return {
    expectations: Float64Array.from(sizes, (size) => rounding(2 * amplitude + products + strings, size, format)),
    parameters: slopes.parameters.map((sum) => slope * sum),
    inputs: slopes.inputs.map((sum, j) => slope * (sum + (j < prepared ? 1 / norm : 0))),
  };
}

/**
 * Bounds on the error of central differences (f(x + h) − f(x − h))/2h of Σ_k cotangent_k·⟨O_k⟩ in float64: h²/6 times the third
 * derivative, and the rounding of both values over 2h.
 */
export function differenceError(
  circuit: Circuit,
  observables: readonly Observable[],
  cotangents: ArrayLike<number>,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
  h: number,
): { readonly parameters: Float64Array; readonly inputs: Float64Array } {
  const slopes = slopesOf(circuit, parameters, inputs);
  const weight = observables.reduce((sum, observable, k) => sum + Math.abs(cotangents[k]) * sizeOf(observable), 0);
  const values = gradientRounding(circuit, observables, cotangents, parameters, inputs, 'float64').expectations;
  const value = values.reduce((sum, error, k) => sum + Math.abs(cotangents[k]) * error, 0);
  const third = (slope: number) => (SLOPE_OF_AN_ANGLE * slope) ** 3 * weight;
  const prepared = circuit.preparation?.inputs ?? 0;
  // The derivative of x/‖x‖, whose n-th derivative is below n!/‖x‖ⁿ.
  const preparing = prepared === 0 ? 0 : 2 / normOf(inputs, prepared);
  const error = (slope: number) => (h * h * third(slope)) / 6 + value / h;
  return {
    parameters: slopes.parameters.map(error),
    inputs: slopes.inputs.map((sum, j) =>
      error(sum + Math.sqrt(slopes.curvatures[j]) + (j < prepared ? preparing : 0)),
    ),
  };
}

function slopesOf(circuit: Circuit, parameters: ArrayLike<number>, inputs: ArrayLike<number>): Slopes {
  const slopes = {
    parameters: new Float64Array(circuit.parameters.length),
    inputs: new Float64Array(circuit.inputs),
    curvatures: new Float64Array(circuit.inputs),
    occurrences: 0,
    size: 0,
  };
  for (const { angles } of circuit.gates) {
    for (const { constant, terms } of angles) {
      slopes.size += Math.abs(constant);
      for (const term of terms) addTerm(slopes, term, parameters, inputs);
    }
  }
  return slopes;
}

function addTerm(
  slopes: { -readonly [K in keyof Slopes]: Slopes[K] },
  { coefficient, parameter, input, secondInput = null }: AngleTerm,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
): void {
  const ofParameter = parameter === null ? 1 : Math.abs(parameters[parameter]);
  const [first, second] = [input, secondInput].map((j) => (j === null ? 1 : Math.abs(inputs[j])));
  const factor = Math.abs(coefficient);
  slopes.size += factor * ofParameter * first * second;
  slopes.occurrences++;
  if (parameter !== null) slopes.parameters[parameter] += factor * first * second;
  if (input !== null) slopes.inputs[input] += factor * ofParameter * second;
  if (secondInput !== null) slopes.inputs[secondInput] += factor * ofParameter * first;
  if (input !== null && input === secondInput) slopes.curvatures[input] += 2 * factor * ofParameter;
}

/** A bound on the norm of an observable: the sum of its coefficients' absolute values. */
const sizeOf = ({ terms }: Observable): number =>
  terms.reduce((sum, { coefficient }) => sum + Math.abs(coefficient), 0);

const normOf = (inputs: ArrayLike<number>, count: number): number =>
  Math.hypot(...Array.from({ length: count }, (_, j) => inputs[j]));
