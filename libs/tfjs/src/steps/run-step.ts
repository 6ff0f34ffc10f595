import * as tf from '@tensorflow/tfjs-core';
// tfjs-core alone registers no gradients in Node; this package's bundle does.
import '@tensorflow/tfjs-layers';
import type { StepDefinition } from './step-cache.ts';
import type { TrainingSteps } from './training-steps.ts';

/** What comes of a step: arrays by name, row-major. */
export type StepResult = Readonly<Record<string, Float32Array>>;

/** Runs the step of a structure on arrays. `key` must say everything that `define`'s step depends on. */
export type RunStep = (
  key: string,
  define: () => StepDefinition,
  inputs: readonly Float32Array[],
) => Promise<StepResult>;

/**
 * Runs steps that are taken now and then rather than by the thousand: compiled where there are compiled steps, kernel by kernel where
 * there are none, and where one cannot be compiled or run, as `steps` allows. Call `useBackend` before.
 */
export function createStepRunner(what: string, steps: TrainingSteps | undefined): RunStep {
  const refused = new Set<string>();
  return async (key, define, inputs) => {
    if (steps === undefined || refused.has(key)) return runEagerly(define(), inputs);
    try {
      const held = await steps.hold(key, define);
      try {
        return await held.run(inputs);
      } finally {
        held.release();
      }
    } catch (error) {
      if (!steps.fallBack) throw error;
      steps.fallBack(what, error);
      refused.add(key);
      return runEagerly(define(), inputs);
    }
  };
}

/** Runs a step kernel by kernel on the backend in use. */
export function runEagerly({ inputs: shapes, step }: StepDefinition, inputs: readonly Float32Array[]): StepResult {
  return tf.tidy(() => {
    const result = step(...inputs.map((values, i) => tf.tensor(values, [...shapes[i]], 'float32')));
    // Copies: what a backend hands out may be a view of its heap.
    const read = Object.entries(result).map(([name, tensor]) => [name, Float32Array.from(tensor.dataSync())]);
    return Object.fromEntries(read) as unknown as tf.TensorContainer;
  }) as unknown as StepResult;
}
