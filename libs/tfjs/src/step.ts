import * as tf from '@tensorflow/tfjs-core';

/**
 * A training step ready to run: takes what the function takes, returns the tensors that it returns (owned by the caller), and
 * frees everything else.
 */
export type CompiledStep<Arguments extends readonly unknown[], Result extends tf.TensorContainer> = (
  ...given: Arguments
) => Result;

/**
 * Prepares a training step: gradients and optimizer included. The step must be synchronous and a function of its arguments and
 * of variables: random numbers and learning rates are arguments. Today it runs eagerly; because every training loop goes
 * through here, a compiler can trace it once a shape signature without a change in the models.
 */
export function compileStep<Arguments extends readonly unknown[], Result extends tf.TensorContainer>(
  step: (...given: Arguments) => Result,
): CompiledStep<Arguments, Result> {
  return (...given) => tf.tidy(() => step(...given));
}
