"""Circuits of QNNs, gate for gate and parameter for parameter those of Qloom's own simulator (docs/guides/circuits.md)."""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import pennylane as qml


class CircuitError(ValueError):
    """Raised for a circuit that is not offered. `setting` is its name in the contracts."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(f"{setting}: {message}")
        self.setting = setting
        self.message = message


@dataclass(frozen=True)
class Circuit:
    """A circuit by its settings; equal settings share one compiled program."""

    qubits: int
    layers: int
    inputs: int
    """Features, each one angle."""
    ansatz: str = "data-reuploading"
    encoding: str = ""
    """Empty: none where there are no inputs or the ansatz encodes them, else angle."""


Angles = Iterator[jax.Array]
"""The parameters in the order of the gates."""


def _ring(qubits: int, distance: int = 1) -> None:
    """CNOTs q → q + distance around a ring: none on one qubit, one on two."""
    for qubit in range({1: 0, 2: 1}.get(qubits, qubits)):
        qml.CNOT(wires=[qubit, (qubit + distance) % qubits])


def _data_reuploading(circuit: Circuit, layer: int, x: jax.Array, angles: Angles) -> None:
    """Rot(θ + ω·x) on every qubit, then a ring; slot axis·n + qubit carries input slot mod F (Pérez-Salinas et al., 2019)."""
    n, features = circuit.qubits, circuit.inputs
    for turn in range(max(1, math.ceil(features / (3 * n)))):
        for qubit in range(n):
            rotation = []
            for axis in range(3):
                angle = next(angles)
                if features > 0:
                    angle = angle + next(angles) * x[..., (turn * 3 * n + axis * n + qubit) % features]
                rotation.append(angle)
            qml.Rot(*rotation, wires=qubit)
    _ring(n)


def _hardware_efficient(circuit: Circuit, layer: int, x: jax.Array, angles: Angles) -> None:
    """RY(θ) and RZ(θ) on every qubit, then a ring."""
    for qubit in range(circuit.qubits):
        qml.RY(next(angles), wires=qubit)
        qml.RZ(next(angles), wires=qubit)
    _ring(circuit.qubits)


def _strongly_entangling(circuit: Circuit, layer: int, x: jax.Array, angles: Angles) -> None:
    """PennyLane's StronglyEntanglingLayers: Rot(θ), then a ring whose distance grows with the layer."""
    n = circuit.qubits
    for qubit in range(n):
        qml.Rot(next(angles), next(angles), next(angles), wires=qubit)
    if n == 2:
        qml.CNOT(wires=[0, 1])
        qml.CNOT(wires=[1, 0])
    elif n > 2:
        _ring(n, layer % (n - 1) + 1)


def _basic_entangler(circuit: Circuit, layer: int, x: jax.Array, angles: Angles) -> None:
    """PennyLane's BasicEntanglerLayers: RX(θ) on every qubit, then a ring."""
    for qubit in range(circuit.qubits):
        qml.RX(next(angles), wires=qubit)
    _ring(circuit.qubits)


@dataclass(frozen=True)
class Ansatz:
    """How a layer is built."""

    layer: Callable[[Circuit, int, jax.Array, Angles], None]
    parameters: Callable[[Circuit], int]
    """Parameters of a layer."""
    encodes_inputs: bool = False


ANSATZE = {
    "data-reuploading": Ansatz(
        _data_reuploading,
        lambda c: 3 * c.qubits * max(1, math.ceil(c.inputs / (3 * c.qubits))) * (2 if c.inputs > 0 else 1),
        encodes_inputs=True,
    ),
    "hardware-efficient": Ansatz(_hardware_efficient, lambda c: 2 * c.qubits),
    "strongly-entangling": Ansatz(_strongly_entangling, lambda c: 3 * c.qubits),
    "basic-entangler": Ansatz(_basic_entangler, lambda c: c.qubits),
}
"""Every ansatz by its name in study files, the default first."""


def _angle(circuit: Circuit, x: jax.Array) -> None:
    """RY(x_j) on qubit j mod n; inputs that share a qubit take the axes y, z, x in turn."""
    for j in range(circuit.inputs):
        (qml.RY, qml.RZ, qml.RX)[j // circuit.qubits % 3](x[..., j], wires=j % circuit.qubits)


def _iqp(circuit: Circuit, x: jax.Array) -> None:
    """PennyLane's IQPEmbedding: H, RZ(x), and exp(−i·x_i·x_j/2·ZZ) on all pairs (Havlíček et al., 2019)."""
    for qubit in range(circuit.qubits):
        qml.Hadamard(wires=qubit)
    for j in range(circuit.inputs):
        qml.RZ(x[..., j], wires=j)
    for i in range(circuit.inputs):
        for j in range(i + 1, circuit.inputs):
            qml.IsingZZ(x[..., i] * x[..., j], wires=[i, j])


ENCODINGS: dict[str, Callable[[Circuit, jax.Array], None]] = {"none": lambda circuit, x: None, "angle": _angle, "iqp": _iqp}
"""Every encoding. `angle` is repeated before every layer, `iqp` is applied once."""


def check_circuit(circuit: Circuit) -> Circuit:
    """Returns the circuit with its encoding. Raises CircuitError for one that is not offered."""
    if circuit.ansatz not in ANSATZE:
        raise CircuitError("ansatz", f"is {circuit.ansatz!r}; right would be one of {', '.join(ANSATZE)}")
    encodes = ANSATZE[circuit.ansatz].encodes_inputs
    encoding = circuit.encoding or ("none" if encodes or circuit.inputs == 0 else "angle")
    if encoding not in ENCODINGS:
        raise CircuitError("encoding", f"is {encoding!r}; right would be one of {', '.join(ENCODINGS)}")
    if encoding == "none" and circuit.inputs > 0 and not encodes:
        raise CircuitError(
            "encoding", f"is 'none', which leaves the inputs unused with {circuit.ansatz!r}; right would be 'angle'"
        )
    if encoding == "iqp" and circuit.inputs > circuit.qubits:
        wrong = f"'iqp' on {circuit.qubits} qubits takes at most {circuit.qubits} inputs, not {circuit.inputs}"
        raise CircuitError("encoding", f"{wrong}; right would be more qubits, or 'angle'")
    return Circuit(circuit.qubits, circuit.layers, circuit.inputs, circuit.ansatz, encoding)


def parameter_count(circuit: Circuit) -> int:
    """Parameters of all layers."""
    return circuit.layers * ANSATZE[circuit.ansatz].parameters(circuit)


_PENNYLANE = threading.RLock()
"""Held while PennyLane builds a circuit: it queues gates in a list of the process, so that two threads at once can block for
ever. Compiled programs run without it."""


@lru_cache(maxsize=32)
def expectations(circuit: Circuit, observables: tuple[Any, ...]) -> Callable[[jax.Array, jax.Array], jax.Array]:
    """The function (parameters [P], inputs [rows, inputs]) → expectations [rows, observables], differentiable in both.

    `observables` are tuples of terms (coefficient, Pauli string), as observable.py parses them.
    """
    device = qml.device("default.qubit", wires=circuit.qubits)

    @qml.qnode(device, interface="jax", diff_method="backprop")
    def qnode(parameters: jax.Array, x: jax.Array) -> list:
        angles = iter(parameters)
        for layer in range(circuit.layers):
            if circuit.encoding == "angle" or layer == 0:
                ENCODINGS[circuit.encoding](circuit, x)
            ANSATZE[circuit.ansatz].layer(circuit, layer, x, angles)
        return [qml.expval(operator(terms)) for terms in observables]

    def values(parameters: jax.Array, x: jax.Array) -> jax.Array:
        with _PENNYLANE:
            columns = qnode(parameters, x)
        # A circuit without inputs has the same expectations in every row.
        return jnp.stack([jnp.broadcast_to(column, (x.shape[0],)) for column in columns], axis=1)

    return values


def operator(terms: tuple[tuple[float, str], ...]) -> qml.operation.Operator:
    """A weighted sum of Pauli strings, such as ((0.5, "ZZ"), (-1.2, "XI")), the letter of qubit 0 first."""
    return qml.dot([coefficient for coefficient, _ in terms], [qml.pauli.string_to_pauli_word(word) for _, word in terms])
