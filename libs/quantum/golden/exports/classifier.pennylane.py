"""Data re-uploading, two layers: 3 qubits, 2 inputs, 36 parameters, 3 outputs.

outputs(features) gives the outputs for one row of features, as a differentiable function of features and theta.
Needs pennylane; wire q is qubit q.
"""
from math import pi

import pennylane as qml
from pennylane import numpy as np

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
device = qml.device("default.qubit", wires=3)


@qml.qnode(device)
def qnn(x, theta):
    qml.Rot(theta[0] + theta[1]*x[0], theta[2] + theta[3]*x[1], theta[4] + theta[5]*x[0], wires=0)
    qml.Rot(theta[6] + theta[7]*x[1], theta[8] + theta[9]*x[0], theta[10] + theta[11]*x[1], wires=1)
    qml.Rot(theta[12] + theta[13]*x[0], theta[14] + theta[15]*x[1], theta[16] + theta[17]*x[0], wires=2)
    qml.CNOT(wires=[0, 1])
    qml.CNOT(wires=[1, 2])
    qml.CNOT(wires=[2, 0])
    qml.Rot(theta[18] + theta[19]*x[0], theta[20] + theta[21]*x[1], theta[22] + theta[23]*x[0], wires=0)
    qml.Rot(theta[24] + theta[25]*x[1], theta[26] + theta[27]*x[0], theta[28] + theta[29]*x[1], wires=1)
    qml.Rot(theta[30] + theta[31]*x[0], theta[32] + theta[33]*x[1], theta[34] + theta[35]*x[0], wires=2)
    qml.CNOT(wires=[0, 1])
    qml.CNOT(wires=[1, 2])
    qml.CNOT(wires=[2, 0])
    return [
        qml.expval(qml.Z(0)),
        qml.expval(qml.dot([-0.5], [qml.X(1) @ qml.Y(2)])),
        qml.expval(qml.dot([-1, -1, -0.7, -0.7, -0.7], [qml.Z(0) @ qml.Z(1), qml.Z(1) @ qml.Z(2), qml.X(0), qml.X(1), qml.X(2)])),
    ]


def outputs(features, theta=THETA):
    return OUTPUT_SCALE * np.stack(qnn((np.asarray(features) - MEAN) / SCALE, theta))
