"""How well tests fix a probability: intervals of a proportion, and the kill probability as a Beta posterior.

Conventions: hits s of n attempts, confidence c, tails (1 - c) / 2 on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal, NamedTuple

import numpy as np
from scipy import stats
from scipy.special import roots_jacobi

from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats

CONFIDENCE: Final = 0.95
NODES_MAX: Final = 400
ATTEMPTS_MAX: Final = 1000
"""Of a test record; no interceptor has been flown so often, and the quadrature holds up to it."""

Prior = Literal["jeffreys", "uniform"]
PRIORS: Final[dict[Prior, float]] = {"jeffreys": 0.5, "uniform": 1.0}
"""Both parameters of the Beta distribution before the first test."""


class Interval(NamedTuple):
    """Two ends of an interval; numbers of any unit."""

    low: float
    high: float


def clopper_pearson(hits: int, attempts: int, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a proportion: it holds the true one at least as often as it says.

    hits: 0 to attempts. attempts: 1 or more. confidence: above 0, below 1.
    Ends are the (1 - c)/2 quantile of Beta(s, n - s + 1) and the (1 + c)/2 quantile of Beta(s + 1, n - s);
    0 and 1 where these have no mass. C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404,
    https://doi.org/10.1093/biomet/26.4.404. Raises InputError for counts that cannot be.
    """
    _check(hits, attempts)
    tail = (1.0 - confidence) / 2.0
    low = float(stats.beta.ppf(tail, hits, attempts - hits + 1)) if hits else 0.0
    high = float(stats.beta.ppf(1.0 - tail, hits + 1, attempts - hits)) if hits < attempts else 1.0
    return Interval(low, high)


def wilson(hits: int, attempts: int, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a proportion, which is shorter and right on average over proportions.

    Arguments and errors as in `clopper_pearson`. E. B. Wilson, Journal of the American Statistical
    Association 22 (1927) 209, https://doi.org/10.1080/01621459.1927.10502953.
    """
    _check(hits, attempts)
    z = float(stats.norm.ppf(0.5 + confidence / 2.0))
    share, weight = hits / attempts, z * z / attempts
    middle = (share + weight / 2.0) / (1.0 + weight)
    half = z * sqrt(share * (1.0 - share) / attempts + weight / (4.0 * attempts)) / (1.0 + weight)
    return Interval(
        0.0 if hits == 0 else max(middle - half, 0.0), 1.0 if hits == attempts else min(middle + half, 1.0)
    )


@dataclass(frozen=True)
class KillProbability:
    """Probability that one shot kills, given a track: one value, or a Beta posterior.

    value: that value, or the mean of the posterior. low, high: a range that was given with the value, or the
    interval of the posterior; both equal to the value if there is no doubt. shape: the two parameters of the
    posterior, None for one value.
    basis: in words, where it comes from.
    """

    value: float
    low: float
    high: float
    basis: str
    shape: tuple[float, float] | None = None

    @classmethod
    def point(
        cls, value: float, *, low: float | None = None, high: float | None = None, basis: str = "given"
    ) -> KillProbability:
        """One value that the user gives; low, high: how far it may be off."""
        return cls(value, value if low is None else low, value if high is None else high, basis)

    @classmethod
    def from_tests(
        cls, hits: int, attempts: int, *, prior: Prior = "jeffreys", confidence: float = CONFIDENCE
    ) -> KillProbability:
        """The posterior of a test record: Beta(s + p, n - s + p), p = 1/2 (Jeffreys) or 1 (uniform).

        L. D. Brown, T. T. Cai and A. DasGupta, Statistical Science 16 (2001) 101, equation 7,
        https://doi.org/10.1214/ss/1009213286. Raises InputError for counts that cannot be, and for more than
        1,000 attempts.
        """
        _check(hits, attempts)
        if attempts > ATTEMPTS_MAX:
            raise InputError(
                Fault(f"{attempts} attempts are out of bounds; 1 to {ATTEMPTS_MAX:,} are allowed")
            )
        before = PRIORS[prior]
        shape = (hits + before, attempts - hits + before)
        tail = (1.0 - confidence) / 2.0
        low, high = (float(stats.beta.ppf(part, *shape)) for part in (tail, 1.0 - tail))
        basis = f"{hits} of {attempts} tests, {prior} prior"
        return cls(shape[0] / (shape[0] + shape[1]), low, high, basis, shape)

    def quantiles(self, count: int) -> Floats:
        """Values in the middle of `count` parts of equal probability, (count,)."""
        if self.shape is None:
            return np.full(count, self.value)
        return np.asarray(stats.beta.ppf((np.arange(count) + 0.5) / count, *self.shape), dtype=np.float64)

    def nodes(self, degree: int) -> tuple[Floats, Floats]:
        """Points and weights that integrate polynomials to `degree` over the posterior, exactly up to 799.

        Gauss-Jacobi quadrature; the weights sum to 1. One point for one value.
        """
        if self.shape is None:
            return np.array([self.value]), np.ones(1)
        count = min(degree // 2 + 1, NODES_MAX)
        points, weights = roots_jacobi(count, self.shape[1] - 1.0, self.shape[0] - 1.0)
        return np.asarray((1.0 + points) / 2.0), np.asarray(weights / weights.sum())

    def to_dict(self) -> dict[str, float | str]:
        """The value, its range and its origin."""
        return {"value": self.value, "low": self.low, "high": self.high, "basis": self.basis}


def _check(hits: int, attempts: int) -> None:
    faults = []
    if attempts < 1:
        faults.append(Fault(f"{attempts} attempts are no test record; at least 1 is needed"))
    if not 0 <= hits <= max(attempts, 0):
        faults.append(Fault(f"{hits} hits in {attempts} attempts cannot be; 0 to {attempts} are allowed"))
    if faults:
        raise InputError(faults)
