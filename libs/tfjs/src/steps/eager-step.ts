import * as tf from '@tensorflow/tfjs-core';

/**
 * A step that TensorFlow.js runs kernel by kernel on the backend in use: takes what the function takes, returns the tensors that it
 * returns (owned by the caller), and frees everything else. It may read and assign variables.
 */
export function eagerStep<Arguments extends readonly unknown[], Result extends tf.TensorContainer>(
  step: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  return (...given) => tf.tidy(() => step(...given));
}
