import * as tf from '@tensorflow/tfjs-core';
import { JOIN_FLAT_KERNEL, join, SPLIT_FLAT_KERNEL, split } from '../kernels/flat-kernels.ts';
import { hasKernel } from '../kernels/heap-kernel.ts';
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

/** Cuts a flat tensor into tensors of these shapes, one after the other. Throws {@link ParameterShapeError} unless they fill it. */
export function splitFlat(flat: tf.Tensor, shapes: readonly (readonly number[])[]): tf.Tensor[] {
  const sizes = shapes.map((shape) => tf.util.sizeFromShape([...shape]));
  const size = sizes.reduce((sum, each) => sum + each, 0);
  if (size !== flat.size) {
    throw new ParameterShapeError(`flat state: ${flat.size} numbers where ${size} are expected`);
  }
  if (hasKernel(SPLIT_FLAT_KERNEL)) return split(flat, shapes);
  let offset = 0;
  return shapes.map((shape, i) => {
    const part = tf.reshape(tf.slice(flat as tf.Tensor1D, [offset], [sizes[i]]), [...shape]);
    offset += sizes[i];
    return part;
  });
}

/** The inverse of {@link splitFlat}: all numbers in order. */
export function joinFlat(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  if (hasKernel(JOIN_FLAT_KERNEL)) return join(tensors);
  const parts = tensors.map((tensor) => tf.reshape(tensor, [tensor.size]) as tf.Tensor1D);
  return parts.length === 1 ? parts[0] : tf.concat1d(parts);
}

/** Cuts a flat tensor of {@link flatSize} numbers into the named tensors of which it is made, in order. */
export function unflatten(flat: tf.Tensor1D, slots: readonly Slot[]): Weights {
  const tensors = splitFlat(
    flat,
    slots.map(({ shape }) => shape),
  );
  const byName = new Map(slots.map(({ name }, i) => [name, tensors[i]]));
  return {
    variables: tensors,
    get(name) {
      const tensor = byName.get(name);
      if (!tensor) throw new ParameterShapeError(`no parameter ${name}; there are ${[...byName.keys()].join(', ')}`);
      return tensor;
    },
  };
}

/** The inverse of {@link unflatten}: all numbers in order. A null counts as zeros of its slot's shape. */
export function flatten(tensors: readonly (tf.Tensor | null)[], slots: readonly Slot[]): tf.Tensor1D {
  return joinFlat(tensors.map((tensor, i) => tensor ?? tf.zeros([tf.util.sizeFromShape([...slots[i].shape])])));
}
