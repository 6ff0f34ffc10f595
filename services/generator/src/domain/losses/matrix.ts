/** A row-major float32 matrix, as the network takes and returns it. Shape [rows, columns]. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Creates a matrix over these numbers without a copy. Throws RangeError if their number does not fit the shape. */
export function matrix(rows: number, columns: number, data: Float32Array = new Float32Array(rows * columns)): Matrix {
  if (data.length !== rows * columns) {
    throw new RangeError(`matrix: ${data.length} numbers do not fill the shape [${rows}, ${columns}]`);
  }
  return { rows, columns, data };
}

/** A view of rows `from` to `from + rows`; no copy. */
export function rowsOf(source: Matrix, from: number, rows: number): Matrix {
  const { columns, data } = source;
  return { rows, columns, data: data.subarray(from * columns, (from + rows) * columns) };
}

/** The rows of `first`, then those of `second`, which has as many columns. */
export function stacked(first: Matrix, second: Matrix): Matrix {
  const out = matrix(first.rows + second.rows, first.columns);
  out.data.set(first.data);
  out.data.set(second.data, first.data.length);
  return out;
}

/** Squared Euclidean distance between row `i` of `a` and row `j` of `b`. */
export function squaredDistance(a: Matrix, i: number, b: Matrix, j: number): number {
  const { columns } = a;
  let sum = 0;
  for (let k = 0; k < columns; k++) {
    const difference = a.data[i * columns + k] - b.data[j * columns + k];
    sum += difference * difference;
  }
  return sum;
}
