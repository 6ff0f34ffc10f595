import { type Adam, createAdam } from '../../training/adam.ts';
import { pointLoss } from '../../training/loss.ts';
import type { Trainer, TrainerSetup } from '../engine.ts';
import type { Host } from './host.ts';
import { createRowPass, type Pass } from './sweep.ts';

/** A parameter vector under way. */
interface Trainee {
  readonly values: Float64Array;
  readonly gradient: Float64Array;
  readonly adam: Adam;
  readonly inputs: Float64Array;
  readonly labels: Int32Array;
}

/** Trains in the memory of a compiled circuit: points stay where they are, and no promise stands between two steps. Default pass: row by row. */
export function createWasmTrainer(host: Host, setup: TrainerSetup, given?: Pass): Trainer {
  const { chunkRows, structure } = host.program;
  const { rows, scale } = setup;
  const observed = structure.readout.observables.length;
  const pass = given ?? createRowPass(host, observed);
  const loss = pointLoss(setup.loss);
  const trainees = setup.sets.map(({ parameters, inputs, labels }): Trainee => {
    const size = parameters.length;
    const adam = createAdam(size, setup.learningRate);
    return { values: parameters.slice(), gradient: new Float64Array(size), adam, inputs, labels };
  });
  const expectations = new Float64Array(chunkRows * observed);
  const logits = new Float64Array(observed);
  let losses = new Float64Array(0);

  /** One step with the rows of `indices` from `at` on; the mean loss before it. */
  const step = ({ values, gradient, adam, inputs, labels }: Trainee, indices: Int32Array, at: number): number => {
    let total = 0;
    gradient.fill(0);
    pass.begin(values, 0);
    for (let first = 0; first < rows; first += chunkRows) {
      const count = Math.min(chunkRows, rows - first);
      host.setInputs(inputs, at + first, count, indices);
      pass.sweep(expectations, 0, count, false, (row, given, cotangents) => {
        for (let c = 0; c < observed; c++) logits[c] = scale * given[c];
        total += loss(logits, labels[indices[at + first + row]], cotangents) / rows;
        for (let c = 0; c < observed; c++) cotangents[c] *= scale / rows;
      });
      pass.endChunk(gradient, 0);
    }
    pass.finish(gradient, 0);
    adam.step(values, gradient);
    return total;
  };

  return {
    async run(count, indices) {
      if (losses.length !== count * trainees.length) losses = new Float64Array(count * trainees.length);
      for (let i = 0; i < losses.length; i++) losses[i] = step(trainees[i % trainees.length], indices, i * rows);
      return losses;
    },
    parameters: (set) => trainees[set].values.slice(),
  };
}
