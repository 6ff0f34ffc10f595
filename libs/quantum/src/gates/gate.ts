import type { Angle } from './angle.ts';
import type { GateName } from './gates.ts';

/** One gate of a circuit. Qubit 0 is the least significant bit of a basis state's index. */
export interface Gate {
  readonly name: GateName;
  /** Controls first; all different. */
  readonly qubits: readonly number[];
  readonly angles: readonly Angle[];
}

/** Gates in the order of time, times e^{i·phase}: the phase has an effect once the sequence is controlled. */
export interface GateSequence {
  readonly gates: readonly Gate[];
  readonly phase: Angle;
}
