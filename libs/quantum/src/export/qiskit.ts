import type { Gate } from '../gates/gate.ts';
import type { Observable } from '../observables/observable.ts';
import { pythonAngle, pythonConstants, pythonHead, pythonInputs, pythonOutputFactor } from './python.ts';
import { type TrainedQnn, validateTrainedQnn } from './trained-qnn.ts';

/**
 * A Qiskit program with the QNN's circuit, parameters and observables. Its `circuit(x, theta)` is a QuantumCircuit, for numbers
 * or Parameters; `outputs(features, theta=THETA)` gives the outputs of one row of features by Statevector. Throws CircuitError
 * where the QNN is malformed.
 */
export function qiskitProgram(qnn: TrainedQnn): string {
  validateTrainedQnn(qnn);
  const { circuit, observables } = qnn;
  const start = circuit.preparation;
  const padded = `np.pad(np.asarray(x[:${start?.inputs}], dtype=float), (0, ${2 ** circuit.qubits - (start?.inputs ?? 0)}))`;
  return [
    ...pythonHead(qnn),
    'circuit(x, theta) is the QuantumCircuit; outputs(features) gives the exact outputs for one row of features.',
    'Needs qiskit.',
    '"""',
    'from math import pi',
    '',
    'import numpy as np',
    'from qiskit import QuantumCircuit',
    'from qiskit.quantum_info import SparsePauliOp, Statevector',
    '',
    ...pythonConstants(qnn),
    '# The last letter of a Pauli string acts on qubit 0.',
    'OBSERVABLES = [',
    ...observables.map((observable) => `    SparsePauliOp.from_list([${observableText(observable, circuit.qubits)}]),`),
    ']',
    '',
    '',
    'def circuit(x, theta):',
    `    qc = QuantumCircuit(${circuit.qubits})`,
    ...(start ? [`    amplitudes = ${padded}`, '    qc.prepare_state(amplitudes / np.linalg.norm(amplitudes))'] : []),
    ...circuit.gates.flatMap(gateLines).map((line) => `    ${line}`),
    '    return qc',
    '',
    '',
    'def outputs(features, theta=THETA):',
    `    state = Statevector(circuit(${pythonInputs(qnn)}, theta))`,
    `    return ${pythonOutputFactor(qnn)}np.array([state.expectation_value(observable).real for observable in OBSERVABLES])`,
    '',
  ].join('\n');
}

/** Qiskit's methods have the gates' names, except Rot and the phase of a controlled U. */
function gateLines({ name, qubits, angles }: Gate): string[] {
  const texts = angles.map(pythonAngle);
  const on = qubits.join(', ');
  if (name === 'rot') return ['rz', 'ry', 'rz'].map((rotation, i) => `qc.${rotation}(${texts[i]}, ${on})`);
  if (name === 'cu') texts.push('0');
  return [`qc.${name}(${[...texts, on].join(', ')})`];
}

const observableText = ({ terms }: Observable, qubits: number): string =>
  terms
    .map(({ coefficient, paulis }) => {
      const letters = [...paulis.padEnd(qubits, 'I').slice(0, qubits)].toReversed().join('');
      return `("${letters}", ${coefficient})`;
    })
    .join(', ');
