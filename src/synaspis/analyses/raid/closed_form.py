"""What can be said of a raid without chance numbers: warheads that are alike, or a fixed plan of shots.

Symbols: W warheads, n shots at each, k kill probability of one shot, P_t probability that a warhead is
detected, tracked and classified (common to all shots at it), c probability of a failure that is common to
all warheads. Equation numbers are those of `docs/methods/raid.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, exp, log, log1p

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from synaspis.engine.parameters import Floats

SHOTS_SEARCHED = 10_000
_ROUNDING = 1.0e-12


def salvo_kill_probability(
    kill_probability: ArrayLike, shots: int, track_probability: float = 1.0, *, common: bool = True
) -> Floats:
    """Probability that at least one of n shots kills; K_w = P_t [1 - (1 - k)^n], equation raid-salvo.

    kill_probability: any shape, 0 to 1. common: whether one track failure spoils all shots; if not, each
    shot has its own, 1 - (1 - P_t k)^n, which is the optimistic bound. Returns the shape of
    kill_probability. The algebra is that of D. A. Wilkening, Science and Global Security 8 (2000) 183,
    https://doi.org/10.1080/08929880008426475.
    """
    k = np.asarray(kill_probability, dtype=np.float64)
    if common:
        return track_probability * (1.0 - (1.0 - k) ** shots)
    return 1.0 - (1.0 - track_probability * k) ** shots


def leakage_pmf(warheads: int, warhead_kill_probability: float, class_failure: float = 0.0) -> Floats:
    """Probability of 0 to W leakers, (W + 1,): binomial, and W with probability c; equation raid-binomial."""
    pmf = stats.binom.pmf(np.arange(warheads + 1), warheads, 1.0 - warhead_kill_probability)
    pmf = (1.0 - class_failure) * np.asarray(pmf, dtype=np.float64)
    pmf[warheads] += class_failure
    return pmf


def leakage_of_mixed(leak_probability: Sequence[float] | Floats) -> Floats:
    """Probability of 0 to W leakers when warhead i leaks with its own probability, (W + 1,).

    The Poisson-binomial distribution, built by adding one warhead after the other; equation raid-mixed.
    """
    pmf = np.zeros(len(leak_probability) + 1)
    pmf[0] = 1.0
    for count, leak in enumerate(leak_probability, start=1):
        pmf[1 : count + 1] = pmf[1 : count + 1] * (1.0 - leak) + pmf[:count] * leak
        pmf[0] *= 1.0 - leak
    return pmf


def volley_shots_mean(
    kill_probability: ArrayLike, volleys: Sequence[int], fired_in_vain: float = 0.0
) -> Floats:
    """Mean number of shots at one warhead when volley v is fired only if it still flies; equation raid-shots.

    volleys: shots of each volley, in order; the outcome of one is known before the next.
    fired_in_vain: probability that no shot can kill, so that all volleys are fired: 1 - P_t (1 - c).
    """
    missed = 1.0 - np.asarray(kill_probability, dtype=np.float64)
    mean, before = np.zeros_like(missed), 0
    for size in volleys:
        mean = mean + size * missed**before
        before += size
    return (1.0 - fired_in_vain) * mean + fired_in_vain * before


def random_allocation_pmf(
    warheads: int,
    interceptors: int,
    kill_probability: float,
    track_probability: float = 1.0,
    class_failure: float = 0.0,
) -> Floats:
    """Leakers when each interceptor picks a warhead at random and knows of no other, (W + 1,).

    Shot after shot the number of killable warheads still flying falls from a to a - 1 with probability
    k a / W; equation raid-random. The mean is W [1 - P_t + P_t (1 - k/W)^I] without a common failure.
    """
    flying = np.asarray(
        stats.binom.pmf(np.arange(warheads + 1), warheads, track_probability), dtype=np.float64
    )
    fall = kill_probability * np.arange(warheads + 1) / warheads
    # Columns: how many can be killed at all; rows: how many of these still fly.
    state = np.diag(flying)
    for _ in range(interceptors):
        hit = state * fall[:, None]
        state = state - hit
        state[:-1] += hit[1:]
    pmf = np.zeros(warheads + 1)
    for killable in range(warheads + 1):
        pmf[warheads - killable : warheads + 1] += state[: killable + 1, killable]
    pmf *= 1.0 - class_failure
    pmf[warheads] += class_failure
    return pmf


def required_warhead_kill_probability(
    p_no_leaker: float, warheads: int, class_failure: float = 0.0
) -> float | None:
    """K_w that gives a probability of no leaker, [P(0) / (1 - c)]^(1/W); equation raid-required-kill.

    It is also the least track probability with which that can be had. None if the common failure alone
    forbids it.
    """
    share = p_no_leaker / (1.0 - class_failure) if class_failure < 1.0 else 2.0
    return None if share > 1.0 else exp(log(share) / warheads)


def required_shots(
    p_no_leaker: float,
    warheads: int,
    kill_probability: float,
    track_probability: float = 1.0,
    class_failure: float = 0.0,
) -> int | None:
    """Least whole number of shots at each warhead, n >= ln(1 - K_w/P_t) / ln(1 - k); raid-required-shots.

    None where no number is enough: P_t <= P(0)^(1/W) (for k = 1: P_t below it), or k = 0, or more than
    10,000.
    """
    needed = required_warhead_kill_probability(p_no_leaker, warheads, class_failure)
    if needed is None or track_probability <= 0.0 or kill_probability <= 0.0:
        return None
    share = needed / track_probability
    if kill_probability >= 1.0:
        return 1 if share <= 1.0 + _ROUNDING else None
    if share >= 1.0:
        return None
    shots = max(1, ceil(log1p(-share) / log1p(-kill_probability) - 1.0e-9))
    return shots if shots <= SHOTS_SEARCHED else None


def required_track_probability(
    p_no_leaker: float, warheads: int, kill_probability: float, shots: int, class_failure: float = 0.0
) -> float | None:
    """P_t with which n shots at each are enough, K_w / [1 - (1 - k)^n]; raid-required-track.

    None if it would be above 1.
    """
    needed = required_warhead_kill_probability(p_no_leaker, warheads, class_failure)
    salvo = float(salvo_kill_probability(kill_probability, shots))
    if needed is None or salvo <= 0.0 or needed / salvo > 1.0 + _ROUNDING:
        return None
    return min(needed / salvo, 1.0)
