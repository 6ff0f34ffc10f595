import type { Circuit } from '@qloom/quantum/circuit.ts';
import { type Angle, parameter, sum } from '@qloom/quantum/gates/angle.ts';
import { type ShiftRule, shiftRule } from '@qloom/quantum/simulation/parameter-shift.ts';

/** An angle of a circuit that can be shifted. */
export interface ShiftedAngle {
  /** The original angle. */
  readonly angle: Angle;
  /** Index of the parameter that is added to it; a value of 0 leaves it unchanged. */
  readonly parameter: number;
  readonly rule: ShiftRule;
}

/** A circuit in which every angle with a parameter or an input has an additional parameter, its shift. */
export interface ShiftCircuit {
  /** The circuit's own parameters come first, then one shift for each of {@link angles}. */
  readonly circuit: Circuit;
  readonly angles: readonly ShiftedAngle[];
}

/**
 * Turns shifts into parameters, so that all shifted executions have one circuit structure and are executed as one batch
 * of parameter vectors. Constant angles are unchanged.
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
