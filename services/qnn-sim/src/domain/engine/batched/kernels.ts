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
  for (let high = 0; high < end; high += 2 * stride) {
    for (let low = high; low < high + stride; low += lanes) {
      for (let j = 0; j < active; j++) {
        const w = q[j];
        const x = sign * q[lanes + j];
        const y = sign * q[2 * lanes + j];
        const z = sign * q[3 * lanes + j];
        const i0 = low + j;
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
  m.fill(0);
  for (let high = 0; high < end; high += 2 * stride) {
    for (let low = high; low < high + stride; low += lanes) {
      for (let j = 0; j < active; j++) {
        const i0 = low + j;
        const i1 = i0 + stride;
        const a0 = lr[i0];
        const b0 = li[i0];
        const a1 = lr[i1];
        const b1 = li[i1];
        const c0 = pr[i0];
        const d0 = pi[i0];
        const c1 = pr[i1];
        const d1 = pi[i1];
        m[j] += a0 * d1 - b0 * c1 + a1 * d0 - b1 * c0;
        m[lanes + j] += a1 * c0 + b1 * d0 - a0 * c1 - b0 * d1;
        m[2 * lanes + j] += a0 * d0 - b0 * c0 - a1 * d1 + b1 * c1;
      }
    }
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
