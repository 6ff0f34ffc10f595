import numpy as np
import pytest

from numpy_generator.mixture import FLOOR, ITERATIONS, Mixture, NotFinite, Settings, fit, sample

UNBOUNDED = np.array([[-np.inf], [np.inf]])


def fitted(x, y, classes=2, bounds=None, seed=1, **changes):
    settings = Settings(**{"components": 1, "full": True, "shrinkage": 0.3, **changes})
    bounds = UNBOUNDED.repeat(x.shape[1], axis=1) if bounds is None else bounds
    losses, steps = [], fit(x, y, classes, bounds, settings, seed)
    while True:
        try:
            losses.append(next(steps).loss)
        except StopIteration as ended:
            return ended.value, losses


def clouds(n=60, features=3, seed=2):
    random = np.random.default_rng(seed)
    y = np.arange(n) % 2
    return random.standard_normal((n, features)) @ random.standard_normal((features, features)) + 3 * y[:, None], y


def drawn(model, label, count, seed=5):
    return np.concatenate(list(sample(model, label, count, seed)))


def test_one_component_has_the_mean_and_the_shrunk_covariance_of_its_class():
    x, y = clouds()
    model, _ = fitted(x, y, shrinkage=0.2)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    within = [np.cov(z[y == label].T, bias=True) for label in (0, 1)]
    pooled = (within[0] + within[1]) / 2 + FLOOR * np.eye(3)
    for label in (0, 1):
        np.testing.assert_allclose(model.means[label, 0], z[y == label].mean(axis=0), atol=1e-12)
        covariance = 0.8 * within[label] + 0.2 * pooled + FLOOR * np.eye(3)
        np.testing.assert_allclose(model.factors[label, 0] @ model.factors[label, 0].T, covariance, atol=1e-12)


def test_two_components_find_two_clusters_of_one_class():
    random = np.random.default_rng(3)
    x = random.standard_normal((200, 2)) + np.where(np.arange(200) % 4 == 0, 10, -10)[:, None]
    model, losses = fitted(x, np.zeros(200, int), classes=1, components=2, shrinkage=0.01)
    found = np.sort((model.offset + model.scale * model.means[0])[:, 0])
    # The mean of 50 and of 150 points of variance 1: within four standard errors.
    np.testing.assert_allclose(found, [-10, 10], atol=4 / np.sqrt(50))
    np.testing.assert_allclose(np.sort(model.weights[0]), [0.25, 0.75])
    assert len(losses) == ITERATIONS and losses[-1] <= losses[0]


def test_diagonal_covariances_have_no_correlations():
    model, _ = fitted(*clouds(), full=False)
    np.testing.assert_array_equal(model.factors * (1 - np.eye(3)), 0)


def test_samples_have_the_moments_of_the_model():
    model, _ = fitted(*clouds())
    n = 20_000
    z = (drawn(model, 1, n).astype(float) - model.offset) / model.scale
    covariance = model.factors[1, 0] @ model.factors[1, 0].T
    # Four standard errors of a mean and of a (co)variance of normal variables; variances are below 2 here.
    np.testing.assert_allclose(z.mean(axis=0), model.means[1, 0], atol=4 * np.sqrt(2 / n))
    np.testing.assert_allclose(np.cov(z.T), covariance, atol=4 * 2 * np.sqrt(2 / n))


def test_the_same_seed_gives_the_same_points_whatever_their_number_and_other_seeds_others():
    model, _ = fitted(*clouds(), components=2)
    many = drawn(model, 0, 9000)
    np.testing.assert_array_equal(many[:5000], drawn(model, 0, 5000))
    assert (many[:10] != drawn(model, 0, 10, seed=6)).all()


def test_samples_stay_within_the_bounds_of_the_data():
    x, y = clouds()
    bounds = np.array([[-1.0, 0, -0.5], [1, 0.25, 0.5]])
    points = drawn(fitted(x, y, bounds=bounds)[0], 1, 500)
    assert (points >= bounds[0]).all() and (points <= bounds[1]).all()


@pytest.mark.parametrize("components", [1, 4])
def test_a_constant_feature_copies_and_classes_of_one_point_or_none_are_no_problem(components):
    x = np.array([[1.0, 5], [1, 5], [2, 5], [9, 5]])
    model, _ = fitted(x, np.array([0, 0, 0, 2]), classes=3, components=components)
    assert np.isfinite(drawn(model, 0, 10)).all() and np.isfinite(drawn(model, 2, 10)).all()
    np.testing.assert_array_equal(model.weights[1], 0)
    np.testing.assert_allclose(model.weights.sum(axis=1), [1, 0, 1])


def test_values_whose_squares_overflow_are_not_finite():
    with np.errstate(all="ignore"), pytest.raises(NotFinite):
        fitted(np.array([[1e200], [-1e200]]), np.array([0, 1]))


def test_every_setting_and_the_seed_change_the_model():
    x, y = clouds()

    def parameters(**changes):
        model: Mixture = fitted(x, y, **{"components": 3, **changes})[0]
        return np.concatenate([model.means.ravel(), model.factors.ravel()])

    first = parameters()
    for change in ({"components": 2}, {"full": False}, {"shrinkage": 0.5}, {"seed": 2}):
        other = parameters(**change)
        assert len(other) != len(first) or (other != first).any(), change
