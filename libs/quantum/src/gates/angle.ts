import { CircuitError } from '../errors.ts';

/**
 * `coefficient · parameters[parameter] · inputs[input] · inputs[secondInput]`, where a `null` or absent index is a
 * factor of one.
 */
export interface AngleTerm {
  readonly coefficient: number;
  readonly parameter: number | null;
  readonly input: number | null;
  /** A second input factor, for feature maps with x_i·x_j; it may equal {@link input}. Requires `input`. */
  readonly secondInput?: number | null;
}

/** A gate's angle in radians: `constant + Σ b_i·θ_i + Σ c_j·x_j + Σ d·θ_k·x_l + Σ e·x_i·x_j`. */
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

/** The angle `coefficient · x[first] · x[second]`. */
export const inputProduct = (first: number, second: number, coefficient = 1): Angle => ({
  constant: 0,
  terms: [{ coefficient, parameter: null, input: first, secondInput: second }],
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

/** The same angle with one term for each product of parameters and inputs, without terms whose coefficient is 0. */
export function collected(angle: Angle): Angle {
  if (angle.terms.length === 0) return angle;
  const byFactors = new Map<string, AngleTerm>();
  for (const term of angle.terms) {
    const { parameter: p, input: i, secondInput: j } = term;
    const swapped = i !== null && j != null && j < i;
    const key = `${p} ${swapped ? j : i} ${(swapped ? i : j) ?? null}`;
    const before = byFactors.get(key);
    byFactors.set(key, before ? { ...before, coefficient: before.coefficient + term.coefficient } : term);
  }
  return { constant: angle.constant, terms: [...byFactors.values()].filter(({ coefficient }) => coefficient !== 0) };
}

/** The angle's value in radians at these parameters and inputs. */
export function evaluateAngle(angle: Angle, parameters: ArrayLike<number>, inputs: ArrayLike<number>): number {
  let value = angle.constant;
  for (const term of angle.terms) {
    let part = term.coefficient;
    if (term.parameter !== null) part *= parameters[term.parameter];
    if (term.input !== null) part *= inputs[term.input];
    if (term.secondInput != null) part *= inputs[term.secondInput];
    value += part;
  }
  return value;
}

/**
 * The chain rule from an angle to its parameters and inputs: adds `derivative · ∂angle/∂θ` to `parameterGradient` and
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
  for (const { coefficient, parameter: p, input: i, secondInput: j } of angle.terms) {
    const theta = p === null ? 1 : parameters[p];
    const first = i === null ? 1 : inputs[i];
    const second = j == null ? 1 : inputs[j];
    if (p !== null) parameterGradient[p] += derivative * coefficient * first * second;
    if (i !== null) inputGradient[i] += derivative * coefficient * theta * second;
    if (j != null) inputGradient[j] += derivative * coefficient * theta * first;
  }
}

/** Throws CircuitError unless every number is finite and every index lies within `parameters` and `inputs`. */
export function validateAngle(angle: Angle, parameters: number, inputs: number, where: string): void {
  const finite = Number.isFinite(angle.constant) && angle.terms.every((term) => Number.isFinite(term.coefficient));
  if (!finite) throw new CircuitError(`${where}: an angle's constant or coefficient is not a finite number`);
  for (const term of angle.terms) {
    checkIndex(term.parameter, parameters, 'parameter', where);
    checkIndex(term.input, inputs, 'input', where);
    checkIndex(term.secondInput ?? null, inputs, 'input', where);
    if (term.input === null && term.secondInput != null) {
      throw new CircuitError(`${where}: a term has a second input but no first input; set the first input as well`);
    }
  }
}

function checkIndex(index: number | null, count: number, kind: string, where: string): void {
  if (index === null) return;
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new CircuitError(`${where}: ${kind} ${index} is not one of the circuit's ${count} (0 … ${count - 1})`);
  }
}
