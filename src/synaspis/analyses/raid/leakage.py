"""What every raid result says first: no leaker, leakers, shots, each with how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synaspis.engine.parameters import Floats


@dataclass(frozen=True)
class Estimate:
    """A value with the ends of its interval, in the unit of the value."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """The three numbers."""
        return {"value": self.value, "low": self.low, "high": self.high}

    def ends(self) -> dict[str, float]:
        """The interval alone."""
        return {"low": self.low, "high": self.high}


@dataclass(frozen=True, eq=False)
class Leakage:
    """How many get through, and what is fired.

    p_no_leaker, leakers_mean, shots_mean: over the whole raid. pmf: probability of 0 to W leakers, (W + 1,).
    pmf_low, pmf_high: for each of them the least and the most within the doubt, (W + 1,).
    """

    p_no_leaker: Estimate
    leakers_mean: Estimate
    shots_mean: Estimate
    pmf: Floats
    pmf_low: Floats
    pmf_high: Floats

    def to_dict(self) -> dict[str, Any]:
        """The first keys of the JSON document of a raid."""
        return {
            "p_no_leaker": self.p_no_leaker.to_dict(),
            "leakers_mean": self.leakers_mean.value,
            "leakage_pmf": [float(share) for share in self.pmf],
            "shots_mean": self.shots_mean.value,
            "intervals": {
                "leakers_mean": self.leakers_mean.ends(),
                "leakage_pmf": {
                    "low": [float(share) for share in self.pmf_low],
                    "high": [float(share) for share in self.pmf_high],
                },
                "shots_mean": self.shots_mean.ends(),
            },
        }


def leakers_mean(pmf: Floats) -> float:
    """Mean of a distribution over 0 to W leakers."""
    return float(pmf @ np.arange(pmf.size))


def leakage_over(pmf: Floats, shots: float, pmfs: Floats, shots_each: Floats) -> Leakage:
    """Values in the middle of the doubt, with the least and most over cases that span it.

    pmf, shots: what is expected. pmfs: (case, W + 1). shots_each: (case,).
    """
    means = pmfs @ np.arange(pmf.size)
    none, mean = float(pmf[0]), leakers_mean(pmf)
    return Leakage(
        Estimate(none, min(none, float(pmfs[:, 0].min())), max(none, float(pmfs[:, 0].max()))),
        Estimate(mean, min(mean, float(means.min())), max(mean, float(means.max()))),
        Estimate(shots, min(shots, float(shots_each.min())), max(shots, float(shots_each.max()))),
        pmf,
        np.minimum(pmf, pmfs.min(axis=0)),
        np.maximum(pmf, pmfs.max(axis=0)),
    )
