import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import type { LibraryGateName } from '@qloom/quantum/gates/gate-library.ts';
import { probabilities, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import { invalid } from './refusal.ts';

/** One circuit of a job. */
export interface EmulatedCircuit {
  readonly name: string | null;
  readonly circuit: Circuit;
  /** Numbers of its gates on one and on two qubits. */
  readonly oneQubitGates: number;
  readonly twoQubitGates: number;
}

/** A job as it was created. */
export interface JobPayload {
  readonly type: string;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly backend: string;
  readonly shots: number;
  readonly sessionId: string | null;
  readonly noise: { readonly model: string; readonly seed?: number } | undefined;
  readonly circuits: readonly EmulatedCircuit[];
}

interface GivenGate {
  readonly gate: string;
  readonly target?: number;
  readonly targets?: readonly number[];
  readonly control?: number;
  readonly controls?: readonly number[];
  readonly rotation?: number;
}

interface GivenCircuit {
  readonly name?: string;
  readonly gateset?: string;
  readonly circuit?: readonly GivenGate[];
}

/** IonQ's gates by the library's names, with the number of their qubits and angles. */
const GATES: Readonly<Record<string, readonly [LibraryGateName, qubits: number, angles: number]>> = {
  x: ['x', 1, 0],
  not: ['x', 1, 0],
  y: ['y', 1, 0],
  z: ['z', 1, 0],
  h: ['h', 1, 0],
  s: ['s', 1, 0],
  si: ['sdg', 1, 0],
  t: ['t', 1, 0],
  ti: ['tdg', 1, 0],
  v: ['sx', 1, 0],
  vi: ['sxdg', 1, 0],
  rx: ['rx', 1, 1],
  ry: ['ry', 1, 1],
  rz: ['rz', 1, 1],
  cnot: ['cx', 2, 0],
  swap: ['swap', 2, 0],
  xx: ['rxx', 2, 1],
  yy: ['ryy', 2, 1],
  zz: ['rzz', 2, 1],
};

/** Gates with one control, as clients write them: `x` with `controls`. */
const CONTROLLED: Readonly<Record<string, readonly [LibraryGateName, qubits: number, angles: number]>> = {
  x: ['cx', 2, 0],
  not: ['cx', 2, 0],
  y: ['cy', 2, 0],
  z: ['cz', 2, 0],
  h: ['ch', 2, 0],
  rx: ['crx', 2, 1],
  ry: ['cry', 2, 1],
  rz: ['crz', 2, 1],
};

const [MOST_CIRCUITS, MOST_GATES, MOST_SHOTS] = [5000, 150_000, 1_000_000];

/** Reads and checks a job. Throws {@link IonqRefusal}, as the service does for what it never accepts. */
export function readJob(body: Readonly<Record<string, unknown>>, deviceQubits: number): JobPayload {
  const { type, name = null, metadata = null, backend, shots = 100, session_id: sessionId = null, noise } = body;
  if (typeof backend !== 'string') throw invalid('"backend" is required');
  if (typeof shots !== 'number' || !Number.isInteger(shots) || shots < 1 || shots > MOST_SHOTS) {
    throw invalid(`"shots" must be an integer from 1 to ${MOST_SHOTS}`);
  }
  for (const value of Object.values((metadata ?? {}) as object)) {
    if (typeof value !== 'string') throw invalid('"metadata" must have texts');
  }
  const input = (body['input'] ?? {}) as Readonly<Record<string, unknown>>;
  const isMany = type === 'ionq.multi-circuit.v1';
  if (!isMany && type !== 'ionq.circuit.v1') throw invalid(`"type" ${String(type)} is not supported`);
  const given = (isMany ? input['circuits'] : [{ circuit: input['circuit'] }]) as readonly GivenCircuit[] | undefined;
  if (!Array.isArray(given) || given.length === 0) throw invalid('"input.circuits" is required');
  if (isMany && 'circuit' in input) throw invalid('"input.circuit" is not allowed beside "input.circuits"');
  if (given.length > MOST_CIRCUITS) throw invalid(`at most ${MOST_CIRCUITS} circuits are allowed`);
  const circuits = given.map((one) => readCircuit(one, Number(input['qubits'] ?? 0), String(input['gateset'])));
  const gates = circuits.reduce((sum, one) => sum + one.oneQubitGates + one.twoQubitGates, 0);
  if (gates > MOST_GATES) throw invalid(`at most ${MOST_GATES} gates are allowed`);
  const wide = circuits.find(({ circuit }) => circuit.qubits > deviceQubits);
  if (wide) throw invalid(`${wide.circuit.qubits} qubits; ${backend} has ${deviceQubits}`);
  return {
    type: String(type),
    name: name as string | null,
    metadata: metadata as JobPayload['metadata'],
    backend,
    shots,
    sessionId: sessionId as string | null,
    noise: noise as JobPayload['noise'],
    circuits,
  };
}

function readCircuit(
  { name = '', circuit = [], gateset }: GivenCircuit,
  least: number,
  inherited: string,
): EmulatedCircuit {
  if ((gateset ?? inherited) !== 'qis') throw invalid(`"gateset" ${gateset ?? inherited} is not emulated`);
  const onQubits = circuit.map((given) => {
    const controls = given.controls ?? (given.control === undefined ? [] : [given.control]);
    const known = (controls.length > 0 && CONTROLLED[given.gate]) || GATES[given.gate];
    if (!known) throw invalid(`"gate" ${given.gate} is not a QIS gate`);
    const targets = given.targets ?? (given.target === undefined ? [] : [given.target]);
    const [library, count, angles] = known;
    const qubits = [...controls, ...targets];
    if (qubits.length !== count || new Set(qubits).size !== count)
      throw invalid(`"${given.gate}" acts on ${count} qubits`);
    if (angles === 1 && !Number.isFinite(given.rotation)) throw invalid(`"${given.gate}" needs a rotation`);
    return { library, qubits, angles: angles === 1 ? [given.rotation as number] : [] };
  });
  const qubits = Math.max(1, least, ...onQubits.flatMap((gate) => gate.qubits.map((qubit) => qubit + 1)));
  const builder = createCircuitBuilder({ qubits });
  for (const gate of onQubits) builder.gate(gate.library, gate.qubits, ...gate.angles);
  const twoQubitGates = onQubits.filter((gate) => gate.qubits.length === 2).length;
  return {
    name: name === '' ? null : name,
    circuit: builder.build(),
    oneQubitGates: onQubits.length - twoQubitGates,
    twoQubitGates,
  };
}

/** Exact probabilities of the basis states of a circuit, decimal, bit q of which is qubit q; those of 0 are left out. */
export function exactProbabilities({ circuit }: EmulatedCircuit): Record<string, number> {
  const all = probabilities(runCircuit(circuit, [], []));
  return Object.fromEntries([...all].flatMap((p, state) => (p > 1e-15 ? [[String(state), p]] : [])));
}
