"""Data re-uploading, two layers: 3 qubits, 2 inputs, 36 parameters, 3 outputs.

circuit(x, theta) is the QuantumCircuit; outputs(features) gives the exact outputs for one row of features.
Needs qiskit.
"""
from math import pi

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

THETA = np.array([
    -1.9637012344515326, 0.46861758850589497, 0.02987379472345013, 0.5139117099389905,
    -0.6684095206314717, 0.6571292209935656, 2.330449417949321, 0.1742666576260261,
    0.49119663589537177, 1.5782786322863682, 0.4475244693031746, 0.0728368537576617,
    -3.7740598913877523, -0.5213878107671492, 0.02593462225970435, 0.9008830249350878,
    -0.12936685657709146, 1.0636372366209577, -0.024312857616044084, -0.03921519216719689,
    -0.30804505587874814, 0.25251437455889614, -1.6266999322176052, 0.7334619719396495,
    0.3712854768213091, 0.9227863359045666, 1.0036914168950657, -0.1847999617558773,
    -0.04222930111196745, -1.3539462448375732, -0.9535829534352537, 0.5956950163392883,
    0.6048990007794794, -1.2648669339941012, -0.4361222470913099, 0.9363940016075236,
])
MEAN = np.array([0.5, -1.25])
SCALE = np.array([2, 0.4])
OUTPUT_SCALE = 3
# The last letter of a Pauli string acts on qubit 0.
OBSERVABLES = [
    SparsePauliOp.from_list([("IIZ", 1)]),
    SparsePauliOp.from_list([("YXI", -0.5)]),
    SparsePauliOp.from_list([("IZZ", -1), ("ZZI", -1), ("IIX", -0.7), ("IXI", -0.7), ("XII", -0.7)]),
]


def circuit(x, theta):
    qc = QuantumCircuit(3)
    qc.rz(theta[0] + theta[1]*x[0], 0)
    qc.ry(theta[2] + theta[3]*x[1], 0)
    qc.rz(theta[4] + theta[5]*x[0], 0)
    qc.rz(theta[6] + theta[7]*x[1], 1)
    qc.ry(theta[8] + theta[9]*x[0], 1)
    qc.rz(theta[10] + theta[11]*x[1], 1)
    qc.rz(theta[12] + theta[13]*x[0], 2)
    qc.ry(theta[14] + theta[15]*x[1], 2)
    qc.rz(theta[16] + theta[17]*x[0], 2)
    qc.cx(0, 1)
    qc.cx(1, 2)
    qc.cx(2, 0)
    qc.rz(theta[18] + theta[19]*x[0], 0)
    qc.ry(theta[20] + theta[21]*x[1], 0)
    qc.rz(theta[22] + theta[23]*x[0], 0)
    qc.rz(theta[24] + theta[25]*x[1], 1)
    qc.ry(theta[26] + theta[27]*x[0], 1)
    qc.rz(theta[28] + theta[29]*x[1], 1)
    qc.rz(theta[30] + theta[31]*x[0], 2)
    qc.ry(theta[32] + theta[33]*x[1], 2)
    qc.rz(theta[34] + theta[35]*x[0], 2)
    qc.cx(0, 1)
    qc.cx(1, 2)
    qc.cx(2, 0)
    return qc


def outputs(features, theta=THETA):
    state = Statevector(circuit((np.asarray(features) - MEAN) / SCALE, theta))
    return OUTPUT_SCALE * np.array([state.expectation_value(observable).real for observable in OBSERVABLES])
