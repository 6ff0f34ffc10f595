"""A trained QNN: 3 qubits, 3 inputs, 9 parameters, 3 outputs.

circuit(x, theta) is the QuantumCircuit; outputs(features) gives the exact outputs for one row of features.
Needs qiskit.
"""
from math import pi

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

THETA = np.array([
    1.138934336803076, 0.279897742452877, -1.1855696254192458, 1.3758102243196169,
    0.9848072126003302, 1.6795296879724895, -0.6588233454032728, 0.5662939731482388,
    1.2727303502084593,
])
# The last letter of a Pauli string acts on qubit 0.
OBSERVABLES = [
    SparsePauliOp.from_list([("IIZ", 1)]),
    SparsePauliOp.from_list([("YXI", -0.5)]),
    SparsePauliOp.from_list([("IZZ", -1), ("ZZI", -1), ("IIX", -0.7), ("IXI", -0.7), ("XII", -0.7)]),
]


def circuit(x, theta):
    qc = QuantumCircuit(3)
    qc.h(0)
    qc.h(1)
    qc.h(2)
    qc.p(2*x[0], 0)
    qc.p(2*x[1], 1)
    qc.p(2*x[2], 2)
    qc.rzz(19.739208802178716 - 2*pi*x[0] - 2*pi*x[1] + 2*x[0]*x[1], 0, 1)
    qc.rzz(19.739208802178716 - 2*pi*x[0] - 2*pi*x[2] + 2*x[0]*x[2], 0, 2)
    qc.rzz(19.739208802178716 - 2*pi*x[1] - 2*pi*x[2] + 2*x[1]*x[2], 1, 2)
    qc.h(0)
    qc.h(1)
    qc.h(2)
    qc.p(2*x[0], 0)
    qc.p(2*x[1], 1)
    qc.p(2*x[2], 2)
    qc.rzz(19.739208802178716 - 2*pi*x[0] - 2*pi*x[1] + 2*x[0]*x[1], 0, 1)
    qc.rzz(19.739208802178716 - 2*pi*x[0] - 2*pi*x[2] + 2*x[0]*x[2], 0, 2)
    qc.rzz(19.739208802178716 - 2*pi*x[1] - 2*pi*x[2] + 2*x[1]*x[2], 1, 2)
    qc.rz(theta[0], 0)
    qc.ry(theta[1], 0)
    qc.rz(theta[2], 0)
    qc.rz(theta[3], 1)
    qc.ry(theta[4], 1)
    qc.rz(theta[5], 1)
    qc.rz(theta[6], 2)
    qc.ry(theta[7], 2)
    qc.rz(theta[8], 2)
    qc.cx(0, 1)
    qc.cx(1, 2)
    qc.cx(2, 0)
    return qc


def outputs(features, theta=THETA):
    state = Statevector(circuit(np.asarray(features), theta))
    return np.array([state.expectation_value(observable).real for observable in OBSERVABLES])
