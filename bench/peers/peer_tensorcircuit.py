"""TensorCircuit-NG on its JAX backend: vmap over the batch, value_and_grad, jit; complex64, its default. Layers are a scan, as in
its examples of deep circuits: unrolled, a circuit of 8 qubits and 6 layers compiles for more than a minute."""

import jax
import jax.numpy as jnp
import tensorcircuit as tc
from protocol import serve

K = tc.set_backend("jax")
tc.set_dtype("complex64")


def prepare(problem):
    n, ring = problem.qubits, problem.ring

    def layer(state, theta, x):
        c = tc.Circuit(n, inputs=state)
        for q in range(n):
            c.ry(q, theta=x[q])
        for q in range(n):
            c.ry(q, theta=theta[q, 0])
            c.rz(q, theta=theta[q, 1])
        for control, target in ring:
            c.cnot(control, target)
        return c.state()

    def circuit(theta, x):
        zero = jnp.zeros(2**n, dtype=jnp.complex64).at[0].set(1)
        c = tc.Circuit(n, inputs=K.scan(lambda state, weights: layer(state, weights, x), theta, zero))
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
    setting="JAX backend, vmap, jit, scan over layers, complex64",
    batched=True,
)
