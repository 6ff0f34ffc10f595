import type { CircuitBuilder } from '../circuit.ts';
import { input } from '../gates/angle.ts';

/** A rotation axis. */
export type Axis = 'x' | 'y' | 'z';

/** Settings of {@link encodeAngles}. */
export interface AngleEncodingOptions {
  /** Axis of the rotations. Default `'y'`. `'z'` needs a superposition before it to have an effect. */
  readonly axis?: Axis;
  /** Radians per unit of input. Default 1. */
  readonly scale?: number;
}

/**
 * Angle encoding: R_axis(scale·x_j) on qubit j mod n, for every input j of the circuit. Called once before an ansatz it
 * encodes; called before every layer it re-uploads. With more inputs than qubits, several inputs follow one another on
 * the same qubit and cycle through the axes (axis, then the next of x → y → z → x), so that their angles do not simply
 * add up.
 */
export function encodeAngles(builder: CircuitBuilder, options: AngleEncodingOptions = {}): void {
  const { axis = 'y', scale = 1 } = options;
  const axes: Axis[] = ['x', 'y', 'z'];
  for (let j = 0; j < builder.inputs; j++) {
    const turn = Math.floor(j / builder.qubits);
    const letter = axes[(axes.indexOf(axis) + turn) % 3];
    builder.gate(`r${letter}`, [j % builder.qubits], input(j, scale));
  }
}
