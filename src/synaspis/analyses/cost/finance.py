"""Interest in closed form: present value, annuity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def discount_factors(years: Sequence[int], rate: float, to_year: int) -> NDArray[np.float64]:
    """Factor that turns an amount of a year into its present value, ``(1 + r)**(to_year - year)``.

    years: whole years. rate: real interest a year, above -1. to_year: year of the present value.
    """
    return np.power(1.0 + rate, to_year - np.asarray(years, dtype=np.float64))


def present_value(amounts: ArrayLike, years: Sequence[int], rate: float, to_year: int) -> float:
    """Sum of amounts by year, each discounted to a year; amounts and years of the same length."""
    return float(np.dot(np.asarray(amounts, dtype=np.float64), discount_factors(years, rate, to_year)))


def annuity_factor(rate: float, years: int) -> float:
    """Equal yearly payment, at the end of each year, that is worth 1 today: ``r / (1 - (1 + r)**-n)``.

    rate: interest a year, above -1; 0 gives 1/n. years: n, at least 1.
    """
    if rate == 0.0:
        return 1.0 / years
    return rate / -float(np.expm1(-years * np.log1p(rate)))
