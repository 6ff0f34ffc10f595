"""Training of QNN classifiers and their scores, as docs/guides/swap-a-service.md describes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from pennylane_qnn_sim.circuit import Circuit, expectations, parameter_count

LOGIT_SCALE = {"cross-entropy": 3.0, "mse": 1.0}
"""Every loss, and the factor of an expectation in a logit."""
WEIGHT_DEVIATION = 0.3
"""Standard deviation of the initial weights ω of data re-uploading; all other parameters are uniform in [−π, π)."""
SCORED_ROWS = 128
"""Rows that are scored at once: one shape, so one compiled program."""
CURVE_PARTS = 20
"""Values of a learning curve, at most."""


class Diverged(ArithmeticError):
    """Raised where a loss is not finite."""


@dataclass(frozen=True)
class Model:
    """A classifier and its loss: logit of class c = scale · ⟨O_c⟩."""

    circuit: Circuit
    observables: tuple[Any, ...]
    """One for each class."""
    loss: str


@dataclass(frozen=True)
class Schedule:
    """How a training runs."""

    steps: int
    rows: int
    """Points per step."""
    learning_rate: float
    scored_steps: tuple[int, ...] = ()
    """Numbers of steps after which the held-out points are scored too."""


@dataclass(frozen=True)
class Encoded:
    """Points as angles."""

    angles: NDArray
    """[points, features]."""
    labels: NDArray
    """[points]."""


@dataclass(frozen=True)
class Score:
    """Scores on held-out points."""

    losses: NDArray[np.float32]
    """Loss of each point, [points]."""
    predictions: NDArray[np.int32]
    """Class with the largest expectation, [points]."""
    probabilities: NDArray[np.float32]
    """Softmax of the logits, [points, classes]."""
    accuracy: float


@dataclass(frozen=True)
class Trained:
    """The result of a training."""

    score: Score
    parameters: NDArray
    """[P]."""
    step_losses: NDArray
    """Mean loss of each step's points, [steps]."""
    scored_accuracies: list[float]

    def curve(self) -> list[float]:
        """Mean loss in each of at most CURVE_PARTS equal parts of the steps."""
        steps = len(self.step_losses)
        part = np.arange(steps) * min(CURVE_PARTS, steps) // steps
        return (np.bincount(part, self.step_losses) / np.bincount(part)).tolist()


def standardize(training: NDArray, *others: NDArray) -> list[NDArray]:
    """Angles: (x − mean)/deviation by the real training points, one radian a standard deviation; a constant feature is 0.

    The deviation divides by n. Returns the training points, then the others, in float64.
    """
    x = training.astype(np.float64)
    constant = (x == x[0]).all(axis=0)
    mean = np.where(constant, x[0], x.mean(axis=0))
    deviation, size = np.sqrt(((x - mean) ** 2).mean(axis=0)), np.abs(mean)
    unit = np.where(size == 0, 1.0, np.minimum(1.0, np.maximum(size, 1e-20)))
    scale = np.where(deviation > 1e-9 * size, deviation, unit)
    return [(points.astype(np.float64) - mean) / scale for points in (training, *others)]


def initial_parameters(circuit: Circuit, random: np.random.Generator) -> NDArray:
    """Random start values, [P]."""
    count = parameter_count(circuit)
    angles = random.uniform(-np.pi, np.pi, count)
    if circuit.ansatz == "data-reuploading" and circuit.inputs > 0:
        angles[1::2] = WEIGHT_DEVIATION * random.standard_normal(count // 2)
    return angles


def train(
    model: Model,
    schedule: Schedule,
    training: Encoded,
    held_out: Encoded,
    seed: int,
    start: NDArray | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Trained:
    """Trains by Adam (β 0.9 and 0.999, ε 1e-8) for a fixed number of steps and scores the held-out points.

    A training depends on its own arguments alone; start values and mini-batches have streams of their own, so that the arms of a
    seed start alike. `go_on` is asked before every step; False ends the training with InterruptedError. Raises Diverged.
    """
    start_random, batch_random = (np.random.default_rng([seed, stream]) for stream in (0, 1))
    parameters = initial_parameters(model.circuit, start_random) if start is None else start
    state = (parameters, np.zeros_like(parameters), np.zeros_like(parameters))
    step, rows = _step(model), mini_batches(len(training.labels), schedule.rows, batch_random)
    losses, accuracies = [], []
    for done in range(schedule.steps + 1):
        if done in schedule.scored_steps:
            accuracies.append(score(model, state[0], held_out).accuracy)
        if done == schedule.steps:
            break
        if not go_on():
            raise InterruptedError(f"the training stopped at step {done} of {schedule.steps}")
        batch = next(rows)
        state, loss = step(state, done + 1.0, schedule.learning_rate, training.angles[batch], training.labels[batch])
        losses.append(float(loss))
        if not np.isfinite(losses[-1]):
            raise Diverged(
                f"the loss is not finite at step {done}; right would be a learning rate below {schedule.learning_rate}"
            )
    return Trained(score(model, state[0], held_out), np.asarray(state[0]), np.array(losses), accuracies)


def mini_batches(count: int, rows: int, random: np.random.Generator) -> Any:
    """Yields indices of `rows` points without end: every point is drawn once before any is drawn again."""
    order: list[int] = []
    while True:
        while len(order) < rows:
            order.extend(random.permutation(count).tolist())
        yield np.array(order[:rows])
        order = order[rows:]


def score(model: Model, parameters: NDArray | jax.Array, points: Encoded) -> Score:
    """Scores points, in blocks of one size."""
    count = len(points.labels)
    padded = -count % SCORED_ROWS
    angles = np.pad(points.angles, ((0, padded), (0, 0)))
    labels = np.pad(points.labels, (0, padded))
    blocks = [slice(at, at + SCORED_ROWS) for at in range(0, count, SCORED_ROWS)]
    parts = [_scores(model)(parameters, angles[block], labels[block]) for block in blocks]
    values, losses, probabilities = (np.concatenate(columns)[:count] for columns in zip(*parts, strict=True))
    predictions = values.argmax(axis=1).astype(np.int32)
    accuracy = float((predictions == points.labels).mean())
    return Score(losses.astype(np.float32), predictions, probabilities.astype(np.float32), accuracy)


def _point_losses(loss: str, values: jax.Array, labels: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Loss and class probabilities of each point from expectations [points, classes]."""
    logits = LOGIT_SCALE[loss] * values
    of_class = jax.nn.one_hot(labels, values.shape[1], dtype=values.dtype)
    if loss == "mse":
        losses = ((logits - (2 * of_class - 1)) ** 2).mean(axis=1)
    else:
        losses = jax.nn.logsumexp(logits, axis=1) - (of_class * logits).sum(axis=1)
    return losses, jax.nn.softmax(logits, axis=1)


@lru_cache(maxsize=32)
def _scores(model: Model) -> Callable:
    """Compiled: (parameters, angles, labels) → expectations, losses, probabilities."""
    values_of = expectations(model.circuit, model.observables)

    def scores(parameters: jax.Array, angles: jax.Array, labels: jax.Array) -> Sequence[jax.Array]:
        values = values_of(parameters, angles)
        return (values, *_point_losses(model.loss, values, labels))

    return jax.jit(scores)


@lru_cache(maxsize=32)
def _step(model: Model) -> Callable:
    """Compiled: one step of Adam on the mean loss of a mini-batch (Kingma and Ba, 2015)."""
    values_of = expectations(model.circuit, model.observables)

    def mean_loss(parameters: jax.Array, angles: jax.Array, labels: jax.Array) -> jax.Array:
        return _point_losses(model.loss, values_of(parameters, angles), labels)[0].mean()

    def step(state: tuple, number: jax.Array, rate: jax.Array, angles: jax.Array, labels: jax.Array) -> tuple:
        parameters, first, second = state
        loss, gradient = jax.value_and_grad(mean_loss)(parameters, angles, labels)
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        unbiased = (first / (1 - 0.9**number), second / (1 - 0.999**number))
        moved = parameters - rate * unbiased[0] / (jnp.sqrt(unbiased[1]) + 1e-8)
        return (moved, first, second), loss

    return jax.jit(step)
