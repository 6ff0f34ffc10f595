"""JAX as its users write a simulator: the state as a tensor of shape (2, ..., 2), vmap over the batch, jit, value_and_grad.
complex64, which is JAX's own default. With the argument `scan`, layers are a lax.scan, which compiles in less time."""

import sys

import jax
import jax.numpy as jnp
import jaxlib
from protocol import serve

SCAN = "scan" in sys.argv

# On a GPU the default rounds products to 10 bits, and expectations are wrong by 2e-3.
jax.config.update("jax_default_matmul_precision", "highest")


def ry(state, q, angle):
    c, s = jnp.cos(angle / 2), jnp.sin(angle / 2)
    gate = jnp.array([[c, -s], [s, c]], dtype=state.dtype)
    return jnp.moveaxis(jnp.tensordot(gate, state, axes=[[1], [q]]), 0, q)


def rz(state, q, angle):
    phase = jnp.exp(jnp.array([-0.5j, 0.5j], dtype=state.dtype) * angle)
    return state * phase.reshape([2 if axis == q else 1 for axis in range(state.ndim)])


def cnot(state, control, target):
    zero, one = jnp.take(state, 0, axis=control), jnp.take(state, 1, axis=control)
    flipped = jnp.flip(one, axis=target if target < control else target - 1)
    return jnp.stack([zero, flipped], axis=control)


def prepare(problem):
    n, ring = problem.qubits, problem.ring

    def layer(state, theta, x):
        for q in range(n):
            state = ry(state, q, x[q])
        for q in range(n):
            state = ry(state, q, theta[q, 0])
            state = rz(state, q, theta[q, 1])
        for control, target in ring:
            state = cnot(state, control, target)
        return state

    def circuit(theta, x):
        state = jnp.zeros((2,) * n, dtype=jnp.complex64).at[(0,) * n].set(1)
        if SCAN:
            state, _ = jax.lax.scan(lambda carry, weights: (layer(carry, weights, x), None), state, theta)
        else:
            for weights in theta:
                state = layer(state, weights, x)
        chance = jnp.abs(state) ** 2
        ones = [jnp.sum(chance, axis=tuple(a for a in range(n) if a != q)) for q in range(n)]
        return jnp.stack([p[0] - p[1] for p in ones])

    def loss(theta, x, y):
        expectations = jax.vmap(circuit, in_axes=(None, 0))(theta, x)
        return jnp.mean((expectations - y) ** 2), expectations

    step = jax.jit(jax.value_and_grad(loss, has_aux=True))
    theta, x, y = (jnp.asarray(a, dtype=jnp.float32) for a in (problem.theta, problem.x, problem.y))

    def run():
        (_, expectations), gradient = jax.block_until_ready(step(theta, x, y))
        return expectations, gradient

    return {"run": run}


serve(
    prepare,
    versions={"jax": jax.__version__, "jaxlib": jaxlib.__version__},
    setting=f"{jax.devices()[0].device_kind}, vmap, jit, grad, complex64" + (", scan over layers" if SCAN else ""),
    batched=True,
    # On a GPU whole batches, as far as its memory has room for the states that gradients keep.
    most_amplitudes=None if jax.default_backend() == "cpu" else 2**24,
)
