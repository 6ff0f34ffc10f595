"""TensorCircuit-NG on its JAX backend: vmap over the batch, value_and_grad, jit; complex64, its default."""

import jax
import jax.numpy as jnp
import tensorcircuit as tc
from protocol import serve

K = tc.set_backend("jax")
tc.set_dtype("complex64")


def prepare(problem):
    n, ring = problem.qubits, problem.ring

    def circuit(theta, x):
        c = tc.Circuit(n)
        for layer in range(problem.layers):
            for q in range(n):
                c.ry(q, theta=x[q])
            for q in range(n):
                c.ry(q, theta=theta[layer, q, 0])
                c.rz(q, theta=theta[layer, q, 1])
            for control, target in ring:
                c.cnot(control, target)
        return K.stack([K.real(c.expectation_ps(z=[q])) for q in range(n)])

    batch = K.vmap(circuit, vectorized_argnums=1)

    def loss(theta, x, y):
        expectations = batch(theta, x)
        return K.mean((expectations - y) ** 2), expectations

    step = K.jit(K.value_and_grad(loss, argnums=0, has_aux=True))
    theta, x, y = (jnp.asarray(a, dtype=jnp.float32) for a in (problem.theta, problem.x, problem.y))

    def run():
        (_, expectations), gradient = jax.block_until_ready(step(theta, x, y))
        return expectations, gradient

    return {"run": run}


serve(
    prepare,
    versions={"tensorcircuit-ng": tc.__version__, "jax": jax.__version__},
    setting="JAX backend, vmap, jit, complex64",
    batched=True,
)
