"""Gaussian mixtures by expectation maximization (Dempster, Laird and Rubin, 1977), one for each class. Pure NumPy, no gRPC."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ITERATIONS = 30
"""Iterations of expectation maximization; on tens of points it has settled by then."""
FLOOR = 1e-3
"""Smallest variance in any direction, in units of the features' variances."""
BLOCK = 4096
"""Points that are drawn at once."""


class NotFinite(ArithmeticError):
    """Raised where a likelihood is not finite, or a covariance cannot be factorized."""


@dataclass(frozen=True)
class Settings:
    """What shapes a fit."""

    components: int
    """Components per class, at least 1."""
    full: bool
    """Whether covariances have off-diagonal elements."""
    shrinkage: float
    """Weight of the pooled covariance in that of each component, in [0, 1]."""


@dataclass(frozen=True)
class Mixture:
    """A fitted model: x = offset + scale · (mean_k + factor_k · ε), ε normal, k drawn with the weights of the class."""

    weights: NDArray
    """Weight of each component, [classes, components]; all 0 for a class without training points."""
    means: NDArray
    """[classes, components, features]."""
    factors: NDArray
    """Lower Cholesky factors of the covariances, [classes, components, features, features]."""
    offset: NDArray
    """Mean of each feature, [features]."""
    scale: NDArray
    """Standard deviation of each feature, [features]; 1 where it is constant."""
    bounds: NDArray
    """Smallest and largest value of each feature that is possible, [2, features]."""


@dataclass(frozen=True)
class Progress:
    """One iteration."""

    iteration: int
    loss: float
    """Mean negative log-likelihood of the standardized points."""


def fit(
    x: NDArray, y: NDArray, classes: int, bounds: NDArray, settings: Settings, seed: int
) -> Generator[Progress, None, Mixture]:
    """Fits a mixture to each class; yields after each iteration and returns the model. Raises NotFinite."""
    x = x.astype(np.float64)
    offset, scale = x.mean(axis=0), x.std(axis=0)
    if not np.isfinite(scale).all():
        raise NotFinite("the variance of a feature is not finite")
    scale = np.where(scale > 0, scale, 1.0)
    z = (x - offset) / scale
    features, components = z.shape[1], settings.components
    pooled = _pooled_covariance(z, y, classes)
    weights = np.zeros((classes, components))
    means = np.zeros((classes, components, features))
    factors = np.zeros((classes, components, features, features))
    present = [label for label in range(classes) if (y == label).any()]
    # Every class has random numbers of its own, so that none depends on the number of points of another.
    shares = {label: _first_shares(z[y == label], components, np.random.default_rng([seed, label])) for label in present}
    for iteration in range(1, ITERATIONS + 1):
        log_likelihood = 0.0
        for label in present:
            points = z[y == label]
            weights[label], means[label], covariances = _maximize(points, shares[label], pooled, settings)
            factors[label] = _factorize(covariances)
            shares[label], total = _expect(points, weights[label], means[label], factors[label])
            log_likelihood += total
        loss = -log_likelihood / len(z)
        if not np.isfinite(loss):
            raise NotFinite(f"the likelihood is {loss} after {iteration} iterations")
        yield Progress(iteration, loss)
    return Mixture(weights, means, factors, offset, scale, bounds)


def sample(model: Mixture, label: int, count: int, seed: int) -> Iterator[NDArray[np.float32]]:
    """Draws points of a class, [≤ BLOCK, features] at a time. The first n of more points are the same n points."""
    random = np.random.default_rng([seed, label])
    features = len(model.offset)
    for at in range(0, count, BLOCK):
        rows = min(BLOCK, count - at)
        # Whole blocks are drawn, so that the numbers of a point do not depend on how many follow it.
        component = random.choice(len(model.weights[label]), size=BLOCK, p=model.weights[label])[:rows]
        noise = random.standard_normal((BLOCK, features))[:rows]
        z = model.means[label][component] + np.einsum("nij,nj->ni", model.factors[label][component], noise)
        yield np.clip(model.offset + model.scale * z, *model.bounds).astype(np.float32)


def _pooled_covariance(z: NDArray, y: NDArray, classes: int) -> NDArray:
    """Covariance within classes, all classes together, [features, features]."""
    centred = z.copy()
    for label in range(classes):
        of_class = y == label
        if of_class.any():
            centred[of_class] -= z[of_class].mean(axis=0)
    return centred.T @ centred / len(z) + FLOOR * np.eye(z.shape[1])


def _first_shares(points: NDArray, components: int, random: np.random.Generator) -> NDArray:
    """Assigns each point to the nearest of some points that are far apart (k-means++), [points, components] of 0 and 1."""
    chosen = [random.integers(len(points))]
    while len(chosen) < min(components, len(points)):
        nearest = ((points[:, None] - points[chosen]) ** 2).sum(axis=2).min(axis=1)
        if nearest.sum() == 0:
            break  # all other points are copies
        chosen.append(random.choice(len(points), p=nearest / nearest.sum()))
    distances = ((points[:, None] - points[chosen]) ** 2).sum(axis=2)
    shares = np.zeros((len(points), components))
    shares[np.arange(len(points)), distances.argmin(axis=1)] = 1
    return shares


def _maximize(points: NDArray, shares: NDArray, pooled: NDArray, settings: Settings) -> tuple[NDArray, NDArray, NDArray]:
    """Weights, means and covariances for given shares of the points in the components. Empty components have weight 0."""
    totals = shares.sum(axis=0)
    safe = np.maximum(totals, np.finfo(float).tiny)
    means = shares.T @ points / safe[:, None]
    centred = points[:, None] - means
    covariances = np.einsum("nk,nki,nkj->kij", shares, centred, centred) / safe[:, None, None]
    covariances = (1 - settings.shrinkage) * covariances + settings.shrinkage * pooled
    covariances += FLOOR * np.eye(points.shape[1])
    if not settings.full:
        covariances *= np.eye(points.shape[1])
    return totals / len(points), means, covariances


def _factorize(covariances: NDArray) -> NDArray:
    try:
        return np.linalg.cholesky(covariances)
    except np.linalg.LinAlgError as error:
        raise NotFinite("a covariance is not positive definite") from error


def _expect(points: NDArray, weights: NDArray, means: NDArray, factors: NDArray) -> tuple[NDArray, float]:
    """Shares of the points in the components, [points, components], and the sum of the points' log-likelihoods."""
    whitened = np.linalg.solve(factors[:, None], (points - means[:, None])[..., None])[..., 0]
    log_determinants = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    constant = 0.5 * points.shape[1] * np.log(2 * np.pi)
    with np.errstate(divide="ignore"):
        log_weights = np.log(weights)
    log_joint = log_weights - log_determinants - constant - 0.5 * (whitened**2).sum(axis=2).T
    largest = log_joint.max(axis=1, keepdims=True)
    log_total = largest + np.log(np.exp(log_joint - largest).sum(axis=1, keepdims=True))
    return np.exp(log_joint - log_total), float(log_total.sum())
