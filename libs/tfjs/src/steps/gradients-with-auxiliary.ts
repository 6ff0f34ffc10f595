import * as tf from '@tensorflow/tfjs-core';
import { engine } from '../compile/engine.ts';

/** Tensors by name, one or a list each. */
export type Auxiliary = Readonly<Record<string, tf.Tensor | readonly tf.Tensor[]>>;

/** A loss, and auxiliary tensors of its computation. */
export interface LossWithAuxiliary<A extends Auxiliary> {
  readonly loss: tf.Scalar;
  readonly auxiliary: A;
}

/**
 * A loss, its gradient with respect to each of `xs` (null if it does not depend on one), and the auxiliary tensors of
 * `f`, like `jax.value_and_grad` with `has_aux`. All of them belong to the scope of the caller, which frees them.
 */
export function gradientsWithAuxiliary<A extends Auxiliary>(
  f: () => LossWithAuxiliary<A>,
  xs: readonly tf.Tensor[],
): LossWithAuxiliary<A> & { readonly gradients: readonly (tf.Tensor | null)[] } {
  let auxiliary = {} as A;
  const { value, grads } = tf.engine().gradients(
    () => {
      const made = f();
      auxiliary = made.auxiliary;
      // The scope of `f` ends before that of the caller.
      for (const tensor of Object.values(auxiliary).flat()) tf.keep(tensor);
      return made.loss;
    },
    [...xs],
    undefined,
    true,
  );
  for (const tensor of Object.values(auxiliary).flat()) {
    tensor.kept = false;
    engine().track(tensor);
  }
  return { loss: value as tf.Scalar, auxiliary, gradients: grads.map((gradient) => gradient ?? null) };
}
