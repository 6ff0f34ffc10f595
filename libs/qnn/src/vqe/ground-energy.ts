import { CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { type Observable, validateObservable } from '@qloom/quantum/observables/observable.ts';
import { applyObservable, type Statevector } from '@qloom/quantum/simulation/statevector.ts';
import type { Random } from '@qloom/random/random.ts';

/** Maximum number of qubits of {@link groundEnergy}: its basis has up to 200 states, 13 MiB at this size. */
export const MAX_EXACT_QUBITS = 12;

const BASIS = 200;

/**
 * The lowest eigenvalue of an observable by Lanczos' method with full reorthogonalization (Golub and Van Loan, "Matrix
 * Computations", 4th edition, section 10.1), to about 1e-10 of its largest eigenvalue. Throws CircuitTooLargeError
 * above {@link MAX_EXACT_QUBITS}, CircuitError if the observable does not fit.
 */
export function groundEnergy(observable: Observable, qubits: number, random: Random): number {
  if (qubits > MAX_EXACT_QUBITS) {
    throw new CircuitTooLargeError(`exact energy: ${qubits} qubits; at most ${MAX_EXACT_QUBITS} are right`);
  }
  validateObservable(observable, qubits);
  const size = 2 ** qubits;
  const draw = () => Float64Array.from({ length: size }, () => random.normal());
  const basis: Statevector[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let next: Statevector = { qubits, re: draw(), im: draw() };
  let lowest = Infinity;
  for (let step = 0; step < Math.min(BASIS, size); step++) {
    const length = norm(next);
    if (step > 0) {
      if (length < 1e-11) break;
      beside.push(length);
    }
    const current = scaledBy(next, 1 / length);
    basis.push(current);
    next = applyObservable(current, observable);
    diagonal.push(overlap(current, next)[0]);
    // Two orthogonalizations are enough (Kahan).
    for (let pass = 0; pass < 2; pass++) for (const state of basis) projectOut(next, state);
    const ritz = lowestOfTridiagonal(diagonal, beside);
    if (step > 20 && Math.abs(ritz - lowest) < 1e-14 * Math.max(1, Math.abs(ritz))) return ritz;
    lowest = ritz;
  }
  return lowest;
}

const norm = ({ re, im }: Statevector): number => Math.sqrt(re.reduce((sum, a, k) => sum + a * a + im[k] * im[k], 0));

const scaledBy = ({ qubits, re, im }: Statevector, factor: number): Statevector => ({
  qubits,
  re: re.map((value) => factor * value),
  im: im.map((value) => factor * value),
});

/** ⟨a|b⟩ as real and imaginary part. */
function overlap(a: Statevector, b: Statevector): [number, number] {
  let [re, im] = [0, 0];
  for (let k = 0; k < a.re.length; k++) {
    re += a.re[k] * b.re[k] + a.im[k] * b.im[k];
    im += a.re[k] * b.im[k] - a.im[k] * b.re[k];
  }
  return [re, im];
}

function projectOut(from: Statevector, unit: Statevector): void {
  const [re, im] = overlap(unit, from);
  for (let k = 0; k < from.re.length; k++) {
    from.re[k] -= re * unit.re[k] - im * unit.im[k];
    from.im[k] -= re * unit.im[k] + im * unit.re[k];
  }
}

/** The lowest eigenvalue of a symmetric tridiagonal matrix by bisection on Sturm sequences. */
function lowestOfTridiagonal(diagonal: readonly number[], beside: readonly number[]): number {
  let low = Infinity;
  let high = Infinity;
  diagonal.forEach((value, i) => {
    const reach = Math.abs(beside[i - 1] ?? 0) + Math.abs(beside[i] ?? 0);
    low = Math.min(low, value - reach);
    high = Math.min(high, value);
  });
  while (true) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (hasBelow(diagonal, beside, middle)) high = middle;
    else low = middle;
  }
}

/** Whether an eigenvalue lies below `value`: a pivot of T − value·1 is negative. */
function hasBelow(diagonal: readonly number[], beside: readonly number[], value: number): boolean {
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    pivot = diagonal[i] - value - (i === 0 ? 0 : beside[i - 1] ** 2 / pivot);
    if (pivot < 0) return true;
    if (pivot === 0) pivot = Number.MIN_VALUE;
  }
  return false;
}
