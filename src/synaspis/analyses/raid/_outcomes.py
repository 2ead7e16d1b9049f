"""What a raid comes to for each group of missiles and each battery."""

from __future__ import annotations

import numpy as np

from synaspis.analyses.raid.evidence import clopper_pearson
from synaspis.analyses.raid.field import Field
from synaspis.analyses.raid.leakage import Estimate
from synaspis.analyses.raid.monte_carlo import Played
from synaspis.analyses.raid.planned import PlannedOutcome
from synaspis.analyses.raid.result import BatteryOutcome, GroupOutcome
from synaspis.engagement import Gate
from synaspis.engine.parameters import Floats
from synaspis.engine.raid import TIME_BINS


def groups_of(field: Field, answer: PlannedOutcome | Played) -> tuple[GroupOutcome, ...]:
    """Each group with its leak probability and who can shoot at it."""
    leaked = answer.leaked if isinstance(answer, PlannedOutcome) else answer.counts[0].leaked / answer.runs
    return tuple(
        GroupOutcome(
            id=each.id,
            threat=each.group.threat,
            launch_point=each.group.launch_point,
            aim=each.group.aim.name,
            count=each.group.count,
            leak_probability=float(leaked[field.group_of == number].mean()),
            looks={
                field.battery_ids[battery]: int(looks) for battery, looks in enumerate(each.looks) if looks
            },
            reason="" if each.gate == Gate.ENGAGED else each.gate.sentence,
        )
        for number, each in enumerate(field.groups)
    )


def batteries_of(field: Field, answer: PlannedOutcome | Played) -> tuple[BatteryOutcome, ...]:
    """Each battery that is in service and can shoot at some missile."""
    useful = sorted(set(field.battery.tolist()))
    return tuple(
        BatteryOutcome(
            id=field.battery_ids[battery],
            owner=field.owners[battery],
            interceptor=field.interceptors[battery],
            stock=int(field.stock[battery]),
            shots_mean=_fired(answer, battery),
            p_empty=_empty(answer, battery),
            empty_s=_when(answer.counts[0].empty[battery], field.end_s)
            if isinstance(answer, Played)
            else None,
        )
        for battery in useful
    )


def _fired(answer: PlannedOutcome | Played, battery: int) -> float:
    if isinstance(answer, PlannedOutcome):
        return float(answer.fired[battery])
    return float(answer.counts[0].fired[battery] / answer.runs)


def _empty(answer: PlannedOutcome | Played, battery: int) -> Estimate:
    if isinstance(answer, PlannedOutcome):  # it holds only where no stock can end
        return Estimate(0.0, 0.0, 0.0)
    ended = int(answer.counts[0].empty[battery].sum())
    return Estimate(ended / answer.runs, *clopper_pearson(ended, answer.runs))


def _when(histogram: Floats, end_s: float) -> Estimate | None:
    """Median, 5 and 95 % points of the time at which the last interceptor leaves, to a bin."""
    total = int(histogram.sum())
    if not total:
        return None
    share = np.cumsum(histogram) / total
    low, middle, high = (
        (int(np.searchsorted(share, part)) + 0.5) * end_s / TIME_BINS for part in (0.05, 0.5, 0.95)
    )
    return Estimate(middle, low, high)
