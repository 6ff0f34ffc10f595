import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import { richardsonWeights } from '@qloom/quantum/mitigation/extrapolate.ts';
import { foldGates } from '@qloom/quantum/mitigation/fold-gates.ts';
import { correctedSigns } from '@qloom/quantum/mitigation/readout-correction.ts';
import type { ReadoutError } from '@qloom/quantum/noise/readout-error.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { type ShiftedAngle, toShiftCircuit } from '../measurement/shift-circuit.ts';
import { groupObservables, type MeasuredGroup, type QubitSigns } from './measured-groups.ts';

/** What is done about the noise of the device. */
export interface Mitigation {
  /** Readout errors by qubit of the circuit. Absent: outcomes are taken as they are. */
  readonly readout?: readonly ReadoutError[];
  /**
   * Scales of the noise of gates on several qubits, from which Richardson's polynomial extrapolates to 0; the first is 1. Default [1]: none. Its
   * weights are fixed numbers, so that the estimates stay linear in what is measured.
   */
  readonly scales?: readonly number[];
}

/** A circuit that is executed. Its parameters are the QNN's, then a shift for each angle. */
export interface PlannedCircuit {
  readonly circuit: Circuit;
  readonly group: MeasuredGroup;
  readonly signs: readonly QubitSigns[];
  /** Weight of its expectations in the extrapolation. */
  readonly weight: number;
}

/** A way to execute a row: a circuit, and the angle that is shifted. */
export interface Setting {
  /** Index of the circuit. */
  readonly circuit: number;
  /** Absent: the QNN's own expectations. */
  readonly shift?: { readonly angle: ShiftedAngle; readonly by: number; readonly weight: number };
}

/** All that has to be executed for the expectations of a row and their derivatives. */
export interface MeasurementPlan {
  readonly circuits: readonly PlannedCircuit[];
  /** Settings without shift first, one for each circuit. */
  readonly settings: readonly Setting[];
  /** Number of parameters of the QNN. */
  readonly parameters: number;
  readonly observables: number;
  /** The part of each observable that is not measured. */
  readonly constants: Float64Array;
}

/**
 * Plans the executions of a QNN: observables in commuting groups, each at every scale of the noise, and each with the shifts of every
 * angle that has a parameter. Throws CircuitError where the circuit starts from amplitudes, which devices cannot load.
 */
export function planMeasurements(
  circuit: Circuit,
  observables: readonly Observable[],
  { readout, scales = [1] }: Mitigation = {},
): MeasurementPlan {
  if (circuit.preparation) {
    throw new CircuitError(
      'a circuit that starts from amplitudes cannot be run on a device; another encoding is right',
    );
  }
  const shift = toShiftCircuit(circuit);
  const { groups, constants } = groupObservables(observables);
  const circuits = groups.flatMap((group) => {
    const whole = { ...shift.circuit, gates: [...shift.circuit.gates, ...group.rotations] };
    const folded = scales.map((scale) => foldGates(whole, scale));
    // A circuit without gates on several qubits has no noise of them to scale.
    const reached = folded.filter(({ scale }, i) => folded.findIndex((other) => other.scale === scale) === i);
    const weights = richardsonWeights(reached.map(({ scale }) => scale));
    const signs = group.qubits.map((qubit): QubitSigns => (readout ? correctedSigns(readout[qubit]) : [1, -1]));
    return reached.map((one, i) => ({ circuit: one.circuit, group, signs, weight: weights[i] }));
  });
  const shifts = shift.angles
    .filter(({ angle }) => angle.terms.some(({ parameter }) => parameter !== null))
    .flatMap((angle) =>
      angle.rule.flatMap(({ shift: by, weight }) => [
        { angle, by, weight },
        { angle, by: -by, weight: -weight },
      ]),
    );
  const settings: Setting[] = [
    ...circuits.map((_, index) => ({ circuit: index })),
    ...shifts.flatMap((one) => circuits.map((_, index) => ({ circuit: index, shift: one }))),
  ];
  return { circuits, settings, parameters: circuit.parameters.length, observables: observables.length, constants };
}
