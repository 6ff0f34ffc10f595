/** The lowest eigenpair of a symmetric operator. */
export interface LowestEigenpair {
  readonly value: number;
  /** Normalized, shape [dimension]; its largest element is positive. */
  readonly vector: Float64Array;
  /** Steps that were needed. */
  readonly steps: number;
}

/** Lowest eigenvalue of the tridiagonal matrix (diagonal, offDiagonal), by bisection on Sturm sequences. */
function lowestOfTridiagonal(diagonal: readonly number[], offDiagonal: readonly number[]): number {
  const n = diagonal.length;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const radius = (i > 0 ? Math.abs(offDiagonal[i - 1]) : 0) + (i < n - 1 ? Math.abs(offDiagonal[i]) : 0);
    low = Math.min(low, diagonal[i] - radius);
    high = Math.min(high, diagonal[i]);
  }
  const tolerance = 1e-15 * Math.max(1, Math.abs(low), Math.abs(high));
  while (high - low > tolerance) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    let pivot = 1;
    let below = false;
    for (let i = 0; i < n && !below; i++) {
      pivot = diagonal[i] - middle - (i > 0 ? (offDiagonal[i - 1] * offDiagonal[i - 1]) / pivot : 0);
      below = pivot < 0;
      if (pivot === 0) pivot = 1e-300;
    }
    if (below) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** The eigenvector beside it: inverse iteration on T − (λ − shift), which is positive definite and needs no pivots. */
function tridiagonalVector(diagonal: readonly number[], offDiagonal: readonly number[], value: number): Float64Array {
  const n = diagonal.length;
  const shifted = value - 1e-12 * Math.max(1, Math.abs(value));
  const pivots = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const pivot = diagonal[i] - shifted - (i > 0 ? (offDiagonal[i - 1] * offDiagonal[i - 1]) / pivots[i - 1] : 0);
    pivots[i] = Math.abs(pivot) < 1e-300 ? 1e-300 : pivot;
  }
  const v = new Float64Array(n).fill(1 / Math.sqrt(n));
  for (let round = 0; round < 4; round++) {
    for (let i = 1; i < n; i++) v[i] -= (offDiagonal[i - 1] / pivots[i - 1]) * v[i - 1];
    v[n - 1] /= pivots[n - 1];
    for (let i = n - 2; i >= 0; i--) v[i] = v[i] / pivots[i] - (offDiagonal[i] / pivots[i]) * v[i + 1];
    let norm = 0;
    for (let i = 0; i < n; i++) norm += v[i] * v[i];
    norm = Math.sqrt(norm);
    for (let i = 0; i < n; i++) v[i] /= norm;
  }
  return v;
}

/** Subtracts from `v` its parts along each vector of `basis`, twice ("twice is enough", Kahan and Parlett). */
function orthogonalize(v: Float64Array, basis: readonly Float64Array[]): void {
  for (let round = 0; round < 2; round++) {
    for (const b of basis) {
      let dot = 0;
      for (let i = 0; i < v.length; i++) dot += b[i] * v[i];
      for (let i = 0; i < v.length; i++) v[i] -= dot * b[i];
    }
  }
}

function normalize(v: Float64Array): number {
  let norm = 0;
  for (let i = 0; i < v.length; i++) norm += v[i] * v[i];
  norm = Math.sqrt(norm);
  if (norm > 0) for (let i = 0; i < v.length; i++) v[i] /= norm;
  return norm;
}

/**
 * Lowest eigenpair by Lanczos' method with full reorthogonalization, from the uniform vector: exact after `dimension`
 * steps, and stopped before when the residual |β_m y_m| falls below `tolerance`. The uniform start suits operators whose
 * ground state has no negative element.
 */
export function lowestEigenpair(
  dimension: number,
  apply: (v: Float64Array, out: Float64Array) => void,
  tolerance = 1e-10,
): LowestEigenpair {
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const offDiagonal: number[] = [];
  const start = new Float64Array(dimension).fill(1);
  normalize(start);
  basis.push(start);
  for (let step = 1; ; step++) {
    const v = basis[step - 1];
    const next = new Float64Array(dimension);
    apply(v, next);
    let alpha = 0;
    for (let i = 0; i < dimension; i++) alpha += v[i] * next[i];
    diagonal.push(alpha);
    orthogonalize(next, basis);
    const beta = normalize(next);
    const last = step === dimension || beta < 1e-13;
    if (last || step % 8 === 0) {
      const value = lowestOfTridiagonal(diagonal, offDiagonal);
      const y = tridiagonalVector(diagonal, offDiagonal, value);
      if (last || beta * Math.abs(y[step - 1]) < tolerance) return combine(basis, y, value);
    }
    offDiagonal.push(beta);
    basis.push(next);
  }
}

function combine(basis: readonly Float64Array[], y: Float64Array, value: number): LowestEigenpair {
  const vector = new Float64Array(basis[0].length);
  for (let k = 0; k < y.length; k++) for (let i = 0; i < vector.length; i++) vector[i] += y[k] * basis[k][i];
  normalize(vector);
  let largest = 0;
  for (let i = 0; i < vector.length; i++) if (Math.abs(vector[i]) > Math.abs(vector[largest])) largest = i;
  if (vector[largest] < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i];
  return { value, vector, steps: y.length };
}
