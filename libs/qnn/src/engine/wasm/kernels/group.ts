import { applyLinear, isIdentity } from '../lowering/affine-map.ts';
import type { Shape } from '../lowering/shape.ts';
import { type Int, int, type Writer } from '../printing/ir.ts';
import type { Table } from './table.ts';

/**
 * Two or three qubits (or none), in ascending order, that one pass over the states handles in registers. `offsets[h]`
 * is the byte offset of the amplitude whose bits on these qubits are h.
 */
export interface Group {
  readonly key: string;
  readonly qubits: readonly number[];
  readonly offsets: readonly number[];
}

/** The group of some qubits. */
export function createGroup(qubits: readonly number[], { vectorBytes }: Shape): Group {
  const offsets = Array.from({ length: 2 ** qubits.length }, (_, h) =>
    qubits.reduce((offset, q, i) => offset + ((h >> i) & 1) * (vectorBytes << q), 0),
  );
  return { key: qubits.join('_'), qubits, offsets };
}

/** Calls `body` with the byte offset of every amplitude whose bits on the group's qubits are 0. */
export function forEachCoset(
  writer: Writer,
  { qubits }: Pick<Group, 'qubits'>,
  shape: Shape,
  body: (at: Int) => void,
): void {
  // Runs of bits between the group's qubits, the highest first; each is a loop, the lowest innermost.
  const edges = [...qubits, shape.qubits];
  const runs = edges
    .map((to, i) => ({ from: i === 0 ? 0 : edges[i - 1] + 1, to }))
    .filter(({ from, to }) => to > from)
    .reverse();
  const nest = (depth: number, base: Int | null): void => {
    if (depth === runs.length) {
      body(base ?? int.constant(0));
      return;
    }
    const { from, to } = runs[depth];
    const start = base ?? int.constant(0);
    const length = int.constant(shape.vectorBytes << to);
    writer.loop(start, base === null ? length : int.add(base, length), shape.vectorBytes << from, (at) =>
      nest(depth + 1, at),
    );
  };
  nest(0, null);
}

/** Source of a coset's amplitudes when states are read through a map, by the group's bits h. */
export function gatherCoset(writer: Writer, group: Group, table: Table, at: Int, { vectorShift }: Shape): Int[] {
  if (isIdentity(table.map)) return group.offsets.map((offset) => int.add(at, int.constant(offset)));
  const base = writer.int(int.load(int.right(at, vectorShift - 2), table.address));
  return group.offsets.map((offset) => {
    if (offset === 0) return base;
    const image = applyLinear(table.map, offset >> vectorShift) << vectorShift;
    return writer.int(int.xor(base, int.constant(image)));
  });
}
