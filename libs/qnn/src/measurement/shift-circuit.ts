import type { Circuit } from '@qloom/quantum/circuit.ts';
import { type Angle, parameter, sum } from '@qloom/quantum/gates/angle.ts';
import { type ShiftRule, shiftRule } from '@qloom/quantum/simulation/parameter-shift.ts';

/** An angle of a circuit that can be shifted. */
export interface ShiftedAngle {
  /** The angle as it was. */
  readonly angle: Angle;
  /** Index of the parameter that is added to it; 0 leaves it as it was. */
  readonly parameter: number;
  readonly rule: ShiftRule;
}

/** A circuit whose every angle with a parameter or an input has one parameter more, its shift. */
export interface ShiftCircuit {
  /** The circuit's own parameters come first, then one shift for each of {@link angles}. */
  readonly circuit: Circuit;
  readonly angles: readonly ShiftedAngle[];
}

/**
 * Makes shifts data, so that all shifted executions share one structure and go through an engine as one batch of parameter
 * vectors. Angles that are constants are left alone.
 */
export function toShiftCircuit(circuit: Circuit): ShiftCircuit {
  const angles: ShiftedAngle[] = [];
  const own = circuit.parameters.length;
  const gates = circuit.gates.map((gate) => ({
    ...gate,
    angles: gate.angles.map((angle) => {
      if (angle.terms.length === 0) return angle;
      const shift = own + angles.length;
      angles.push({ angle, parameter: shift, rule: shiftRule(gate.name) });
      return sum(angle, parameter(shift));
    }),
  }));
  const parameters = [...circuit.parameters, ...angles.map(() => 'angle' as const)];
  return { circuit: { ...circuit, parameters, gates }, angles };
}
