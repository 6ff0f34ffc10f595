"""PennyLane's default.qubit with parameter broadcasting and backpropagation, by its two fastest interfaces: PyTorch, which compiles
nothing, or with the argument `jit` JAX, jitted, where that compiles within a minute or so."""

import sys

import jax
import jax.numpy as jnp
import pennylane as qml
import torch
from protocol import serve

JIT = "jit" in sys.argv
# Rotations of the largest circuit that is jitted: compilation grows faster than the circuit, and takes minutes beyond.
JIT_MOST = 72


def build(problem, interface):
    n, ring = problem.qubits, problem.ring
    device = qml.device("default.qubit", wires=n)

    @qml.qnode(device, interface=interface, diff_method="backprop")
    def circuit(theta, x):
        for layer in range(problem.layers):
            for q in range(n):
                qml.RY(x[:, q], wires=q)
            for q in range(n):
                qml.RY(theta[layer, q, 0], wires=q)
                qml.RZ(theta[layer, q, 1], wires=q)
            for pair in ring:
                qml.CNOT(wires=pair)
        return [qml.expval(qml.PauliZ(q)) for q in range(n)]

    return circuit


def with_jax(problem):
    circuit = build(problem, "jax")

    def loss(theta, x, y):
        expectations = jnp.stack(circuit(theta, x), axis=1)
        return jnp.mean((expectations - y) ** 2), expectations

    step = jax.jit(jax.value_and_grad(loss, has_aux=True))
    theta, x, y = (jnp.asarray(a, dtype=jnp.float32) for a in (problem.theta, problem.x, problem.y))

    def run():
        (_, expectations), gradient = jax.block_until_ready(step(theta, x, y))
        return expectations, gradient

    return run


def with_torch(problem):
    circuit = build(problem, "torch")
    theta, x, y = (torch.tensor(a, dtype=torch.float32) for a in (problem.theta, problem.x, problem.y))
    theta.requires_grad_(True)

    def run():
        expectations = torch.stack(circuit(theta, x), dim=1)
        loss = ((expectations - y) ** 2).mean()
        (gradient,) = torch.autograd.grad(loss, theta)
        return expectations.detach().numpy(), gradient.numpy()

    return run


def prepare(problem):
    if not JIT:
        return {"run": with_torch(problem)}
    rotations = 3 * problem.qubits * problem.layers
    if rotations > JIT_MOST:
        raise ValueError(f"{rotations} rotations compile for minutes; {JIT_MOST} or fewer are measured")
    return {"run": with_jax(problem)}


serve(
    prepare,
    versions={"pennylane": qml.__version__, **({"jax": jax.__version__} if JIT else {"torch": torch.__version__})},
    setting="default.qubit, broadcasting, backprop, " + ("jax.jit, complex64" if JIT else "PyTorch"),
    batched=True,
    one_size=JIT,
)
