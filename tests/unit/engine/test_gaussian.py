"""Combination of estimates: identities in closed form, and the general formulas by explicit inverses."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from synaspis.engine.gaussian import (
    cholesky,
    combine,
    distance_squared,
    intersect,
    intersection_weight,
    log_determinant,
)

SEEDS = range(5)


def random_covariance(rng: np.random.Generator, size: int = 6) -> np.ndarray:
    """Correlated, with standard deviations that differ by up to a thousand."""
    root = rng.normal(size=(size, size))
    scale = np.diag(10.0 ** rng.uniform(0.0, 3.0, size))
    return scale @ (root @ root.T + 0.05 * np.eye(size)) @ scale


def information_form(x1, p1, x2, p2, weight):
    """Covariance intersection as its authors write it, by explicit inverses."""
    y1, y2 = weight * np.linalg.inv(p1), (1.0 - weight) * np.linalg.inv(p2)
    p = np.linalg.inv(y1 + y2)
    return p @ (y1 @ x1 + y2 @ x2), p


@pytest.mark.parametrize("seed", SEEDS)
def test_cholesky_distance_and_determinant_are_those_of_numpy(seed):
    rng = np.random.default_rng(seed)
    matrix, lower, difference = random_covariance(rng), np.empty((6, 6)), rng.normal(size=6)
    assert cholesky(matrix, lower)
    np.testing.assert_allclose(lower, np.linalg.cholesky(matrix), rtol=1e-9)
    expected = difference @ np.linalg.solve(matrix, difference)
    assert distance_squared(difference, lower) == pytest.approx(expected, rel=1e-9)
    assert log_determinant(lower) == pytest.approx(np.linalg.slogdet(matrix)[1], rel=1e-12)


@pytest.mark.parametrize("matrix", [np.diag([1.0, -1.0]), np.diag([1.0, np.nan]), np.zeros((2, 2))])
def test_what_is_not_positive_definite_is_said_to_be_so(matrix):
    assert not cholesky(matrix, np.empty((2, 2)))
    assert intersection_weight(matrix, np.eye(2), 0.5) == -1.0
    assert intersection_weight(np.eye(2), matrix, 0.5) == -1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_combining_is_the_kalman_update_by_explicit_inverses(seed):
    rng = np.random.default_rng(seed)
    x1, p1, x2, p2 = rng.normal(size=6), random_covariance(rng), rng.normal(size=6), random_covariance(rng)
    x, p = np.empty(6), np.empty((6, 6))
    far = combine(x1, p1, 1.0, x2, p2, 1.0, x, p)
    expected_p = np.linalg.inv(np.linalg.inv(p1) + np.linalg.inv(p2))
    expected_x = expected_p @ (np.linalg.solve(p1, x1) + np.linalg.solve(p2, x2))
    np.testing.assert_allclose(p, expected_p, rtol=1e-6, atol=1e-9 * np.abs(expected_p).max())
    np.testing.assert_allclose(x, expected_x, rtol=1e-6, atol=1e-9)
    assert far == pytest.approx((x2 - x1) @ np.linalg.solve(p1 + p2, x2 - x1), rel=1e-9)
    np.testing.assert_array_equal(p, p.T)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ratio", [1.0, 3.0, 1000.0])
def test_the_weight_is_where_scipy_finds_the_least_determinant(seed, ratio):
    rng = np.random.default_rng(seed)
    p1, p2 = random_covariance(rng), ratio * random_covariance(rng)

    def log_determinant_at(weight: float) -> float:
        return -float(np.linalg.slogdet(weight * np.linalg.inv(p1) + (1.0 - weight) * np.linalg.inv(p2))[1])

    found = intersection_weight(p1, p2, 0.5)
    best = minimize_scalar(log_determinant_at, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-10})
    assert log_determinant_at(found) <= best.fun + 1e-9
    assert found == pytest.approx(best.x, abs=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_intersection_is_what_its_authors_write(seed):
    rng = np.random.default_rng(seed)
    x1, p1, x2, p2 = rng.normal(size=6), random_covariance(rng), rng.normal(size=6), random_covariance(rng)
    x, p = np.empty(6), np.empty((6, 6))
    weight, far = intersect(x1, p1, x2, p2, 0.5, x, p)
    assert 0.0 < weight < 1.0
    expected_x, expected_p = information_form(x1, p1, x2, p2, weight)
    np.testing.assert_allclose(p, expected_p, rtol=1e-6, atol=1e-9 * np.abs(expected_p).max())
    np.testing.assert_allclose(x, expected_x, rtol=1e-6, atol=1e-9)
    bound = p1 / weight + p2 / (1.0 - weight)
    assert far == pytest.approx((x2 - x1) @ np.linalg.solve(bound, x2 - x1), rel=1e-9)


def test_of_two_estimates_one_much_better_in_every_direction_that_one_is_kept_to_the_bit():
    rng = np.random.default_rng(1)
    good, bad = random_covariance(rng), np.diag([1e12] * 6)
    x, p = np.empty(6), np.empty((6, 6))
    for first, second, weight in ((good, bad, 1.0), (bad, good, 0.0)):
        x1, x2 = np.zeros(6), np.ones(6)
        assert intersect(x1, first, x2, second, 0.5, x, p)[0] == weight
        np.testing.assert_array_equal(p, good)
        np.testing.assert_array_equal(x, x1 if weight == 1.0 else x2)


def test_of_equal_covariances_the_weight_is_the_one_asked_for():
    covariance = random_covariance(np.random.default_rng(2))
    assert intersection_weight(covariance, covariance, 0.75) == 0.75
