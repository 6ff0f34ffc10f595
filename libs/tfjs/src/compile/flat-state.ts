import * as tf from '@tensorflow/tfjs-core';
import { engine, pointAt } from './engine.ts';
import { allocate, symbolicBackend } from './tracing/symbolic-backend.ts';
import type { TracedVariable } from './tracing/trace.ts';

type Numbers = Float32Array | Int32Array | Uint8Array;

/**
 * Contiguous memory of variables, so that a compiled function takes and returns them in one tensor. There are two
 * copies: a run reads one and writes the other, and then they are exchanged, so that a run that fails changes nothing.
 */
export class Segment {
  readonly dtype: tf.DataType;
  readonly size: number;
  /** Current values of the variables. */
  current: Numbers;
  /** Memory that the next run writes. */
  next: Numbers;

  constructor(dtype: tf.DataType, size: number) {
    this.dtype = dtype;
    this.size = size;
    this.current = allocate(dtype, size);
    this.next = allocate(dtype, size);
  }

  /** Makes the range from `begin` to `end` of {@link next}, which a run has written, the values of the variables. */
  commit(begin: number, end: number): void {
    if (begin === 0 && end === this.size) [this.current, this.next] = [this.next, this.current];
    else this.current.set(this.next.subarray(begin, end), begin);
  }
}

/** The place of a variable. */
export interface Slot {
  readonly segment: Segment;
  readonly offset: number;
  /** The tensor memory of this place; undefined until it is first used. */
  dataId?: object;
}

const slots = new WeakMap<tf.Variable, Slot>();

/** The place of a variable, if it has one. */
export const slotOf = (variable: tf.Variable): Slot | undefined => slots.get(variable);

/**
 * Assigns a place to every variable without one: variables that the function writes are contiguous, in the order of
 * their creation, and so are those that it only reads. Functions that share variables share their places.
 */
export function placeVariables(variables: readonly TracedVariable[]): void {
  const homeless = variables
    .filter(({ variable }) => !slots.has(variable))
    .sort((a, b) => a.variable.id - b.variable.id);
  const groups = new Map<string, tf.Variable[]>();
  for (const { variable, after } of homeless) {
    const key = `${variable.dtype} ${after ? 'written' : 'read'}`;
    groups.set(key, [...(groups.get(key) ?? []), variable]);
  }
  for (const group of groups.values()) {
    const segment = new Segment(
      group[0].dtype,
      group.reduce((sum, variable) => sum + variable.size, 0),
    );
    let offset = 0;
    for (const variable of group) {
      slots.set(variable, { segment, offset });
      offset += variable.size;
    }
  }
}

/**
 * Copies a variable's values to its place, if eager code has moved or replaced them since. Eager kernels then read them
 * here. Returns quickly if they are in place.
 */
export function takePlace(variable: tf.Variable, slot: Slot): void {
  const backend = symbolicBackend();
  if (slot.dataId !== undefined && variable.dataId === slot.dataId && backend.holds(slot.dataId)) return;
  const { segment, offset } = slot;
  const core = engine();
  moveBeforeSharing(core.backend);
  segment.current.set(core.readSync(variable.dataId) as Numbers, offset);
  core.disposeTensor(variable);
  slot.dataId = backend.hold(() => segment.current.slice(offset, offset + variable.size));
  pointAt(variable, slot.dataId, backend);
}

const prepared = new WeakSet<tf.KernelBackend>();

/**
 * A clone of a variable shares its memory. TensorFlow.js's plain JavaScript backend counts sharers only of memory that
 * it has, so that a clone of a variable in this memory would be overwritten by the next step. Therefore that backend
 * must fetch the memory first, as the others do.
 */
function moveBeforeSharing(backend: tf.KernelBackend): void {
  if (prepared.has(backend)) return;
  prepared.add(backend);
  const held = symbolicBackend();
  if (backend === held) return;
  const incRef = backend.incRef;
  const mover = tf.engine() as unknown as { moveData(to: tf.KernelBackend, dataId: object): void };
  backend.incRef = (dataId) => {
    if (held.holds(dataId)) mover.moveData(backend, dataId);
    incRef.call(backend, dataId);
  };
}
