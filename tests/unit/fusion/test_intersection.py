"""Covariance intersection: the identities that need no other program."""

import numpy as np
import pytest

from synaspis.fusion import covariance_intersection


def test_two_crossed_ellipses_meet_half_way():
    """By symmetry the weight is 1/2; then P^-1 = diag(0.625, 0.625) and x = 1.6 (0.125, 0.5)."""
    mean, covariance, weight = covariance_intersection(
        [0, 0], np.diag([1.0, 4.0]), [1, 1], np.diag([4.0, 1.0])
    )
    assert weight == 0.5
    np.testing.assert_allclose(mean, [0.2, 0.8], rtol=1e-15)
    np.testing.assert_allclose(covariance, 1.6 * np.eye(2), rtol=1e-15)


@pytest.mark.parametrize("size", [1, 2, 6])
def test_an_estimate_with_itself_comes_back_unchanged_to_the_bit(size):
    rng = np.random.default_rng(size)
    root = rng.normal(size=(size, size))
    mean, covariance = rng.normal(size=size), root @ root.T + 0.1 * np.eye(size)
    found_mean, found_covariance, weight = covariance_intersection(mean, covariance, mean, covariance)
    np.testing.assert_array_equal(found_mean, mean)
    np.testing.assert_array_equal(found_covariance, covariance)
    assert weight == 0.5


def test_of_nested_ellipses_the_inner_one_is_kept():
    mean, covariance, weight = covariance_intersection([1, 2], np.eye(2), [5, 5], 9.0 * np.eye(2))
    assert weight == 1.0
    np.testing.assert_array_equal(mean, [1.0, 2.0])
    np.testing.assert_array_equal(covariance, np.eye(2))


@pytest.mark.parametrize("correlation", [-0.95, -0.5, 0.0, 0.5, 0.95, 1.0])
def test_the_covariance_bounds_the_true_error_whatever_the_correlation(correlation):
    """20,000 pairs of errors of that correlation, in coordinates in which the stated covariance is 1.

    The true variance in the worst direction must not be above 1 by more than sampling explains (95 %).
    """
    rng = np.random.default_rng(7)
    draws = 20_000
    p1, p2 = np.array([[1.0, 0.3], [0.3, 4.0]]), np.array([[4.0, -0.5], [-0.5, 1.0]])
    first = rng.normal(size=(draws, 2))
    other = correlation * first + np.sqrt(max(1.0 - correlation**2, 0.0)) * rng.normal(size=(draws, 2))
    e1, e2 = first @ np.linalg.cholesky(p1).T, other @ np.linalg.cholesky(p2).T
    _, stated, weight = covariance_intersection([0, 0], p1, [0, 0], p2)
    share = weight * stated @ np.linalg.inv(p1)
    errors = e1 @ share.T + e2 @ (np.eye(2) - share).T
    # One of the draws through the function itself: the mean is the same linear combination.
    mean, _, _ = covariance_intersection(e1[0], p1, e2[0], p2)
    np.testing.assert_allclose(mean, errors[0], rtol=1e-9)
    true = errors.T @ errors / draws
    root = np.linalg.inv(np.linalg.cholesky(stated))
    largest = np.linalg.eigvalsh(root @ true @ root.T)[-1]
    assert largest <= 1.0 + 1.645 * np.sqrt(2.0 / draws)


def test_a_wrong_shape_is_refused_with_the_shapes():
    with pytest.raises(ValueError, match=r"shapes are \(2,\), \(3, 3\), \(2,\), \(2, 2\); they must be"):
        covariance_intersection([0, 0], np.eye(3), [0, 0], np.eye(2))


def test_a_covariance_that_is_none_is_refused():
    with pytest.raises(ValueError, match="a covariance is not positive definite; give one that is"):
        covariance_intersection([0, 0], np.diag([1.0, -1.0]), [0, 0], np.eye(2))
