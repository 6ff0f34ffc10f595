import * as tf from '@tensorflow/tfjs-core';
import { ParameterShapeError, type ParameterSpec } from '../layers/parameters.ts';

/** Tensors by name: a set of variables, or the parts of one flat tensor. */
export interface Weights {
  /** In a fixed order. */
  readonly variables: readonly tf.Tensor[];
  /** The tensor of that name. Throws {@link ParameterShapeError} when there is none. */
  get(name: string): tf.Tensor;
}

/** Name and shape of a parameter; its values do not matter here. */
export type Slot = Pick<ParameterSpec, 'name' | 'shape'>;

/** Number of scalars of all slots. */
export function flatSize(slots: readonly Slot[]): number {
  return slots.reduce((sum, { shape }) => sum + tf.util.sizeFromShape([...shape]), 0);
}

/** Cuts a flat tensor of {@link flatSize} numbers into the named tensors of which it is made, in order. */
export function unflatten(flat: tf.Tensor1D, slots: readonly Slot[]): Weights {
  const byName = new Map<string, tf.Tensor>();
  let offset = 0;
  for (const { name, shape } of slots) {
    const size = tf.util.sizeFromShape([...shape]);
    byName.set(name, tf.reshape(tf.slice(flat, [offset], [size]), [...shape]));
    offset += size;
  }
  if (offset !== flat.size)
    throw new ParameterShapeError(`flat state: ${flat.size} numbers where ${offset} are expected`);
  return {
    variables: [...byName.values()],
    get(name) {
      const tensor = byName.get(name);
      if (!tensor) throw new ParameterShapeError(`no parameter ${name}; there are ${[...byName.keys()].join(', ')}`);
      return tensor;
    },
  };
}

/** The inverse of {@link unflatten}: all numbers in order. A null counts as zeros of its slot's shape. */
export function flatten(tensors: readonly (tf.Tensor | null)[], slots: readonly Slot[]): tf.Tensor1D {
  const parts = tensors.map((tensor, i) => {
    const size = tf.util.sizeFromShape([...slots[i].shape]);
    return (tensor ? tf.reshape(tensor, [size]) : tf.zeros([size])) as tf.Tensor1D;
  });
  return parts.length === 1 ? parts[0] : tf.concat1d(parts);
}
