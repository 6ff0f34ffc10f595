"""PennyLane's lightning.qubit with adjoint differentiation. It has no batches: a loop over samples. Tried with the device's
own vector-Jacobian product and without; the faster is timed. float32, which is the faster precision."""

from importlib.metadata import version

import numpy as np
import pennylane as qml
from pennylane import numpy as pnp
from protocol import serve


def build(problem, device_vjp):
    n, ring = problem.qubits, problem.ring
    device = qml.device("lightning.qubit", wires=n, c_dtype=np.complex64)

    @qml.qnode(device, diff_method="adjoint", device_vjp=device_vjp)
    def circuit(theta, x):
        for layer in range(problem.layers):
            for q in range(n):
                qml.RY(x[q], wires=q)
            for q in range(n):
                qml.RY(theta[layer, q, 0], wires=q)
                qml.RZ(theta[layer, q, 1], wires=q)
            for pair in ring:
                qml.CNOT(wires=pair)
        return [qml.expval(qml.PauliZ(q)) for q in range(n)]

    theta = pnp.array(problem.theta, requires_grad=True)
    values = []

    def loss(weights, x, y):
        expectations = pnp.stack(circuit(weights, x))
        values.append(getattr(expectations, "_value", expectations))
        return pnp.sum((expectations - y) ** 2) / problem.y.size

    grad = qml.grad(loss)

    def run():
        values.clear()
        total = np.zeros_like(problem.theta)
        for x, y in zip(problem.x, problem.y):
            total += grad(theta, pnp.array(x, requires_grad=False), pnp.array(y, requires_grad=False))
        return np.stack(values), total

    return run


def prepare(problem):
    return {f"device_vjp={on}": build(problem, on) for on in (False, True)}


serve(
    prepare,
    versions={"pennylane": qml.__version__, "pennylane-lightning": version("pennylane-lightning")},
    setting="lightning.qubit, adjoint, complex64, loop over samples",
    batched=False,
)
