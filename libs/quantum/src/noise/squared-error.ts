import type { Random } from '@qloom/random/random.ts';
import type { Circuit } from '../circuit.ts';
import type { Observable } from '../observables/observable.ts';
import { adjointGradient } from '../simulation/adjoint.ts';
import { shiftGradient } from '../simulation/parameter-shift.ts';
import { estimateExpectation } from '../simulation/sampling.ts';
import { runCircuit } from '../simulation/statevector.ts';
import type { NoiseModel } from './noise-model.ts';
import { readObservable } from './readout-error.ts';
import { sampleTrajectory } from './trajectories.ts';

/** An unbiased estimate of ⟨O⟩ and of its gradient. The two may come from the same samples. */
export interface SampledGradient {
  readonly expectation: number;
  readonly parameters: Float64Array;
}

/** An unbiased estimate of (⟨O⟩ − target)² and of its gradient. The loss may be negative. */
export interface SquaredErrorEstimate {
  readonly loss: number;
  readonly parameters: Float64Array;
}

/**
 * The squared error from two independent estimates a and b: loss (a − t)·(b − t), gradient (a − t)·∇b + (b − t)·∇a. One
 * estimate for both factors would be biased: E[(a − t)²] includes the variance of a, and E[2·(a − t)·∇a] twice the
 * covariance of a and ∇a.
 */
export function squaredErrorFromSamples(target: number, a: SampledGradient, b: SampledGradient): SquaredErrorEstimate {
  const [left, right] = [a.expectation - target, b.expectation - target];
  return {
    loss: left * right,
    parameters: a.parameters.map((slope, i) => left * b.parameters[i] + right * slope),
  };
}

/** What is sampled. */
export interface SamplingProblem {
  readonly circuit: Circuit;
  readonly observable: Observable;
  readonly parameters: ArrayLike<number>;
  readonly inputs: ArrayLike<number>;
}

/** The mean of expectation and adjoint gradient over `count` trajectories of a model of Pauli noise. Unbiased. */
export function gradientFromTrajectories(
  { circuit, observable, parameters, inputs }: SamplingProblem,
  model: NoiseModel,
  count: number,
  random: Random,
): SampledGradient {
  const read = model.readout ? readObservable(observable, model.readout) : observable;
  const mean = new Float64Array(circuit.parameters.length);
  let expectation = 0;
  for (let t = 0; t < count; t++) {
    const sample = adjointGradient(sampleTrajectory(circuit, model, random), [read], [1], parameters, inputs);
    expectation += sample.expectations[0] / count;
    sample.parameters.forEach((slope, i) => {
      mean[i] += slope / count;
    });
  }
  return { expectation, parameters: mean };
}

/**
 * Expectation and parameter-shift gradient; every circuit uses `shots` new measurements of each Pauli string. Unbiased.
 */
export function gradientFromShots(
  { circuit, observable, parameters, inputs }: SamplingProblem,
  shots: number,
  random: Random,
): SampledGradient {
  const estimate = (shifted: Circuit) =>
    estimateExpectation(runCircuit(shifted, parameters, inputs), observable, shots, random);
  return {
    expectation: estimate(circuit),
    parameters: shiftGradient(circuit, estimate, parameters, inputs).parameters,
  };
}
