import type { Circuit } from '@qloom/quantum/circuit.ts';
import { createAdamState } from '../training/adam.ts';
import type { MeasurementPlan } from './measurement-plan.ts';

/** What a training on a device continues from. Plain JSON: numbers are read back exactly. */
export interface DeviceState {
  /** Steps that are done. */
  readonly step: number;
  /** The QNN's parameters. */
  readonly parameters: readonly number[];
  /** Adam's state; see adam.ts. */
  readonly adam: readonly number[];
  /** The last measured expectations of each point, null before the first; they only share out shots. */
  readonly expectations: readonly (readonly number[] | null)[];
  /** Running covariance of one shot in each setting of the plan, shape [settings][observables²]; it only shares out shots. */
  readonly covariances: readonly (readonly number[])[];
  /** Running mean of Σ_θ ∂⟨O_a⟩/∂θ·∂⟨O_b⟩/∂θ over rows, shape [observables²]; it only shares out shots. */
  readonly slopes: readonly number[];
  /** Mean loss of the mini-batch of each step. */
  readonly losses: readonly number[];
  /** Shots and executions of all steps so far. */
  readonly shots: number;
  readonly executions: number;
}

/** Squared slope of an observable in a parameter, before any is measured: that of ⟨Z⟩ = cos θ, averaged over θ and a few gates. */
const USUAL_SQUARED_SLOPE = 1 / 8;

/** The state before the first step. */
export function initialDeviceState(
  plan: MeasurementPlan,
  circuit: Circuit,
  parameters: Float64Array,
  points: number,
): DeviceState {
  const { observables } = plan;
  const diagonal = (values: Float64Array): number[] =>
    Array.from({ length: observables ** 2 }, (_, i) =>
      i % observables === Math.floor(i / observables) ? values[i % observables] : 0,
    );
  return {
    step: 0,
    parameters: [...parameters],
    adam: [...createAdamState(circuit.parameters.length)],
    expectations: new Array<null>(points).fill(null),
    covariances: plan.settings.map(({ circuit: index }) => {
      // A shot of a string is ±1, so that without knowledge its variance is its squared coefficient.
      const squares = new Float64Array(observables);
      for (const { observable, coefficient } of plan.circuits[index].group.strings)
        squares[observable] += coefficient ** 2;
      return diagonal(squares);
    }),
    slopes: diagonal(new Float64Array(observables).fill(circuit.parameters.length * USUAL_SQUARED_SLOPE)),
    losses: [],
    shots: 0,
    executions: 0,
  };
}
