/** Couplings of two qubits. */
type Coupling = [number, number][];

/** 0 – 1 – … – (qubits − 1). */
export const lineCoupling = (qubits: number): Coupling => Array.from({ length: qubits - 1 }, (_, i) => [i, i + 1]);

/** A line whose ends are coupled. */
export const ringCoupling = (qubits: number): Coupling => [...lineCoupling(qubits), [qubits - 1, 0]];

/** Rows and columns, row by row. */
export const gridCoupling = (rows: number, columns: number): Coupling =>
  Array.from({ length: rows * columns }, (_, q) => q).flatMap((q): Coupling => {
    const right: Coupling = (q + 1) % columns === 0 ? [] : [[q, q + 1]];
    return q + columns < rows * columns ? [...right, [q, q + columns]] : right;
  });

/**
 * Rows of qubits, joined by single qubits at every fourth column: from column 3 below even rows, from 1 below odd ones. With eight rows
 * of sixteen these are the 156 qubits and 176 couplings of IBM's Heron r2, numbered alike.
 */
export function heavyHexCoupling(rows: number, columns: number): Coupling {
  const coupling: Coupling = [];
  let start = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) coupling.push([start + column, start + column + 1]);
    if (row + 1 === rows) break;
    const bridges = Array.from({ length: columns }, (_, c) => c).filter((c) => c % 4 === (row % 2 === 0 ? 3 : 1));
    const below = start + columns + bridges.length;
    bridges.forEach((column, i) => {
      const bridge = start + columns + i;
      coupling.push([start + column, bridge], [bridge, below + column]);
    });
    start = below;
  }
  return coupling;
}
