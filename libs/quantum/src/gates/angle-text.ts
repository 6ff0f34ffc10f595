import type { Angle, AngleTerm } from './angle.ts';

/** Syntax of the parts of an angle in a language. */
export interface AngleNotation {
  /** A number; see {@link exactNumber}. */
  number(value: number): string;
  /** θ[index]. */
  parameter(index: number): string;
  /** x[index]. */
  input(index: number): string;
}

/** An angle as a sum of products, `pi/2 + 0.5*theta_0*x_1 - x_0`. */
export function angleText(angle: Angle, notation: AngleNotation): string {
  const parts = angle.terms.map((term) => termText(term, notation));
  if (angle.constant !== 0 || parts.length === 0) parts.unshift(notation.number(angle.constant));
  return parts.reduce((text, part) => text + (part.startsWith('-') ? ` - ${part.slice(1)}` : ` + ${part}`));
}

function termText({ coefficient, parameter, input, secondInput }: AngleTerm, notation: AngleNotation): string {
  const factors: string[] = [];
  if (parameter !== null) factors.push(notation.parameter(parameter));
  if (input !== null) factors.push(notation.input(input));
  if (secondInput != null) factors.push(notation.input(secondInput));
  const sign = coefficient < 0 ? '-' : '';
  const size = Math.abs(coefficient);
  if (size !== 1 || factors.length === 0) factors.unshift(notation.number(size));
  return sign + factors.join('*');
}

/**
 * A number as text from which every language reads the same float64; `pi` is π, and `3*pi/4` an exact fraction of it.
 */
export function exactNumber(value: number, pi = 'pi'): string {
  const size = Math.abs(value);
  const sign = value < 0 ? '-' : '';
  for (const denominator of [1, 2, 3, 4, 6, 8, 16]) {
    const numerator = Math.round((size * denominator) / Math.PI);
    if (numerator < 1 || numerator > 16 || (numerator * Math.PI) / denominator !== size) continue;
    return `${sign}${numerator === 1 ? '' : `${numerator}*`}${pi}${denominator === 1 ? '' : `/${denominator}`}`;
  }
  return Object.is(value, -0) ? '0' : String(value);
}
