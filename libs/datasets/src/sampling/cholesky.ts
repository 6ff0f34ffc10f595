/**
 * Lower triangle L of a symmetric matrix A = L·Lᵀ, row-major [size, size]. A pivot that rounding or a singular A leaves
 * at or below 1e-12 of the largest diagonal element counts as zero, and its column becomes zero: L·z then has no spread
 * in that direction. `size` is the number of rows.
 */
export function choleskyFactor(a: Float64Array, size: number): Float64Array {
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, a[i * size + i]);
  const lower = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    let pivot = a[j * size + j];
    for (let k = 0; k < j; k++) pivot -= lower[j * size + k] ** 2;
    if (!(pivot > 1e-12 * largest)) continue;
    const root = Math.sqrt(pivot);
    lower[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = a[i * size + j];
      for (let k = 0; k < j; k++) sum -= lower[i * size + k] * lower[j * size + k];
      lower[i * size + j] = sum / root;
    }
  }
  return lower;
}
