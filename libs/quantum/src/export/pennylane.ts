import type { Circuit } from '../circuit.ts';
import type { Gate } from '../gates/gate.ts';
import type { GateName } from '../gates/gates.ts';
import type { Observable, PauliTerm } from '../observables/observable.ts';
import { pythonAngle, pythonConstants, pythonHead, pythonInputs, pythonOutputFactor } from './python.ts';
import { type TrainedQnn, validateTrainedQnn } from './trained-qnn.ts';

/** PennyLane's operation for a gate; some are an `adjoint(…)` or `ctrl(…)` of another operation. */
const OPERATIONS: Readonly<Record<Exclude<GateName, 'sdg' | 'tdg' | 'sxdg' | 'csx' | 'cu'>, string>> = {
  id: 'Identity',
  x: 'PauliX',
  y: 'PauliY',
  z: 'PauliZ',
  h: 'Hadamard',
  s: 'S',
  t: 'T',
  sx: 'SX',
  p: 'PhaseShift',
  rx: 'RX',
  ry: 'RY',
  rz: 'RZ',
  u: 'U3',
  rot: 'Rot',
  cx: 'CNOT',
  cy: 'CY',
  cz: 'CZ',
  ch: 'CH',
  swap: 'SWAP',
  iswap: 'ISWAP',
  cp: 'ControlledPhaseShift',
  crx: 'CRX',
  cry: 'CRY',
  crz: 'CRZ',
  rxx: 'IsingXX',
  ryy: 'IsingYY',
  rzz: 'IsingZZ',
  ccx: 'Toffoli',
  ccz: 'CCZ',
  cswap: 'CSWAP',
};

/**
 * A PennyLane program with the QNN's circuit, parameters and observables. Its `qnn(x, theta)` is a QNode; `outputs(features,
 * theta=THETA)` gives the outputs of one row of features. Qubit q is wire q. Throws CircuitError where the QNN is malformed.
 */
export function pennylaneProgram(qnn: TrainedQnn): string {
  validateTrainedQnn(qnn);
  const { circuit, observables } = qnn;
  return [
    ...pythonHead(qnn),
    'outputs(features) gives the outputs for one row of features, as a differentiable function of features and theta.',
    'Needs pennylane; wire q is qubit q.',
    '"""',
    'from math import pi',
    '',
    'import pennylane as qml',
    'from pennylane import numpy as np',
    '',
    ...pythonConstants(qnn),
    `device = qml.device("default.qubit", wires=${circuit.qubits})`,
    '',
    '',
    '@qml.qnode(device)',
    'def qnn(x, theta):',
    ...[...preparation(circuit), ...circuit.gates.map(gateLine)].map((line) => `    ${line}`),
    '    return [',
    ...observables.map((observable) => `        qml.expval(${observableText(observable)}),`),
    '    ]',
    '',
    '',
    'def outputs(features, theta=THETA):',
    `    return ${pythonOutputFactor(qnn)}np.stack(qnn(${pythonInputs(qnn)}, theta))`,
    '',
  ].join('\n');
}

/** StatePrep's first wire is the most significant bit of an amplitude's index, which is the last qubit of a circuit. */
function preparation({ qubits, preparation: start }: Circuit): string[] {
  if (!start) return [];
  const wires = Array.from({ length: qubits }, (_, q) => qubits - 1 - q).join(', ');
  return [`qml.StatePrep(x[:${start.inputs}], wires=[${wires}], normalize=True, pad_with=0.0)`];
}

function gateLine({ name, qubits, angles }: Gate): string {
  const texts = angles.map(pythonAngle);
  const target = qubits[qubits.length - 1];
  switch (name) {
    case 'sdg':
    case 'tdg':
    case 'sxdg':
      return `qml.adjoint(qml.${OPERATIONS[name.slice(0, -2) as 's' | 't' | 'sx']}(wires=${target}))`;
    case 'csx':
      return `qml.ctrl(qml.SX(wires=${target}), control=${qubits[0]})`;
    case 'cu':
      return `qml.ctrl(qml.U3(${texts.join(', ')}, wires=${target}), control=${qubits[0]})`;
    default:
      return `qml.${OPERATIONS[name]}(${[...texts, `wires=${qubits.length === 1 ? target : `[${qubits.join(', ')}]`}`].join(', ')})`;
  }
}

function observableText({ terms }: Observable): string {
  if (terms.length === 1 && terms[0].coefficient === 1) return pauliText(terms[0]);
  const coefficients = terms.map(({ coefficient }) => coefficient).join(', ');
  return `qml.dot([${coefficients}], [${terms.map(pauliText).join(', ')}])`;
}

function pauliText({ paulis }: PauliTerm): string {
  const factors = [...paulis].flatMap((letter, q) => (letter === 'I' ? [] : [`qml.${letter}(${q})`]));
  return factors.length === 0 ? 'qml.Identity(0)' : factors.join(' @ ');
}
