import type { Shape } from '../lowering/shape.ts';
import { type Int, int, type Local, type Vector, vec, type Writer } from '../printing/ir.ts';

/**
 * Whether a link has no phases, one table for all samples (numbers: real parts, then imaginary ones), or one for each
 * sample (vectors).
 */
export type PhaseKind = 'none' | 'shared' | 'lane';

/** Loads the phase of the amplitude at byte offset `at`, from the table at `table`. */
export function loadPhase(writer: Writer, kind: PhaseKind, table: Int, at: Int, shape: Shape): [Local, Local] {
  const half = shape.planeBytes;
  if (kind === 'lane') {
    const address = writer.int(int.add(table, at));
    return [writer.vector(vec.load(address)), writer.vector(vec.load(address, half))];
  }
  const address = writer.int(int.add(table, int.right(at, shape.laneShift)));
  return [writer.vector(vec.splat(address)), writer.vector(vec.splat(address, half >> shape.laneShift))];
}

/** phase·(re + i·im), or with the phase's conjugate. */
export function applyPhase(
  re: Vector,
  im: Vector,
  [c, s]: readonly [Vector, Vector],
  direction: 'forward' | 'inverse',
): [Vector, Vector] {
  if (direction === 'forward') return [vec.nmadd(im, s, vec.mul(re, c)), vec.madd(im, c, vec.mul(re, s))];
  return [vec.madd(im, s, vec.mul(re, c)), vec.nmadd(re, s, vec.mul(im, c))];
}
