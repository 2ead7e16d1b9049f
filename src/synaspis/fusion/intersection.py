"""Covariance intersection of two estimates, for whoever needs it alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from synaspis.engine.gaussian import intersect
from synaspis.engine.parameters import Floats


def covariance_intersection(
    mean_1: ArrayLike, covariance_1: ArrayLike, mean_2: ArrayLike, covariance_2: ArrayLike
) -> tuple[Floats, Floats, float]:
    """Combine two estimates of one state whose correlation is unknown.

    mean_1, mean_2: (n,). covariance_1, covariance_2: (n, n), positive definite.
    Returns mean (n,), covariance (n, n) and the weight w of the first, chosen for the least determinant:
    P^-1 = w P1^-1 + (1 - w) P2^-1, P^-1 x = w P1^-1 x1 + (1 - w) P2^-1 x2. Where every weight is as good
    (equal covariances) w is 1/2; an estimate with itself comes back unchanged.
    Raises ValueError for other shapes or a covariance that is not positive definite.
    Source: S. J. Julier and J. K. Uhlmann, Proceedings of the American Control Conference (1997) 2369-2373,
    doi:10.1109/ACC.1997.609105.
    """
    x1, x2 = np.array(mean_1, dtype=np.float64), np.array(mean_2, dtype=np.float64)
    p1, p2 = np.array(covariance_1, dtype=np.float64), np.array(covariance_2, dtype=np.float64)
    if x1.ndim != 1 or x2.shape != x1.shape or p1.shape != (x1.size, x1.size) or p2.shape != p1.shape:
        shapes = f"{x1.shape}, {p1.shape}, {x2.shape}, {p2.shape}"
        raise ValueError(f"shapes are {shapes}; they must be (n,), (n, n), (n,), (n, n)")
    if np.array_equal(x1, x2) and np.array_equal(p1, p2):
        return x1, p1, 0.5
    x, p = np.empty(x1.size), np.empty(p1.shape)
    weight, _ = intersect(x1, p1, x2, p2, 0.5, x, p)
    if weight < 0.0:
        raise ValueError("a covariance is not positive definite; give one that is")
    return x, p, float(weight)
