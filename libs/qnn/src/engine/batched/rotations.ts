import type { CompiledAngles } from './angles.ts';
import type { Rotation } from './program.ts';
import { inverseBlochRotation } from './quaternion.ts';

/** One qubit's fused rotation, for a block of lanes. */
export interface CompiledRotation {
  readonly qubit: number;
  /** The quaternion w·1 − i(x·X + y·Y + z·Z) of every lane, shape [4, lanes]. */
  readonly coefficients: Float64Array;
  /** Computes the quaternions from the angles' cosines and sines. */
  prepare(active: number): void;
  /**
   * Adds the angles' gradients, from m[a, lane] = Im⟨λ|σ_a|φ⟩ after the rotation, shape [3, lanes], which is overwritten.
   * With S the factors that follow a factor about axis a, its gradient is (R_S†·m)_a, R_S being S on the Bloch sphere.
   */
  scatter(m: Float64Array, active: number): void;
}

/** Compiles a rotation over the slots of `angles`. */
export function compileRotation(rotation: Rotation, angles: CompiledAngles, lanes: number): CompiledRotation {
  const q = new Float64Array(4 * lanes);
  const { cos, sin, gradient } = angles;
  const steps = rotation.factors.map((factor) =>
    factor.kind === 'axis'
      ? { axis: factor.axis, at: factor.slot * lanes, value: null, inverse: null }
      : { axis: 0, at: 0, value: factor.value, inverse: inverseBlochRotation(factor.value) },
  );
  return {
    qubit: rotation.qubit,
    coefficients: q,
    prepare(active) {
      q.fill(1, 0, lanes);
      q.fill(0, lanes);
      for (const { axis, at, value } of steps) {
        if (value) multiplyConstant(q, lanes, active, value);
        else multiplyAxis(q, lanes, active, axis, cos, sin, at);
      }
    },
    scatter(m, active) {
      for (let s = steps.length - 1; s >= 0; s--) {
        const { axis, at, inverse } = steps[s];
        if (inverse) {
          turnConstant(m, lanes, active, inverse);
          continue;
        }
        const from = axis * lanes;
        for (let j = 0; j < active; j++) gradient[at + j] = m[from + j];
        if (s > 0) turnAxis(m, lanes, active, axis, cos, sin, at);
      }
    },
  };
}

/** q ← R_axis·q: with (a, b, c) = (axis, next, next but one), the pairs (w, a) and (b, c) turn by the half angle. */
function multiplyAxis(
  q: Float64Array,
  lanes: number,
  active: number,
  axis: number,
  cos: Float64Array,
  sin: Float64Array,
  at: number,
): void {
  const a = (1 + axis) * lanes;
  const b = (1 + ((axis + 1) % 3)) * lanes;
  const c = (1 + ((axis + 2) % 3)) * lanes;
  for (let j = 0; j < active; j++) {
    const co = cos[at + j];
    const si = sin[at + j];
    const w0 = q[j];
    const a0 = q[a + j];
    const b0 = q[b + j];
    const c0 = q[c + j];
    q[j] = co * w0 - si * a0;
    q[a + j] = co * a0 + si * w0;
    q[b + j] = co * b0 - si * c0;
    q[c + j] = co * c0 + si * b0;
  }
}

function multiplyConstant(q: Float64Array, lanes: number, active: number, value: readonly number[]): void {
  const [w, x, y, z] = value;
  for (let j = 0; j < active; j++) {
    const w0 = q[j];
    const x0 = q[lanes + j];
    const y0 = q[2 * lanes + j];
    const z0 = q[3 * lanes + j];
    q[j] = w * w0 - x * x0 - y * y0 - z * z0;
    q[lanes + j] = w * x0 + x * w0 + y * z0 - z * y0;
    q[2 * lanes + j] = w * y0 + y * w0 + z * x0 - x * z0;
    q[3 * lanes + j] = w * z0 + z * w0 + x * y0 - y * x0;
  }
}

/** m ← R_axis(−angle)·m on the Bloch sphere; the whole angle's sine and cosine come from the half's. */
function turnAxis(
  m: Float64Array,
  lanes: number,
  active: number,
  axis: number,
  cos: Float64Array,
  sin: Float64Array,
  at: number,
): void {
  const b = ((axis + 1) % 3) * lanes;
  const c = ((axis + 2) % 3) * lanes;
  for (let j = 0; j < active; j++) {
    const co = 1 - 2 * sin[at + j] * sin[at + j];
    const si = 2 * sin[at + j] * cos[at + j];
    const b0 = m[b + j];
    const c0 = m[c + j];
    m[b + j] = co * b0 + si * c0;
    m[c + j] = co * c0 - si * b0;
  }
}

function turnConstant(m: Float64Array, lanes: number, active: number, r: Float64Array): void {
  for (let j = 0; j < active; j++) {
    const x = m[j];
    const y = m[lanes + j];
    const z = m[2 * lanes + j];
    m[j] = r[0] * x + r[1] * y + r[2] * z;
    m[lanes + j] = r[3] * x + r[4] * y + r[5] * z;
    m[2 * lanes + j] = r[6] * x + r[7] * y + r[8] * z;
  }
}
