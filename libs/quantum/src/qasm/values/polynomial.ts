import { type Angle, type AngleTerm, collected, scaled } from '../../gates/angle.ts';

/** Maximum number of terms of an angle. */
export const MAX_TERMS = 10_000;

/** The product of two angles, or null if it is not an angle: a term has at most one parameter and two inputs. */
export function polynomialProduct(left: Angle, right: Angle): Angle | null {
  const terms: AngleTerm[] = [...scaled(left, right.constant).terms, ...scaled(right, left.constant).terms];
  for (const a of left.terms) {
    for (const b of right.terms) {
      const parameters = [a.parameter, b.parameter].filter((index) => index !== null);
      const inputs = [a.input, a.secondInput, b.input, b.secondInput].filter((index) => index != null);
      if (parameters.length > 1 || inputs.length > 2) return null;
      terms.push({
        coefficient: a.coefficient * b.coefficient,
        parameter: parameters[0] ?? null,
        input: inputs[0] ?? null,
        ...(inputs.length === 2 ? { secondInput: inputs[1] } : {}),
      });
    }
  }
  return collected({ constant: left.constant * right.constant, terms });
}
