import type { Adam } from '../../training/adam.ts';
import type { LossName } from '../../training/loss.ts';
import { pointLoss } from '../../training/loss.ts';
import type { Host } from './host.ts';
import { createRowPass, type Pass } from './sweep.ts';

/** A parameter vector in training, with its points. */
export interface Trainee {
  readonly values: Float64Array;
  readonly adam: Adam;
  /** Shape [points, inputs of the circuit]. */
  readonly inputs: Float64Array;
  /** Class of each point. */
  readonly labels: Int32Array;
}

/** The objective of a step: a loss of training/loss.ts, the scale of its logits, the rows of a mini-batch. */
export interface StepSettings {
  readonly loss: LossName;
  readonly scale: number;
  readonly rows: number;
}

/**
 * Performs one step with the points from index `at` on, or those of `indices` from `at` on; returns the mean loss
 * before it.
 */
export type TrainingStep = (trainee: Trainee, at: number, indices?: Int32Array) => number;

/**
 * Prepares {@link TrainingStep} in the memory of a compiled circuit; by default every row is executed through the whole
 * circuit.
 */
export function createTrainingStep(host: Host, { loss: name, scale, rows }: StepSettings, given?: Pass): TrainingStep {
  const { chunkRows, structure } = host.program;
  const { circuit, readout } = structure;
  const observed = readout.observables.length;
  const loss = pointLoss(name);
  const pass = given ?? createRowPass(host, observed);
  const gradient = new Float64Array(circuit.parameters.length);
  const expectations = new Float64Array(chunkRows * observed);
  const logits = new Float64Array(observed);
  return ({ values, adam, inputs, labels }, at, indices) => {
    let total = 0;
    gradient.fill(0);
    pass.begin(values, 0);
    for (let first = 0; first < rows; first += chunkRows) {
      const count = Math.min(chunkRows, rows - first);
      host.setInputs(inputs, at + first, count, indices);
      pass.sweep(expectations, 0, count, false, (row, given, cotangents) => {
        for (let c = 0; c < observed; c++) logits[c] = scale * given[c];
        const point = at + first + row;
        total += loss(logits, labels[indices ? indices[point] : point], cotangents) / rows;
        for (let c = 0; c < observed; c++) cotangents[c] *= scale / rows;
      });
      pass.endChunk(gradient, 0);
    }
    pass.finish(gradient, 0);
    adam.step(values, gradient);
    return total;
  };
}
