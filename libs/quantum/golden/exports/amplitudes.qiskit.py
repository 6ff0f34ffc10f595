"""A trained QNN: 3 qubits, 5 inputs, 3 parameters, 3 outputs.

circuit(x, theta) is the QuantumCircuit; outputs(features) gives the exact outputs for one row of features.
Needs qiskit.
"""
from math import pi

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

THETA = np.array([-2.582586261981653, 0.5390679271743558, 1.1905109431775565])
# The last letter of a Pauli string acts on qubit 0.
OBSERVABLES = [
    SparsePauliOp.from_list([("IIZ", 1)]),
    SparsePauliOp.from_list([("YXI", -0.5)]),
    SparsePauliOp.from_list([("IZZ", -1), ("ZZI", -1), ("IIX", -0.7), ("IXI", -0.7), ("XII", -0.7)]),
]


def circuit(x, theta):
    qc = QuantumCircuit(3)
    amplitudes = np.pad(np.asarray(x[:5], dtype=float), (0, 3))
    qc.prepare_state(amplitudes / np.linalg.norm(amplitudes))
    qc.rx(theta[0], 0)
    qc.rx(theta[1], 1)
    qc.rx(theta[2], 2)
    qc.cx(0, 1)
    qc.cx(1, 2)
    qc.cx(2, 0)
    return qc


def outputs(features, theta=THETA):
    state = Statevector(circuit(np.asarray(features), theta))
    return np.array([state.expectation_value(observable).real for observable in OBSERVABLES])
