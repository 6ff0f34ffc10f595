import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { expectation, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import { logitScale } from '../model/qnn-model.ts';
import { type LossName, pointLoss } from '../training/loss.ts';
import { type Score, score } from '../training/score.ts';
import type { EncodedPoints } from '../training/train.ts';
import type { DeviceExecutor, DeviceTask } from './device.ts';
import { expectationsOf } from './device-step.ts';
import { momentsOf } from './measured-groups.ts';
import type { MeasurementPlan } from './measurement-plan.ts';

/** Executions that measure the expectations of points: each circuit of the plan once for each point, all with the same shots. */
export const scoreTasks = (
  plan: MeasurementPlan,
  parameters: ArrayLike<number>,
  { count, angles }: Pick<EncodedPoints, 'count' | 'angles'>,
  shots: number,
): DeviceTask[] =>
  plan.circuits.map(({ circuit, group }) => {
    const wide = circuit.parameters.length;
    const vectors = new Float64Array(count * wide);
    for (let row = 0; row < count; row++) vectors.set(Array.from(parameters), row * wide);
    return { circuit, rows: count, parameters: vectors, inputs: angles, qubits: group.qubits, shots };
  });

/** Scores a QNN on points by one run of a device. Throws what the executor throws. */
export async function scoreOnDevice(
  plan: MeasurementPlan,
  points: EncodedPoints,
  of: {
    readonly parameters: ArrayLike<number>;
    readonly loss: LossName;
    readonly shots: number;
    /** Name of the run. */
    readonly name: string;
    readonly seed: number;
  },
  execute: DeviceExecutor,
): Promise<Score> {
  const tasks = scoreTasks(plan, of.parameters, points, of.shots);
  const counts = await execute({ name: of.name, tasks, seed: of.seed });
  const all = new Float64Array(points.count * plan.observables);
  for (let row = 0; row < points.count; row++) {
    const { mean } = expectationsOf(plan, (u) => {
      const { group, signs } = plan.circuits[u];
      return momentsOf(group, plan.observables, signs, counts[u][row]);
    });
    all.set(mean, row * plan.observables);
  }
  return score(all, points.labels, logitScale(of.loss), pointLoss(of.loss));
}

/** The score that a device without noise reaches with ever more shots: exact expectations, in float64. */
export function scoreExactly(
  { circuit, observables }: { readonly circuit: Circuit; readonly observables: readonly Observable[] },
  { count, angles, labels }: EncodedPoints,
  { parameters, loss }: { readonly parameters: ArrayLike<number>; readonly loss: LossName },
): Score {
  const vector = Float64Array.from(parameters);
  const inputs = Float64Array.from(angles);
  const all = new Float64Array(count * observables.length);
  for (let row = 0; row < count; row++) {
    const of = inputs.subarray(row * circuit.inputs, (row + 1) * circuit.inputs);
    const state = runCircuit(circuit, vector, of);
    observables.forEach((observable, k) => {
      all[row * observables.length + k] = expectation(state, observable);
    });
  }
  return score(all, labels, logitScale(loss), pointLoss(loss));
}
