import type * as tf from '@tensorflow/tfjs-core';

/**
 * A training step as a pure function of float32 tensors: its inputs are parameters, optimizer state, batches, random
 * numbers and rates, its outputs the next state and reported values. Two fits of the same structure differ only in
 * their inputs, and share one graph.
 */
export interface StepDefinition {
  /** Shape of each input, in order. */
  readonly inputs: readonly (readonly number[])[];
  /**
   * Plain TensorFlow.js, including gradients and optimizer; without variables, hidden randomness or reads of values.
   */
  readonly step: (...inputs: tf.Tensor[]) => Readonly<Record<string, tf.Tensor>>;
}

/** A step that is ready to run on row-major arrays. */
export interface ArrayStep {
  /** The returned arrays belong to the caller. The inputs are read until the promise is settled. */
  run(inputs: readonly Float32Array[]): Promise<Readonly<Record<string, Float32Array>>>;
  dispose(): void;
}

/** Builds a step. Rejects if that is not possible. */
export type BuildStep = (definition: StepDefinition) => Promise<ArrayStep>;

/** A step in use. */
export interface HeldStep {
  readonly run: ArrayStep['run'];
  /** Releases the step. */
  release(): void;
}

/** Ready steps by structure. */
export interface StepCache {
  /**
   * The step of this structure, built on first use: `key` must identify everything that `define`'s graph depends on.
   * Rejects with the error of the build; a later call tries again.
   */
  hold(key: string, define: () => StepDefinition): Promise<HeldStep>;
  /** Steps that are ready or being built. */
  readonly size: number;
}

interface Entry {
  readonly step: Promise<ArrayStep>;
  holders: number;
}

/**
 * Creates a cache of the steps of `build`. A step that is not held is kept for later use (by the next fold or episode
 * of the same structure); beyond `idle` of them, the least recently used ones are freed.
 */
export function createStepCache(build: BuildStep, { idle = 16 }: { readonly idle?: number } = {}): StepCache {
  // In the order of last use, because a Map iterates in the order of insertion.
  const entries = new Map<string, Entry>();

  function trim(): void {
    const unused = [...entries].filter(([, entry]) => entry.holders === 0);
    for (const [key, entry] of unused.slice(0, Math.max(0, unused.length - idle))) {
      entries.delete(key);
      void entry.step.then((step) => step.dispose());
    }
  }

  return {
    get size() {
      return entries.size;
    },
    async hold(key, define) {
      let entry = entries.get(key);
      if (!entry) {
        const step = build(define());
        entry = { step, holders: 0 };
        entries.set(key, entry);
        step.catch(() => entries.delete(key));
      }
      const held = entry;
      held.holders++;
      const step = await held.step;
      let released = false;
      return {
        run: (inputs) => step.run(inputs),
        release() {
          if (released) return;
          released = true;
          held.holders--;
          if (entries.get(key) === held) {
            entries.delete(key);
            entries.set(key, held);
          }
          trim();
        },
      };
    },
  };
}
