import type { Circuit } from '@qloom/quantum/circuit.ts';
import { type Angle, constant, evaluateAngle } from '@qloom/quantum/gates/angle.ts';
import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import type { Execution } from '../backend/backend.ts';

/** A gate of IonQ's JSON circuits, gate set `qis`. */
export interface QisGate {
  readonly gate: string;
  readonly target?: number;
  readonly control?: number;
  readonly targets?: readonly number[];
  /** Unit: radians. */
  readonly rotation?: number;
}

/** A circuit in IonQ's gates. */
export interface QisCircuit {
  /** Gates with a number for each angle. */
  gates(execution: Pick<Execution, 'parameters' | 'inputs'>): QisGate[];
  /** The place at which each qubit of the circuit is measured. */
  readonly places: readonly number[];
  readonly oneQubitGates: number;
  readonly twoQubitGates: number;
}

interface GateOnQubits {
  readonly name: string;
  readonly qubits: readonly number[];
  readonly angles: readonly Angle[];
}

/** Gates with the same meaning, by their names here. */
const SAME: Readonly<Record<string, string>> = {
  x: 'x',
  y: 'y',
  z: 'z',
  h: 'h',
  s: 's',
  sdg: 'si',
  t: 't',
  tdg: 'ti',
  sx: 'v',
  sxdg: 'vi',
  rx: 'rx',
  ry: 'ry',
  rz: 'rz',
  cx: 'cnot',
  swap: 'swap',
  rxx: 'xx',
  ryy: 'yy',
  rzz: 'zz',
};

/**
 * A circuit in IonQ's gates, gate by gate where all of them are among these, else translated to `rz`, `rx` and `zz`. Prices are by
 * gate, so that a gate of IonQ's is never replaced by several. The device's compiler places and optimizes. Throws CircuitError for a
 * circuit that starts from amplitudes.
 */
export function qisCircuit(circuit: Circuit): QisCircuit {
  const target = { qubits: circuit.qubits, basisGates: ['rz', 'rx', 'rzz'], coupling: [] };
  const isDirect = !circuit.preparation && circuit.gates.every(({ name }) => name in SAME || name === 'cz');
  const { gates, finalLayout } = isDirect
    ? { gates: circuit.gates.flatMap(withoutCz), finalLayout: Array.from({ length: circuit.qubits }, (_, q) => q) }
    : transpile(circuit, target);
  const twoQubitGates = gates.filter(({ qubits }) => qubits.length === 2).length;
  return {
    gates: ({ parameters, inputs }) =>
      gates.map(({ name, qubits, angles }) => {
        const rotation = angles.length > 0 ? { rotation: evaluateAngle(angles[0], parameters, inputs) } : {};
        const gate = SAME[name];
        if (gate === 'cnot') return { gate, control: qubits[0], target: qubits[1] };
        return qubits.length === 1 ? { gate, target: qubits[0], ...rotation } : { gate, targets: qubits, ...rotation };
      }),
    places: finalLayout,
    oneQubitGates: gates.length - twoQubitGates,
    twoQubitGates,
  };
}

/** CZ = e^{iπ/4} · RZZ(π/2) · (RZ(−π/2) ⊗ RZ(−π/2)). */
function withoutCz(gate: GateOnQubits): GateOnQubits[] {
  if (gate.name !== 'cz') return [gate];
  const turn = (qubit: number): GateOnQubits => ({ name: 'rz', qubits: [qubit], angles: [constant(-Math.PI / 2)] });
  return [{ name: 'rzz', qubits: gate.qubits, angles: [constant(Math.PI / 2)] }, ...gate.qubits.map(turn)];
}
