"""A trained QNN: 3 qubits, 3 inputs, 9 parameters, 3 outputs.

outputs(features) gives the outputs for one row of features, as a differentiable function of features and theta.
Needs pennylane; wire q is qubit q.
"""
from math import pi

import pennylane as qml
from pennylane import numpy as np

THETA = np.array([
    1.138934336803076, 0.279897742452877, -1.1855696254192458, 1.3758102243196169,
    0.9848072126003302, 1.6795296879724895, -0.6588233454032728, 0.5662939731482388,
    1.2727303502084593,
])
device = qml.device("default.qubit", wires=3)


@qml.qnode(device)
def qnn(x, theta):
    qml.Hadamard(wires=0)
    qml.Hadamard(wires=1)
    qml.Hadamard(wires=2)
    qml.PhaseShift(2*x[0], wires=0)
    qml.PhaseShift(2*x[1], wires=1)
    qml.PhaseShift(2*x[2], wires=2)
    qml.IsingZZ(19.739208802178716 - 2*pi*x[0] - 2*pi*x[1] + 2*x[0]*x[1], wires=[0, 1])
    qml.IsingZZ(19.739208802178716 - 2*pi*x[0] - 2*pi*x[2] + 2*x[0]*x[2], wires=[0, 2])
    qml.IsingZZ(19.739208802178716 - 2*pi*x[1] - 2*pi*x[2] + 2*x[1]*x[2], wires=[1, 2])
    qml.Hadamard(wires=0)
    qml.Hadamard(wires=1)
    qml.Hadamard(wires=2)
    qml.PhaseShift(2*x[0], wires=0)
    qml.PhaseShift(2*x[1], wires=1)
    qml.PhaseShift(2*x[2], wires=2)
    qml.IsingZZ(19.739208802178716 - 2*pi*x[0] - 2*pi*x[1] + 2*x[0]*x[1], wires=[0, 1])
    qml.IsingZZ(19.739208802178716 - 2*pi*x[0] - 2*pi*x[2] + 2*x[0]*x[2], wires=[0, 2])
    qml.IsingZZ(19.739208802178716 - 2*pi*x[1] - 2*pi*x[2] + 2*x[1]*x[2], wires=[1, 2])
    qml.Rot(theta[0], theta[1], theta[2], wires=0)
    qml.Rot(theta[3], theta[4], theta[5], wires=1)
    qml.Rot(theta[6], theta[7], theta[8], wires=2)
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
