import type * as tf from '@tensorflow/tfjs-core';

/**
 * A training step as a function of float32 tensors alone: parameters, optimizer state, batches, random numbers and rates come in,
 * the next state and what is to be reported go out. Two fits of one structure differ in their inputs only, and share one graph.
 */
export interface StepDefinition {
  /** Shape of each input, in order. */
  readonly inputs: readonly (readonly number[])[];
  /** Plain TensorFlow.js, gradients and optimizer included; no variables, no hidden randomness, nothing read. */
  readonly step: (...inputs: tf.Tensor[]) => Readonly<Record<string, tf.Tensor>>;
}

/** A step ready to run on arrays, row-major. */
export interface ArrayStep {
  /** The arrays that come out are the caller's. Those that go in are read until the promise is settled. */
  run(inputs: readonly Float32Array[]): Promise<Readonly<Record<string, Float32Array>>>;
  dispose(): void;
}

/** Makes a step ready to run. Rejects where that is not possible. */
export type BuildStep = (definition: StepDefinition) => Promise<ArrayStep>;

/** A step that someone uses. */
export interface HeldStep {
  readonly run: ArrayStep['run'];
  /** Says that it is not needed any more. */
  release(): void;
}

/** Ready steps by structure. */
export interface StepCache {
  /**
   * The step of this structure, built on first use: `key` must say everything that `define`'s graph depends on. Rejects as the
   * building did; a later call tries anew.
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
 * Keeps what `build` made. A step that nobody holds stays for whoever comes next (the next fold or episode of one structure), but
 * for the longest unused ones beyond `idle`.
 */
export function createStepCache(build: BuildStep, { idle = 16 }: { readonly idle?: number } = {}): StepCache {
  // In the order of last use: a Map lists what was set last, last.
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
