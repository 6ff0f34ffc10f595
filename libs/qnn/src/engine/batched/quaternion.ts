import type { Matrix } from '@qloom/quantum/matrix.ts';

/** w·1 − i(x·X + y·Y + z·Z): a one-qubit unitary up to its phase, as [w, x, y, z]. */
export type Quaternion = readonly [number, number, number, number];

/** A 2×2 unitary without its global phase, which no expectation sees. */
export function quaternionOf(unitary: Matrix): Quaternion {
  const [ar, ai, br, bi, cr, ci, dr, di] = unitary.values;
  // Divide by √det so that the determinant is one.
  const detRe = ar * dr - ai * di - (br * cr - bi * ci);
  const detIm = ar * di + ai * dr - (br * ci + bi * cr);
  const half = Math.atan2(detIm, detRe) / 2;
  const [pr, pi] = [Math.cos(half), -Math.sin(half)];
  const a = [ar * pr - ai * pi, ar * pi + ai * pr];
  const c = [cr * pr - ci * pi, cr * pi + ci * pr];
  // U₀₀ = w − iz and U₁₀ = y − ix.
  return [a[0], -c[1], c[0], -a[1]];
}

/** The transposed rotation matrix of the Bloch sphere, row-major [9]: v ↦ R†v, which undoes the unitary. */
export function inverseBlochRotation([w, x, y, z]: Quaternion): Float64Array {
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y + w * z),
    2 * (x * z - w * y),
    2 * (x * y - w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z + w * x),
    2 * (x * z + w * y),
    2 * (y * z - w * x),
    1 - 2 * (x * x + y * y),
  );
}
