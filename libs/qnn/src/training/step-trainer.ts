import type { CompiledCircuit, Trainer, TrainerSetup } from '../engine/engine.ts';
import { createAdam } from './adam.ts';
import { pointLoss } from './loss.ts';

/** Training for engines that have none of their own: a batch of all parameter vectors for every step. */
export function createStepTrainer(compiled: CompiledCircuit, setup: TrainerSetup): Trainer {
  const { circuit, observables } = compiled;
  const { rows, scale, sets } = setup;
  const size = circuit.parameters.length;
  const width = circuit.inputs;
  const loss = pointLoss(setup.loss);
  const parameters = new Float64Array(sets.length * size);
  const inputs = new Float64Array(sets.length * rows * width);
  const batch = { sets: sets.length, parameters, rows, inputs };
  const trainees = sets.map(({ parameters: initial }, set) => {
    const values = parameters.subarray(set * size, (set + 1) * size);
    values.set(initial);
    return { values, gradient: new Float64Array(size), adam: createAdam(size, setup.learningRate) };
  });
  const logits = new Float64Array(observables.length);
  let losses = new Float64Array(0);

  /** One step of every parameter vector with the rows of `indices` from `at` on. */
  const step = async (indices: Int32Array, at: number, out: Float64Array): Promise<void> => {
    for (let i = 0; i < sets.length * rows; i++) {
      const from = indices[at + i] * width;
      const points = sets[Math.floor(i / rows)].inputs;
      for (let f = 0; f < width; f++) inputs[i * width + f] = points[from + f];
    }
    out.fill(0);
    const gradients = await compiled.differentiate(batch, (set, row, expectations, cotangents) => {
      for (let c = 0; c < logits.length; c++) logits[c] = scale * expectations[c];
      const label = sets[set].labels[indices[at + set * rows + row]];
      out[set] += loss(logits, label, cotangents) / rows;
      for (let c = 0; c < logits.length; c++) cotangents[c] *= scale / rows;
    });
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
