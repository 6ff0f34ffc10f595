import { addAngleGradient } from '@qloom/quantum/gates/angle.ts';
import type { OutcomeCounts } from '@qloom/quantum/mitigation/readout-correction.ts';
import type { LossName } from '../training/loss.ts';
import { allocateShots, type ShotBudget } from './allocate-shots.ts';
import { type RowSlope, rowSlope } from './cotangents.ts';
import type { DeviceTask } from './device.ts';
import type { DeviceState } from './device-state.ts';
import { type Moments, momentsOf } from './measured-groups.ts';
import type { MeasurementPlan, Setting } from './measurement-plan.ts';

/** The rows of a step. */
export interface StepRows {
  /** Index of the point of each row. */
  readonly points: Int32Array;
  /** Shape [rows, inputs of the circuit]. */
  readonly inputs: Float64Array;
  /** Class of each row. */
  readonly labels: Int32Array;
}

/** What a step executes: tasks, and the setting and row of each of their rows. */
export interface PreparedStep {
  readonly tasks: readonly DeviceTask[];
  readonly places: readonly (readonly { readonly setting: number; readonly row: number }[])[];
}

/** A gradient that was measured. */
export interface MeasuredGradient {
  /** Of the mean loss of the rows, shape [parameters]. */
  readonly gradient: Float64Array;
  /** Estimated sum of the variances of its entries. */
  readonly variance: number;
  /** Mean loss of the rows. */
  readonly loss: number;
  /** Measured expectations of each row, shape [rows][observables]. */
  readonly expectations: readonly Float64Array[];
  /** Mean over rows of Σ_θ ∂⟨O_a⟩/∂θ·∂⟨O_b⟩/∂θ without the part that is due to shots, shape [observables²]. */
  readonly slopes: Float64Array;
  /** Mean covariance of one shot in each setting, shape [settings][observables²]. */
  readonly covariances: readonly Float64Array[];
}

/**
 * The executions of a step: every setting of the plan for every row, with shots in proportion to what one of them adds to the standard
 * deviation of the gradient, as estimated from the counts of earlier steps. The shots thus depend on no count of this step, and its gradient has no
 * bias from them. Throws ShotBudgetError.
 */
export function prepareStep(
  plan: MeasurementPlan,
  state: DeviceState,
  rows: StepRows,
  loss: LossName,
  budget: ShotBudget,
): PreparedStep {
  const count = rows.labels.length;
  const scores = new Float64Array(plan.settings.length * count);
  for (let row = 0; row < count; row++) {
    const known = state.expectations[rows.points[row]];
    const guess = rowSlope(
      loss,
      known ? Float64Array.from(known) : new Float64Array(plan.observables),
      new Float64Array(plan.observables ** 2),
      rows.labels[row],
    );
    plan.settings.forEach((setting, u) => {
      scores[u * count + row] = scoreOf(plan, state, rows, { setting, u, row, guess });
    });
  }
  const shots = allocateShots(scores, budget);
  return tasksOf(plan, state, rows, shots);
}

/** The standard deviation that one shot of an execution adds to the gradient. */
function scoreOf(
  plan: MeasurementPlan,
  state: DeviceState,
  rows: StepRows,
  of: { readonly setting: Setting; readonly u: number; readonly row: number; readonly guess: RowSlope },
): number {
  const { setting, u, row, guess } = of;
  const weight = Math.abs(plan.circuits[setting.circuit].weight) / rows.labels.length;
  const covariance = state.covariances[u];
  if (setting.shift) {
    const reach = Math.sqrt(squaredReach(plan, state.parameters, rows, setting, row));
    return weight * reach * Math.sqrt(Math.max(0, quadratic(guess.cotangents, covariance)));
  }
  // A change of the expectations moves the cotangents by the curvature, and these the gradient along the slopes.
  const size = plan.observables;
  let trace = 0;
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      let moved = 0;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          moved += guess.curvature[a * size + i] * covariance[i * size + j] * guess.curvature[b * size + j];
        }
      }
      trace += state.slopes[a * size + b] * moved;
    }
  }
  return weight * Math.sqrt(Math.max(0, trace));
}

/** Σ_θ (weight of the shift · ∂angle/∂θ)². */
function squaredReach(
  plan: MeasurementPlan,
  parameters: ArrayLike<number>,
  rows: StepRows,
  { shift }: Setting,
  row: number,
): number {
  if (!shift) return 0;
  const into = new Float64Array(plan.parameters);
  addAngleGradient(
    shift.angle.angle,
    shift.weight,
    parameters,
    inputsOf(rows, row),
    into,
    new Float64Array(widthOf(rows)),
  );
  return into.reduce((sum, value) => sum + value ** 2, 0);
}

const widthOf = ({ inputs, labels }: StepRows): number => inputs.length / labels.length;
const inputsOf = (rows: StepRows, row: number): Float64Array =>
  rows.inputs.subarray(row * widthOf(rows), (row + 1) * widthOf(rows));

function quadratic(vector: Float64Array, matrix: ArrayLike<number>): number {
  const size = vector.length;
  let total = 0;
  for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) total += vector[a] * matrix[a * size + b] * vector[b];
  return total;
}

/** Tasks of the executions of one circuit and one number of shots each, in the order in which they first occur. */
function tasksOf(plan: MeasurementPlan, state: DeviceState, rows: StepRows, shots: Int32Array): PreparedStep {
  const count = rows.labels.length;
  const byTask = new Map<string, { setting: number; row: number }[]>();
  plan.settings.forEach(({ circuit }, setting) => {
    for (let row = 0; row < count; row++) {
      const key = `${circuit} ${shots[setting * count + row]}`;
      const members = byTask.get(key) ?? [];
      members.push({ setting, row });
      byTask.set(key, members);
    }
  });
  const places = [...byTask.values()];
  const tasks = places.map((members) => {
    const planned = plan.circuits[plan.settings[members[0].setting].circuit];
    const wide = planned.circuit.parameters.length;
    const parameters = new Float64Array(members.length * wide);
    const inputs = new Float64Array(members.length * widthOf(rows));
    members.forEach(({ setting, row }, i) => {
      parameters.set(state.parameters, i * wide);
      const { shift } = plan.settings[setting];
      if (shift) parameters[i * wide + shift.angle.parameter] = shift.by;
      inputs.set(inputsOf(rows, row), i * widthOf(rows));
    });
    const { setting, row } = members[0];
    return {
      circuit: planned.circuit,
      rows: members.length,
      parameters,
      inputs,
      qubits: planned.group.qubits,
      shots: shots[setting * count + row],
    };
  });
  return { tasks, places };
}

/** The gradient from the counts of a prepared step. Expectations and slopes are from different shots, so that their product has no bias. */
export function measureGradient(
  plan: MeasurementPlan,
  state: DeviceState,
  rows: StepRows,
  loss: LossName,
  { places }: PreparedStep,
  counts: readonly (readonly OutcomeCounts[])[],
): MeasuredGradient {
  const count = rows.labels.length;
  const size = plan.observables;
  const moments = new Array<Moments>(plan.settings.length * count);
  places.forEach((members, task) => {
    members.forEach(({ setting, row }, i) => {
      const { group, signs } = plan.circuits[plan.settings[setting].circuit];
      moments[setting * count + row] = momentsOf(group, size, signs, counts[task][i]);
    });
  });
  const gradient = new Float64Array(plan.parameters);
  const slopes = new Float64Array(size ** 2);
  const expectations: Float64Array[] = [];
  let [variance, total] = [0, 0];
  for (let row = 0; row < count; row++) {
    const { mean, covariance } = expectationsOf(plan, (u) => moments[u * count + row]);
    expectations.push(mean);
    const slope = rowSlope(loss, mean, covariance, rows.labels[row]);
    total += slope.loss / count;
    const derivatives = new Float64Array(size * plan.parameters);
    const due = new Float64Array(size ** 2);
    plan.settings.forEach((setting, u) => {
      const { shift } = setting;
      if (!shift) return;
      const measured = moments[u * count + row];
      const { weight } = plan.circuits[setting.circuit];
      const reach = weight ** 2 * squaredReach(plan, state.parameters, rows, setting, row);
      variance += (reach * quadratic(slope.cotangents, measured.covariance)) / measured.shots / count ** 2;
      for (let k = 0; k < size; k++) {
        const into = derivatives.subarray(k * plan.parameters, (k + 1) * plan.parameters);
        const by = weight * shift.weight * measured.mean[k];
        addAngleGradient(
          shift.angle.angle,
          by,
          state.parameters,
          inputsOf(rows, row),
          into,
          new Float64Array(widthOf(rows)),
        );
      }
      for (let i = 0; i < due.length; i++) due[i] += (reach * measured.covariance[i]) / measured.shots;
    });
    for (let k = 0; k < size; k++) {
      for (let p = 0; p < plan.parameters; p++) {
        gradient[p] += (slope.cotangents[k] * derivatives[k * plan.parameters + p]) / count;
      }
    }
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) {
        let product = -due[a * size + b];
        for (let p = 0; p < plan.parameters; p++) {
          product += derivatives[a * plan.parameters + p] * derivatives[b * plan.parameters + p];
        }
        slopes[a * size + b] += product / count;
      }
    }
  }
  const covariances = plan.settings.map((_, u) => {
    const mean = new Float64Array(size ** 2);
    for (let row = 0; row < count; row++) {
      moments[u * count + row].covariance.forEach((value, i) => {
        mean[i] += value / count;
      });
    }
    return mean;
  });
  return { gradient, variance, loss: total, expectations, slopes, covariances };
}

/** Expectations of a row and their covariance, from the settings without shift. */
export function expectationsOf(
  plan: MeasurementPlan,
  momentsAt: (setting: number) => Moments,
): { readonly mean: Float64Array; readonly covariance: Float64Array } {
  const mean = plan.constants.slice();
  const covariance = new Float64Array(plan.observables ** 2);
  plan.circuits.forEach(({ weight }, u) => {
    const measured = momentsAt(u);
    measured.mean.forEach((value, k) => {
      mean[k] += weight * value;
    });
    measured.covariance.forEach((value, i) => {
      covariance[i] += (weight ** 2 * value) / measured.shots;
    });
  });
  return { mean, covariance };
}
