import { parity } from '@qloom/quantum/statevector.ts';
import type { Block } from './kernels.ts';

/** A weighted Pauli string by its masks. P|k⟩ = i^(ys + 2·parity(k ∧ z))·|k ⊕ x⟩. */
export interface PauliOperator {
  readonly x: number;
  readonly z: number;
  readonly ys: number;
  readonly coefficient: number;
}

/** The power of i with which P carries |k⟩ to |k ⊕ x⟩. */
const powerOf = (p: PauliOperator, k: number): number => (p.ys + 2 * parity(k & p.z)) & 3;

/** to = exp(−i·angle/2·P)·from, with the half angle's cosine and sine of each lane at `at`; `sign` −1 inverts. */
export function rotatePauli(
  from: Block,
  to: Block,
  p: PauliOperator,
  cos: Float64Array,
  sin: Float64Array,
  at: number,
  size: number,
  lanes: number,
  active: number,
  sign: 1 | -1,
): void {
  for (let k = 0; k < size; k++) {
    const other = k ^ p.x;
    // (−i)·i^power = i^(power + 3): real or imaginary, plus or minus.
    const power = (powerOf(p, other) + 3) & 3;
    const real = sign * (power === 0 ? 1 : power === 2 ? -1 : 0);
    const imaginary = sign * (power === 1 ? 1 : power === 3 ? -1 : 0);
    const a = k * lanes;
    const b = other * lanes;
    for (let j = 0; j < active; j++) {
      const c = cos[at + j];
      const re = real * sin[at + j];
      const im = imaginary * sin[at + j];
      to.re[a + j] = c * from.re[a + j] + re * from.re[b + j] - im * from.im[b + j];
      to.im[a + j] = c * from.im[a + j] + re * from.im[b + j] + im * from.re[b + j];
    }
  }
}

/** out[at + lane] += coefficient·Re or Im of ⟨a|P|b⟩. */
export function addBracket(
  a: Block,
  b: Block,
  p: PauliOperator,
  part: 're' | 'im',
  size: number,
  lanes: number,
  active: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = 0; k < size; k++) {
    const power = powerOf(p, k);
    // Re(i^power·z) and Im(i^power·z) are ±Re z or ±Im z, z = conj(a[k ⊕ x])·b[k].
    const turn = part === 're' ? power : (power + 3) & 3;
    const plain = (turn & 1) === 0;
    const s = (turn === 0 || turn === 3 ? 1 : -1) * p.coefficient;
    const i = (k ^ p.x) * lanes;
    const l = k * lanes;
    if (plain) {
      for (let j = 0; j < active; j++) out[at + j] += s * (a.re[i + j] * b.re[l + j] + a.im[i + j] * b.im[l + j]);
    } else {
      for (let j = 0; j < active; j++) out[at + j] += s * (a.re[i + j] * b.im[l + j] - a.im[i + j] * b.re[l + j]);
    }
  }
}

/** out += weight[lane]·coefficient·P·phi. */
export function addOperator(
  phi: Block,
  out: Block,
  p: PauliOperator,
  weight: Float64Array,
  at: number,
  size: number,
  lanes: number,
  active: number,
): void {
  for (let k = 0; k < size; k++) {
    const power = powerOf(p, k);
    const real = p.coefficient * (power === 0 ? 1 : power === 2 ? -1 : 0);
    const imaginary = p.coefficient * (power === 1 ? 1 : power === 3 ? -1 : 0);
    const from = k * lanes;
    const to = (k ^ p.x) * lanes;
    for (let j = 0; j < active; j++) {
      const re = weight[at + j] * real;
      const im = weight[at + j] * imaginary;
      out.re[to + j] += re * phi.re[from + j] - im * phi.im[from + j];
      out.im[to + j] += re * phi.im[from + j] + im * phi.re[from + j];
    }
  }
}
