import { CircuitError } from '../errors.ts';

/**
 * ‖x‖ of the first `count` inputs. Throws CircuitError unless it is finite and above zero: other rows have no state.
 */
export function amplitudeNorm(inputs: ArrayLike<number>, count: number): number {
  let largest = 0;
  for (let k = 0; k < count; k++) largest = Math.max(largest, Math.abs(inputs[k]));
  if (!(largest > 0 && largest < Infinity)) {
    throw new CircuitError(
      `amplitude preparation: the ${count} inputs of a row are all zero or not finite, so they have no direction; ` +
        'leave the row out, or add a constant feature',
    );
  }
  let squares = 0;
  for (let k = 0; k < count; k++) squares += (inputs[k] / largest) ** 2;
  return largest * Math.sqrt(squares);
}
