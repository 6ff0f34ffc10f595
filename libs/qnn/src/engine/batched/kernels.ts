/**
 * Loops over a block of state vectors: amplitude k of lane j is at k·lanes + j, so that the innermost loop runs over lanes
 * without a stride. Every function works on the first `active` lanes and allocates nothing.
 */
export interface Block {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Applies each lane's quaternion (shape [4, lanes]) to `qubit`; `sign` −1 applies the inverse. */
export function rotate(
  { re, im }: Block,
  size: number,
  lanes: number,
  active: number,
  qubit: number,
  q: Float64Array,
  sign: 1 | -1,
): void {
  const stride = lanes << qubit;
  const end = size * lanes;
  // A block lies in the first-level cache, so lanes come outermost and coefficients stay in registers.
  for (let j = 0; j < active; j++) {
    const w = q[j];
    const x = sign * q[lanes + j];
    const y = sign * q[2 * lanes + j];
    const z = sign * q[3 * lanes + j];
    for (let high = j; high < end; high += 2 * stride) {
      for (let i0 = high; i0 < high + stride; i0 += lanes) {
        const i1 = i0 + stride;
        const r0 = re[i0];
        const m0 = im[i0];
        const r1 = re[i1];
        const m1 = im[i1];
        // U₀₀ = w − iz, U₀₁ = −y − ix, U₁₀ = y − ix, U₁₁ = w + iz.
        re[i0] = w * r0 + z * m0 - y * r1 + x * m1;
        im[i0] = w * m0 - z * r0 - y * m1 - x * r1;
        re[i1] = y * r0 + x * m0 + w * r1 - z * m1;
        im[i1] = y * m0 - x * r0 + w * m1 + z * r1;
      }
    }
  }
}

/** {@link rotate} on two qubits, `first` below `second`, in one pass: four amplitudes stay in registers. */
export function rotateTwo(
  { re, im }: Block,
  size: number,
  lanes: number,
  active: number,
  first: number,
  second: number,
  p: Float64Array,
  q: Float64Array,
  sign: 1 | -1,
): void {
  const near = lanes << first;
  const far = lanes << second;
  const end = size * lanes;
  for (let j = 0; j < active; j++) {
    const w = p[j];
    const x = sign * p[lanes + j];
    const y = sign * p[2 * lanes + j];
    const z = sign * p[3 * lanes + j];
    const a = q[j];
    const b = sign * q[lanes + j];
    const c = sign * q[2 * lanes + j];
    const d = sign * q[3 * lanes + j];
    for (let high = j; high < end; high += 2 * far) {
      for (let middle = high; middle < high + far; middle += 2 * near) {
        for (let i0 = middle; i0 < middle + near; i0 += lanes) {
          const i1 = i0 + near;
          const i2 = i0 + far;
          const i3 = i2 + near;
          const r0 = re[i0];
          const m0 = im[i0];
          const r1 = re[i1];
          const m1 = im[i1];
          const s0 = w * r0 + z * m0 - y * r1 + x * m1;
          const n0 = w * m0 - z * r0 - y * m1 - x * r1;
          const s1 = y * r0 + x * m0 + w * r1 - z * m1;
          const n1 = y * m0 - x * r0 + w * m1 + z * r1;
          const r2 = re[i2];
          const m2 = im[i2];
          const r3 = re[i3];
          const m3 = im[i3];
          const s2 = w * r2 + z * m2 - y * r3 + x * m3;
          const n2 = w * m2 - z * r2 - y * m3 - x * r3;
          const s3 = y * r2 + x * m2 + w * r3 - z * m3;
          const n3 = y * m2 - x * r2 + w * m3 + z * r3;
          re[i0] = a * s0 + d * n0 - c * s2 + b * n2;
          im[i0] = a * n0 - d * s0 - c * n2 - b * s2;
          re[i2] = c * s0 + b * n0 + a * s2 - d * n2;
          im[i2] = c * n0 - b * s0 + a * n2 + d * s2;
          re[i1] = a * s1 + d * n1 - c * s3 + b * n3;
          im[i1] = a * n1 - d * s1 - c * n3 - b * s3;
          re[i3] = c * s1 + b * n1 + a * s3 - d * n3;
          im[i3] = c * n1 - b * s1 + a * n3 + d * s3;
        }
      }
    }
  }
}

/** m[a, lane] = Im⟨λ|σ_a|φ⟩ for the three Pauli matrices on `qubit`, shape [3, lanes]. */
export function moments(
  lambda: Block,
  phi: Block,
  size: number,
  lanes: number,
  active: number,
  qubit: number,
  m: Float64Array,
): void {
  const { re: lr, im: li } = lambda;
  const { re: pr, im: pi } = phi;
  const stride = lanes << qubit;
  const end = size * lanes;
  for (let j = 0; j < active; j++) {
    let x = 0;
    let y = 0;
    let z = 0;
    for (let high = j; high < end; high += 2 * stride) {
      for (let i0 = high; i0 < high + stride; i0 += lanes) {
        const i1 = i0 + stride;
        const a0 = lr[i0];
        const b0 = li[i0];
        const a1 = lr[i1];
        const b1 = li[i1];
        const c0 = pr[i0];
        const d0 = pi[i0];
        const c1 = pr[i1];
        const d1 = pi[i1];
        x += a0 * d1 - b0 * c1 + (a1 * d0 - b1 * c0);
        y += a1 * c0 + b1 * d0 - (a0 * c1 + b0 * d1);
        z += a0 * d0 - b0 * c0 - (a1 * d1 - b1 * c1);
      }
    }
    m[j] = x;
    m[lanes + j] = y;
    m[2 * lanes + j] = z;
  }
}

/** |0…0⟩ rotated qubit by qubit, which stays a product: `quaternions[q]` is null where qubit q does not turn. */
export function productState(
  { re, im }: Block,
  quaternions: readonly (Float64Array | null)[],
  lanes: number,
  active: number,
): void {
  re.fill(1, 0, lanes);
  im.fill(0, 0, lanes);
  for (let qubit = 0; qubit < quaternions.length; qubit++) {
    const q = quaternions[qubit];
    const stride = lanes << qubit;
    if (!q) {
      re.fill(0, stride, 2 * stride);
      im.fill(0, stride, 2 * stride);
      continue;
    }
    for (let low = 0; low < stride; low += lanes) {
      for (let j = 0; j < active; j++) {
        const i0 = low + j;
        const r = re[i0];
        const m = im[i0];
        re[i0] = q[j] * r + q[3 * lanes + j] * m;
        im[i0] = q[j] * m - q[3 * lanes + j] * r;
        re[i0 + stride] = q[2 * lanes + j] * r + q[lanes + j] * m;
        im[i0 + stride] = q[2 * lanes + j] * m - q[lanes + j] * r;
      }
    }
  }
}

/** out[k] = sign[k]·in[source[k]]. */
export function gather(
  from: Block,
  to: Block,
  source: Int32Array,
  sign: Float64Array,
  lanes: number,
  active: number,
): void {
  for (let k = 0; k < source.length; k++) {
    const s = sign[k];
    const at = source[k] * lanes;
    const into = k * lanes;
    for (let j = 0; j < active; j++) {
      to.re[into + j] = s * from.re[at + j];
      to.im[into + j] = s * from.im[at + j];
    }
  }
}

/** out[source[k]] = sign[k]·in[k]: the inverse of {@link gather}. */
export function scatter(
  from: Block,
  to: Block,
  source: Int32Array,
  sign: Float64Array,
  lanes: number,
  active: number,
): void {
  for (let k = 0; k < source.length; k++) {
    const s = sign[k];
    const at = k * lanes;
    const into = source[k] * lanes;
    for (let j = 0; j < active; j++) {
      to.re[into + j] = s * from.re[at + j];
      to.im[into + j] = s * from.im[at + j];
    }
  }
}
