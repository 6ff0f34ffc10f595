import type { Angle } from '@qloom/quantum/angle.ts';

/** Angles of a circuit, compiled to flat arrays, for blocks of lanes (executions side by side). */
export interface CompiledAngles {
  /** Number of angle slots. */
  readonly slots: number;
  /** cos(angle/2) and sin(angle/2), shape [slots, lanes]. */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  /** ∂loss/∂angle, shape [slots, lanes]; kernels write it, {@link backward} reads it. */
  readonly gradient: Float64Array;
  /** Fills cos and sin for `active` lanes: parameters from `p`, lane j's inputs from `x + j·inputs`. */
  forward(parameters: Float64Array, p: number, inputs: Float64Array, x: number, active: number): void;
  /** Adds the chain rule's products to the gradients, which have the same offsets; `inputGradient` may be null. */
  backward(
    parameters: Float64Array,
    p: number,
    inputs: Float64Array,
    x: number,
    active: number,
    parameterGradient: Float64Array,
    inputGradient: Float64Array | null,
    g: number,
  ): void;
}

/** Compiles the slots' terms; one block has at most `lanes` lanes, and a row has `inputCount` inputs. */
export function compileAngles(angles: readonly Angle[], inputCount: number, lanes: number): CompiledAngles {
  const slots = angles.length;
  const cos = new Float64Array(slots * lanes);
  const sin = new Float64Array(slots * lanes);
  const gradient = new Float64Array(slots * lanes);
  const value = new Float64Array(lanes);
  const constants = Float64Array.from(angles, (angle) => angle.constant);
  const terms = angles.flatMap((angle) => angle.terms);
  const coefficient = Float64Array.from(terms, (term) => term.coefficient);
  const parameterOf = Int32Array.from(terms, (term) => term.parameter ?? -1);
  const inputOf = Int32Array.from(terms, (term) => term.input ?? -1);
  const secondOf = Int32Array.from(terms, (term) => term.secondInput ?? -1);
  const first = new Int32Array(slots + 1);
  angles.forEach((angle, slot) => {
    first[slot + 1] = first[slot] + angle.terms.length;
  });
  const perLane = angles.map((angle) => angle.terms.some((term) => term.input !== null));

  return {
    slots,
    cos,
    sin,
    gradient,
    forward(parameters, p, inputs, x, active) {
      for (let slot = 0; slot < slots; slot++) {
        let shared = constants[slot];
        value.fill(0);
        for (let t = first[slot]; t < first[slot + 1]; t++) {
          const factor = parameterOf[t] < 0 ? coefficient[t] : coefficient[t] * parameters[p + parameterOf[t]];
          if (inputOf[t] < 0) {
            shared += factor;
            continue;
          }
          const second = secondOf[t] - inputOf[t];
          for (let j = 0, i = x + inputOf[t]; j < active; j++, i += inputCount) {
            value[j] += factor * inputs[i] * (secondOf[t] < 0 ? 1 : inputs[i + second]);
          }
        }
        const at = slot * lanes;
        if (perLane[slot]) {
          for (let j = 0; j < active; j++) {
            const halfAngle = 0.5 * (shared + value[j]);
            cos[at + j] = Math.cos(halfAngle);
            sin[at + j] = Math.sin(halfAngle);
          }
        } else {
          cos.fill(Math.cos(0.5 * shared), at, at + active);
          sin.fill(Math.sin(0.5 * shared), at, at + active);
        }
      }
    },
    backward(parameters, p, inputs, x, active, parameterGradient, inputGradient, g) {
      for (let slot = 0; slot < slots; slot++) {
        const at = slot * lanes;
        for (let t = first[slot]; t < first[slot + 1]; t++) {
          const parameter = parameterOf[t];
          const input = inputOf[t];
          const second = secondOf[t];
          if (parameter >= 0) {
            let total = 0;
            if (input < 0) for (let j = 0; j < active; j++) total += gradient[at + j];
            else {
              for (let j = 0, i = x; j < active; j++, i += inputCount) {
                total += gradient[at + j] * inputs[i + input] * (second < 0 ? 1 : inputs[i + second]);
              }
            }
            parameterGradient[p + parameter] += coefficient[t] * total;
          }
          if (input >= 0 && inputGradient) {
            const factor = parameter < 0 ? coefficient[t] : coefficient[t] * parameters[p + parameter];
            for (let j = 0, i = x, to = g; j < active; j++, i += inputCount, to += inputCount) {
              const part = factor * gradient[at + j];
              inputGradient[to + input] += part * (second < 0 ? 1 : inputs[i + second]);
              if (second >= 0) inputGradient[to + second] += part * inputs[i + input];
            }
          }
        }
      }
    },
  };
}
