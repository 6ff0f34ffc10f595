/** A square complex matrix: `values` holds (re, im) pairs, row-major. */
export interface Matrix {
  readonly size: number;
  readonly values: Float64Array;
}

/** A matrix from interleaved (re, im) values, row-major. */
export const matrix = (size: number, values: ArrayLike<number>): Matrix => ({
  size,
  values: Float64Array.from(values),
});

/** A matrix from rows of real numbers. */
export const fixed = (rows: readonly (readonly number[])[]): Matrix =>
  matrix(
    rows.length,
    rows.flatMap((row) => row.flatMap((value) => [value, 0])),
  );

/** The product a·b. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  const n = a.size;
  const values = new Float64Array(2 * n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      let re = 0;
      let im = 0;
      for (let k = 0; k < n; k++) {
        const l = 2 * (row * n + k);
        const r = 2 * (k * n + column);
        re += a.values[l] * b.values[r] - a.values[l + 1] * b.values[r + 1];
        im += a.values[l] * b.values[r + 1] + a.values[l + 1] * b.values[r];
      }
      values[2 * (row * n + column)] = re;
      values[2 * (row * n + column) + 1] = im;
    }
  }
  return { size: n, values };
}

/** The conjugate transpose. */
export function adjointOf(a: Matrix): Matrix {
  const n = a.size;
  const values = new Float64Array(2 * n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      values[2 * (row * n + column)] = a.values[2 * (column * n + row)];
      values[2 * (row * n + column) + 1] = -a.values[2 * (column * n + row) + 1];
    }
  }
  return { size: n, values };
}

/**
 * `base` on the block in which all `controls` bits (the low bits of the index) are one; elsewhere `idle` times the
 * identity: 1 for a unitary, 0 for a derivative.
 */
export function controlled(base: Matrix, controls: number, idle: 0 | 1): Matrix {
  const size = base.size << controls;
  const all = (1 << controls) - 1;
  const values = new Float64Array(2 * size * size);
  for (let k = 0; k < size; k++) if ((k & all) !== all) values[2 * (k * size + k)] = idle;
  for (let row = 0; row < base.size; row++) {
    for (let column = 0; column < base.size; column++) {
      const to = 2 * (((row << controls) | all) * size + ((column << controls) | all));
      const from = 2 * (row * base.size + column);
      values[to] = base.values[from];
      values[to + 1] = base.values[from + 1];
    }
  }
  return { size, values };
}

/** exp(−i·angle/2·P) = cos(angle/2)·1 − i·sin(angle/2)·P, where letter j of `pauli` acts on bit j. */
export function pauliRotation(pauli: string, angle: number): Matrix {
  const size = 1 << pauli.length;
  const values = new Float64Array(2 * size * size);
  const c = Math.cos(angle / 2);
  const s = Math.sin(angle / 2);
  for (let column = 0; column < size; column++) {
    let row = column;
    // P|column⟩ = i^quarter |row⟩.
    let quarter = 0;
    for (let bit = 0; bit < pauli.length; bit++) {
      const one = (column >> bit) & 1;
      const letter = pauli[bit];
      if (letter === 'X' || letter === 'Y') row ^= 1 << bit;
      if (letter === 'Y') quarter += one ? 3 : 1;
      if (letter === 'Z') quarter += one ? 2 : 0;
    }
    values[2 * (column * size + column)] += c;
    // −i·s·i^quarter = s·i^(quarter + 3).
    const power = (quarter + 3) % 4;
    const at = 2 * (row * size + column);
    values[at] += s * [1, 0, -1, 0][power];
    values[at + 1] += s * [0, 1, 0, -1][power];
  }
  return { size, values };
}

/**
 * ∂U/∂angle = ½·U(angle + π), for a unitary that depends on this angle only through the sine and cosine of its half.
 */
export const derivativeByHalfTurn =
  (unitary: (angles: readonly number[]) => Matrix) =>
  (angles: readonly number[], which: number): Matrix => {
    const turned = unitary(angles.map((angle, i) => (i === which ? angle + Math.PI : angle)));
    return { size: turned.size, values: turned.values.map((value) => value / 2) };
  };
