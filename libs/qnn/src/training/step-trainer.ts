import type { CompiledCircuit, Trainer, TrainerSetup } from '../engine/engine.ts';
import { lossCotangents } from '../engine/row-loss.ts';
import { createAdam } from './adam.ts';
import { pointLoss } from './loss.ts';

/**
 * Training for engines without a trainer of their own, or whose threads distribute a step: every step is one batch of
 * all parameter vectors.
 */
export function createStepTrainer(compiled: CompiledCircuit, setup: TrainerSetup): Trainer {
  const { circuit, observables } = compiled;
  const { rows, scale, sets } = setup;
  const size = circuit.parameters.length;
  const width = circuit.inputs;
  const loss = pointLoss(setup.loss);
  const parameters = new Float64Array(sets.length * size);
  const inputs = new Float64Array(sets.length * rows * width);
  const labels = new Int32Array(sets.length * rows);
  const batch = { sets: sets.length, parameters, rows, inputs };
  const cotangents = lossCotangents({ kind: 'classification', loss: setup.loss, scale, rows, labels });
  const trainees = sets.map(({ parameters: initial }, set) => {
    const values = parameters.subarray(set * size, (set + 1) * size);
    values.set(initial);
    return { values, gradient: new Float64Array(size), adam: createAdam(size, setup.learningRate) };
  });
  const logits = new Float64Array(observables.length);
  const slopes = new Float64Array(observables.length);
  let losses = new Float64Array(0);

  /** Performs one step of every parameter vector with the rows of `indices` from `at` on. */
  const step = async (indices: Int32Array, at: number, out: Float64Array): Promise<void> => {
    for (let i = 0; i < sets.length * rows; i++) {
      const from = indices[at + i] * width;
      const points = sets[Math.floor(i / rows)];
      for (let f = 0; f < width; f++) inputs[i * width + f] = points.inputs[from + f];
      labels[i] = points.labels[indices[at + i]];
    }
    const gradients = await compiled.differentiate(batch, cotangents);
    out.fill(0);
    for (let i = 0; i < sets.length * rows; i++) {
      for (let c = 0; c < logits.length; c++) logits[c] = scale * gradients.expectations[i * logits.length + c];
      out[Math.floor(i / rows)] += loss(logits, labels[i], slopes) / rows;
    }
    trainees.forEach(({ values, gradient, adam }, set) => {
      for (let i = 0; i < size; i++) gradient[i] = gradients.parameters[set * size + i];
      adam.step(values, gradient);
    });
  };

  return {
    async run(count, indices) {
      if (losses.length !== count * sets.length) losses = new Float64Array(count * sets.length);
      for (let i = 0; i < count; i++) {
        await step(indices, i * sets.length * rows, losses.subarray(i * sets.length, (i + 1) * sets.length));
      }
      return losses;
    },
    parameters: (set) => trainees[set].values.slice(),
  };
}
