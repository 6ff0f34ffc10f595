"""A trained QNN: 3 qubits, 5 inputs, 3 parameters, 3 outputs.

outputs(features) gives the outputs for one row of features, as a differentiable function of features and theta.
Needs pennylane; wire q is qubit q.
"""
from math import pi

import pennylane as qml
from pennylane import numpy as np

THETA = np.array([-2.582586261981653, 0.5390679271743558, 1.1905109431775565])
device = qml.device("default.qubit", wires=3)


@qml.qnode(device)
def qnn(x, theta):
    qml.StatePrep(x[:5], wires=[2, 1, 0], normalize=True, pad_with=0.0)
    qml.RX(theta[0], wires=0)
    qml.RX(theta[1], wires=1)
    qml.RX(theta[2], wires=2)
    qml.CNOT(wires=[0, 1])
    qml.CNOT(wires=[1, 2])
    qml.CNOT(wires=[2, 0])
    return [
        qml.expval(qml.Z(0)),
        qml.expval(qml.dot([-0.5], [qml.X(1) @ qml.Y(2)])),
        qml.expval(qml.dot([-1, -1, -0.7, -0.7, -0.7], [qml.Z(0) @ qml.Z(1), qml.Z(1) @ qml.Z(2), qml.X(0), qml.X(1), qml.X(2)])),
    ]


def outputs(features, theta=THETA):
    return np.stack(qnn(np.asarray(features), theta))
