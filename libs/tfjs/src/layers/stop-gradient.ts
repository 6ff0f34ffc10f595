import * as tf from '@tensorflow/tfjs-core';

/**
 * The same values (and memory) as `x`, invisible to every gradient that is being recorded. Unlike a custom gradient of
 * zero it costs nothing in the backward pass: no zeros are created, added or propagated.
 */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const engine = tf.engine();
  const identity = tf.getKernel('Identity', engine.backendName);
  if (!identity) throw new Error(`stopGradient: backend ${engine.backendName} has no Identity kernel`);
  const info = identity.kernelFunc({ inputs: { x }, backend: engine.backend, attrs: {} }) as tf.TensorInfo;
  return engine.makeTensorFromTensorInfo(info) as T;
}
