"""Estimates with covariance: Kalman update, covariance intersection and their distance, one pair at a time.

Plain loops in a fixed order and without the liberties of fast arithmetic: the last bit of a result depends on
its own two estimates and on nothing else that is computed beside it.
"""

from __future__ import annotations

from math import log, sqrt
from typing import Final

import numpy as np

from synaspis.engine._jit import scalar

_WEIGHT_ROUNDS: Final = 60
_WEIGHT_STEP: Final = 1.0e-9
_FLAT: Final = 1.0e-9
"""Difference of two covariances, as a share, below which every weight is as good as the other."""


@scalar
def cholesky(matrix, lower):  # type: ignore[no-untyped-def]
    """Fill lower with the Cholesky factor of a symmetric matrix; false where it is not positive definite."""
    size = matrix.shape[0]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            if i == j:
                if not rest > 0.0:
                    return False
                lower[i, i] = sqrt(rest)
            else:
                lower[i, j] = rest / lower[j, j]
        for j in range(i + 1, size):
            lower[i, j] = 0.0
    return True


@scalar
def distance_squared(difference, lower):  # type: ignore[no-untyped-def]
    """Mahalanobis distance squared of a difference whose covariance has this Cholesky factor."""
    size = difference.shape[0]
    part = np.empty(size)
    total = 0.0
    for i in range(size):
        rest = difference[i]
        for k in range(i):
            rest -= lower[i, k] * part[k]
        part[i] = rest / lower[i, i]
        total += part[i] * part[i]
    return total


@scalar
def log_determinant(lower):  # type: ignore[no-untyped-def]
    """Logarithm of the determinant of the matrix that has this Cholesky factor."""
    total = 0.0
    for i in range(lower.shape[0]):
        total += 2.0 * log(lower[i, i])
    return total


@scalar
def combine(x1, p1, scale1, x2, p2, scale2, x, p):  # type: ignore[no-untyped-def]
    """Combine two estimates of one state whose covariances are scale1 p1 and scale2 p2; fill x and p.

    x1, x2, x: (n,). p1, p2, p: (n, n). x and p must be other arrays than the inputs.
    Returns the squared Mahalanobis distance between the two, or -1 where their sum is not positive definite.
    With both scales 1 this is the update of a Kalman filter that measures the whole state; with 1 / w and
    1 / (1 - w) it is covariance intersection:
    S = scale1 p1 + scale2 p2, K = scale1 p1 S^-1, x = x1 + K (x2 - x1), p = K scale2 p2.
    """
    size = x1.shape[0]
    total, lower = np.empty((size, size)), np.empty((size, size))
    for i in range(size):
        for j in range(size):
            total[i, j] = scale1 * p1[i, j] + scale2 * p2[i, j]
    if not cholesky(total, lower):
        return -1.0
    # Columns of S^-1 scale2 p2 and S^-1 (x2 - x1), by substitution.
    solved, step = np.empty((size, size)), np.empty(size)
    for j in range(size + 1):
        for i in range(size):
            rest = scale2 * p2[i, j] if j < size else x2[i] - x1[i]
            for k in range(i):
                rest -= lower[i, k] * (solved[k, j] if j < size else step[k])
            if j < size:
                solved[i, j] = rest / lower[i, i]
            else:
                step[i] = rest / lower[i, i]
        if j == size:
            distance = 0.0
            for i in range(size):
                distance += step[i] * step[i]
        for back in range(size):
            i = size - 1 - back
            rest = solved[i, j] if j < size else step[i]
            for k in range(i + 1, size):
                rest -= lower[k, i] * (solved[k, j] if j < size else step[k])
            if j < size:
                solved[i, j] = rest / lower[i, i]
            else:
                step[i] = rest / lower[i, i]
    for i in range(size):
        moved = 0.0
        for k in range(size):
            moved += p1[i, k] * step[k]
        x[i] = x1[i] + scale1 * moved
        for j in range(size):
            value = 0.0
            for k in range(size):
                value += p1[i, k] * solved[k, j]
            p[i, j] = scale1 * value
    for i in range(size):
        for j in range(i):
            p[i, j] = p[j, i] = 0.5 * (p[i, j] + p[j, i])
    return distance


@scalar
def _tridiagonal(matrix):  # type: ignore[no-untyped-def]
    """Turn a symmetric matrix in place into a tridiagonal one with the same eigenvalues.

    Householder's reflections; G. H. Golub and C. F. Van Loan, Matrix Computations (2013), section 8.3.1.
    Entries beyond the two diagonals hold rubbish afterwards.
    """
    size = matrix.shape[0]
    mirror, image = np.empty(size), np.empty(size)
    for k in range(size - 2):
        length = 0.0
        for i in range(k + 2, size):
            length += matrix[i, k] * matrix[i, k]
        if length == 0.0:
            continue
        head = matrix[k + 1, k]
        norm = sqrt(length + head * head)
        peak = head + norm if head > 0.0 else head - norm
        half = 2.0 / (length + peak * peak)
        mirror[k + 1] = peak
        for i in range(k + 2, size):
            mirror[i] = matrix[i, k]
        overlap = 0.0
        for i in range(k + 1, size):
            value = 0.0
            for j in range(k + 1, size):
                value += matrix[i, j] * mirror[j]
            image[i] = half * value
            overlap += image[i] * mirror[i]
        for i in range(k + 1, size):
            image[i] -= 0.5 * half * overlap * mirror[i]
        for i in range(k + 1, size):
            for j in range(k + 1, i + 1):
                matrix[i, j] -= mirror[i] * image[j] + image[i] * mirror[j]
                matrix[j, i] = matrix[i, j]
        matrix[k + 1, k] = -norm if head > 0.0 else norm


@scalar
def _slope_and_bend(matrix, weight):  # type: ignore[no-untyped-def]
    """First and second derivative, by the weight w, of log det(w I + (1 - w) M) for a tridiagonal M.

    The determinant is the product of d[i] = w + (1 - w) m[i, i] - (1 - w)^2 m[i, i-1]^2 / d[i-1].
    """
    rest = 1.0 - weight
    pivot, pace, turn = 1.0, 0.0, 0.0
    slope, bend = 0.0, 0.0
    for i in range(matrix.shape[0]):
        part = matrix[i, i - 1] * matrix[i, i - 1] / pivot if i > 0 else 0.0
        rate, curve = pace / pivot, turn / pivot
        value = weight + rest * matrix[i, i] - rest * rest * part
        first = 1.0 - matrix[i, i] + rest * part * (2.0 + rest * rate)
        second = -part * (2.0 + 4.0 * rest * rate + rest * rest * (2.0 * rate * rate - curve))
        pivot, pace, turn = value, first, second
        slope += pace / pivot
        bend += turn / pivot - (pace / pivot) ** 2
    return slope, bend


@scalar
def _share(lower, other, out):  # type: ignore[no-untyped-def]
    """Fill out with lower^-1 other, both lower triangular; returns the sum of squares of its entries."""
    size, total = lower.shape[0], 0.0
    for j in range(size):
        for i in range(size):
            rest = other[i, j]
            for k in range(j, i):
                rest -= lower[i, k] * out[k, j]
            out[i, j] = rest / lower[i, i] if i >= j else 0.0
            total += out[i, j] * out[i, j]
    return total


@scalar
def intersection_weight(p1, p2, flat):  # type: ignore[no-untyped-def]
    """Weight of the first of two covariances that makes the determinant of their intersection least.

    p1, p2: (n, n), positive definite. flat: what to return where every weight is as good.
    Returns the weight from 0 to 1, or -1 where a covariance is not positive definite.
    In coordinates in which p1 is the unit matrix, p2^-1 is M, and the logarithm of the determinant is
    -log det(w I + (1 - w) M): a convex function of w, whose foot Newton's rule with bisection finds.
    """
    size = p1.shape[0]
    first, second = np.empty((size, size)), np.empty((size, size))
    if not cholesky(p1, first) or not cholesky(p2, second):
        return -1.0
    share, ratio = np.empty((size, size)), np.empty((size, size))
    # The slope at w = 0 is trace(M^-1) - n, at w = 1 it is n - trace(M).
    at_zero = _share(first, second, share) - size
    at_one = size - _share(second, first, share)
    apart = 0.0
    for i in range(size):
        for j in range(i + 1):
            value = 0.0
            for k in range(i, size):
                value += share[k, i] * share[k, j]
            ratio[i, j] = ratio[j, i] = value
            apart += abs(value - 1.0) if i == j else abs(value)
    if apart <= _FLAT * size:
        return flat
    if at_one >= 0.0:
        return 1.0
    if at_zero <= 0.0:
        return 0.0
    _tridiagonal(ratio)
    low, high, weight = 0.0, 1.0, 0.5
    for _ in range(_WEIGHT_ROUNDS):
        slope, bend = _slope_and_bend(ratio, weight)
        if slope > 0.0:
            low = weight
        else:
            high = weight
        step = slope / bend
        if abs(step) <= _WEIGHT_STEP:
            break
        weight = weight - step
        if not low < weight < high:
            weight = 0.5 * (low + high)
    return weight


@scalar
def intersect(x1, p1, x2, p2, flat, x, p):  # type: ignore[no-untyped-def]
    """Covariance intersection of two estimates at the weight of the least determinant; fill x and p.

    Shapes as in `combine`. flat: weight of the first where every weight is as good.
    Returns the weight of the first and the squared distance between the two in the covariance
    p1 / w + p2 / (1 - w), which bounds that of their difference whatever their correlation; at a weight of 0
    or 1 the distance is that for w = 1/2. Both are -1 where a covariance is not positive definite.
    """
    size = x1.shape[0]
    weight = intersection_weight(p1, p2, flat)
    if weight < 0.0:
        return -1.0, -1.0
    if 0.0 < weight < 1.0:
        return weight, combine(x1, p1, 1.0 / weight, x2, p2, 1.0 / (1.0 - weight), x, p)
    distance = combine(x1, p1, 2.0, x2, p2, 2.0, x, p)
    for i in range(size):
        x[i] = x1[i] if weight == 1.0 else x2[i]
        for j in range(size):
            p[i, j] = p1[i, j] if weight == 1.0 else p2[i, j]
    return weight, distance
