/**
 * Solves A·x = b in place of `b` for a symmetric positive definite A, row-major [size, size], by Cholesky; only the lower
 * triangle of `a` is read, and it is overwritten with the factor. Returns false where A is not positive definite.
 */
export function solvePositive(a: Float64Array, b: Float64Array, size: number): boolean {
  if (!factorPositive(a, size)) return false;
  solveFactored(a, b, size);
  return true;
}

/** Overwrites the lower triangle of `a` with its Cholesky factor. Returns false where A is not positive definite. */
export function factorPositive(a: Float64Array, size: number): boolean {
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = a[i * size + j];
      for (let k = 0; k < j; k++) sum -= a[i * size + k] * a[j * size + k];
      if (i === j) {
        if (!(sum > 0)) return false;
        a[j * size + j] = Math.sqrt(sum);
      } else {
        a[i * size + j] = sum / a[j * size + j];
      }
    }
  }
  return true;
}

/** Solves A·x = b in place of `b`; `a` is the factor that {@link factorPositive} left. */
export function solveFactored(a: Float64Array, b: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= a[i * size + k] * b[k];
    b[i] = sum / a[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < size; k++) sum -= a[k * size + i] * b[k];
    b[i] = sum / a[i * size + i];
  }
}
