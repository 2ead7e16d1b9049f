"""How long before impact people are warned, for many subsets of the sensors at once."""

from __future__ import annotations

import numpy as np

from synaspis.engagement.chains import Words
from synaspis.engagement.observe import NEVER_S
from synaspis.engagement.opportunities import Ints
from synaspis.engine._jit import driver, lane, prange
from synaspis.engine.parameters import Floats


def warned(
    arrival_s: Floats, impact_s: Floats, members: Words, first_case: Ints, case: Ints, weight: Floats
) -> Floats:
    """Weighed sum of the warning times of groups of flights, for many subsets of sources of warning.

    arrival_s: (case, source) when the first report of a source is there; infinite if it never is.
    impact_s: (case,). members: (source, word); bit k of all words is subset k: set where the source is in it.
    first_case: (group + 1,), case: the flights of each group, of which the one with the shortest warning
    counts; weight: (group,). A flight without warning counts 0.
    Returns (subset,) in s times the unit of the weight.
    """
    total = np.zeros(members.shape[1] * 64)
    time_s = np.minimum(arrival_s, NEVER_S)
    order = np.argsort(time_s, axis=1, kind="stable")
    _warned(
        np.take_along_axis(time_s, order, axis=1), order, impact_s, members, first_case, case, weight, total
    )
    return total


@lane
def _shorten(shortest, subsets, time):  # type: ignore[no-untyped-def]
    """Let no subset of a word have more than some time."""
    for bit in range(64):
        if (subsets >> np.uint64(bit)) & np.uint64(1):
            shortest[bit] = min(shortest[bit], time)


@driver
def _warned(  # type: ignore[no-untyped-def]
    time_s, order, impact_s, members, first_case, case, weight, total
):
    """Go through the sources of each flight from the first to report, until every subset has one."""
    for w in prange(members.shape[1]):
        shortest = np.empty(64)
        for group in range(first_case.size - 1):
            if weight[group] <= 0.0 or first_case[group] == first_case[group + 1]:
                continue
            shortest[:] = NEVER_S
            for entry in range(first_case[group], first_case[group + 1]):
                i = case[entry]
                left = np.uint64(0xFFFFFFFFFFFFFFFF)
                for k in range(order.shape[1]):
                    if left == np.uint64(0) or time_s[i, k] >= impact_s[i]:
                        break
                    new = left & members[order[i, k], w]
                    left &= ~new
                    if new != np.uint64(0):
                        _shorten(shortest, new, impact_s[i] - time_s[i, k])
                if left != np.uint64(0):
                    _shorten(shortest, left, 0.0)
            for bit in range(64):
                total[64 * w + bit] += weight[group] * shortest[bit]
