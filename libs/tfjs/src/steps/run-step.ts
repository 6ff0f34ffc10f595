import * as tf from '@tensorflow/tfjs-core';
// tfjs-core alone registers no gradients in Node; this package's bundle does.
import '@tensorflow/tfjs-layers';
import type { HeldStep, StepDefinition } from './step-cache.ts';
import type { TrainingSteps } from './training-steps.ts';

/** Result of a step: arrays by name, row-major. */
export type StepResult = Readonly<Record<string, Float32Array>>;

/** Runs the step of a structure on arrays. `key` must identify everything that `define`'s step depends on. */
export type RunStep = (
  key: string,
  define: () => StepDefinition,
  inputs: readonly Float32Array[],
) => Promise<StepResult>;

/** Runs the steps of one fit. */
export interface FitStepRunner {
  readonly run: RunStep;
  /** Releases the steps that it holds. */
  release(): void;
}

/**
 * Creates a runner for the thousands of steps of a fit: compiled if there are compiled steps, each held from its first
 * run to `release`, and otherwise kernel by kernel. If one cannot be compiled or run, and `steps` allows it, all steps
 * of the fit run kernel by kernel from then on. Requires a previous call of `useBackend`.
 */
export function createFitStepRunner(what: string, steps: TrainingSteps | undefined): FitStepRunner {
  const held = new Map<string, Promise<HeldStep>>();
  let compiled = steps;

  function release(): void {
    for (const step of held.values()) step.then((ready) => ready.release()).catch(() => undefined);
    held.clear();
  }

  function hold(cache: TrainingSteps, key: string, define: () => StepDefinition): Promise<HeldStep> {
    const known = held.get(key);
    if (known) return known;
    const step = cache.hold(key, define);
    held.set(key, step);
    return step;
  }

  return {
    async run(key, define, inputs) {
      if (!compiled) return runEagerly(define(), inputs);
      try {
        return await (await hold(compiled, key, define)).run(inputs);
      } catch (error) {
        if (!compiled?.fallBack) throw error;
        compiled.fallBack(what, error);
        compiled = undefined;
        release();
        return runEagerly(define(), inputs);
      }
    },
    release,
  };
}

/**
 * Creates a runner for occasional steps: like {@link createFitStepRunner}, but a compiled step is held only while it
 * runs, and each structure falls back separately.
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

/** Runs a step kernel by kernel on the backend in use, and frees every tensor that it made. */
export function runEagerly({ inputs: shapes, step }: StepDefinition, inputs: readonly Float32Array[]): StepResult {
  // Not tf.tidy, which would search every element of the returned arrays for tensors.
  tf.engine().startScope('step');
  try {
    const result = step(...inputs.map((values, i) => tf.tensor(values, [...shapes[i]], 'float32')));
    // Copied, because a backend may return a view of its heap.
    const read = Object.entries(result).map(([name, tensor]) => [name, (tensor.dataSync() as Float32Array).slice()]);
    return Object.fromEntries(read);
  } finally {
    tf.engine().endScope();
  }
}
