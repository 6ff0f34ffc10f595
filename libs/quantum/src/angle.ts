import { CircuitError } from './errors.ts';

/** `coefficient · parameters[parameter] · inputs[input]`, where a `null` index stands for a factor of one. */
export interface AngleTerm {
  readonly coefficient: number;
  readonly parameter: number | null;
  readonly input: number | null;
}

/** A gate's angle in radians: `constant + Σ b_i·θ_i + Σ c_j·x_j + Σ d_k·θ_k·x_k`. */
export interface Angle {
  readonly constant: number;
  readonly terms: readonly AngleTerm[];
}

/** The angle `value`. */
export const constant = (value: number): Angle => ({ constant: value, terms: [] });

/** The angle `coefficient · θ[index]`. */
export const parameter = (index: number, coefficient = 1): Angle => ({
  constant: 0,
  terms: [{ coefficient, parameter: index, input: null }],
});

/** The angle `coefficient · x[index]`. */
export const input = (index: number, coefficient = 1): Angle => ({
  constant: 0,
  terms: [{ coefficient, parameter: null, input: index }],
});

/** The angle `coefficient · θ[parameterIndex] · x[inputIndex]`. */
export const product = (parameterIndex: number, inputIndex: number, coefficient = 1): Angle => ({
  constant: 0,
  terms: [{ coefficient, parameter: parameterIndex, input: inputIndex }],
});

/** The sum of several angles. */
export const sum = (...angles: Angle[]): Angle => ({
  constant: angles.reduce((total, angle) => total + angle.constant, 0),
  terms: angles.flatMap((angle) => angle.terms),
});

/** `factor · angle`. */
export const scaled = (angle: Angle, factor: number): Angle => ({
  constant: factor * angle.constant,
  terms: angle.terms.map((term) => ({ ...term, coefficient: factor * term.coefficient })),
});

/** The angle's value in radians at these parameters and inputs. */
export function evaluateAngle(angle: Angle, parameters: ArrayLike<number>, inputs: ArrayLike<number>): number {
  let value = angle.constant;
  for (const term of angle.terms) {
    let part = term.coefficient;
    if (term.parameter !== null) part *= parameters[term.parameter];
    if (term.input !== null) part *= inputs[term.input];
    value += part;
  }
  return value;
}

/**
 * The chain rule from an angle to what it is made of: adds `derivative · ∂angle/∂θ` to `parameterGradient` and
 * `derivative · ∂angle/∂x` to `inputGradient`.
 */
export function addAngleGradient(
  angle: Angle,
  derivative: number,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
  parameterGradient: Float64Array,
  inputGradient: Float64Array,
): void {
  for (const { coefficient, parameter: p, input: i } of angle.terms) {
    if (p !== null) parameterGradient[p] += derivative * coefficient * (i === null ? 1 : inputs[i]);
    if (i !== null) inputGradient[i] += derivative * coefficient * (p === null ? 1 : parameters[p]);
  }
}

/** Throws CircuitError unless every number is finite and every index lies within `parameters` and `inputs`. */
export function validateAngle(angle: Angle, parameters: number, inputs: number, where: string): void {
  const finite = Number.isFinite(angle.constant) && angle.terms.every((term) => Number.isFinite(term.coefficient));
  if (!finite) throw new CircuitError(`${where}: an angle's constant or coefficient is not a finite number`);
  for (const term of angle.terms) {
    checkIndex(term.parameter, parameters, 'parameter', where);
    checkIndex(term.input, inputs, 'input', where);
  }
}

function checkIndex(index: number | null, count: number, kind: string, where: string): void {
  if (index === null) return;
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new CircuitError(`${where}: ${kind} ${index} is not one of the circuit's ${count} (0 … ${count - 1})`);
  }
}
