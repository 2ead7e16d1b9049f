"""What a raid is played with: groups of batteries, volleys, kill probabilities, views of the doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.raid.document import Coordination, RaidDocument
from synaspis.analyses.raid.evidence import KillProbability, Prior
from synaspis.analyses.raid.field import Field
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Quantity
from synaspis.core.units import to_si
from synaspis.engagement import NEVER_S
from synaspis.engine.parameters import Floats
from synaspis.engine.raid import Chances, Shots
from synaspis.scenario import Scenario

Ints = NDArray[np.int64]
QUANTILES: Final = 4096
"""Equally likely values that stand for a posterior in Monte Carlo; the mean is off by less than 1e-5."""


@dataclass(frozen=True)
class Doubt:
    """A probability with its range."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, stated: Quantity) -> Doubt:
        """A stated probability and its range as pure numbers, since both may stand there in percent."""
        ends = (stated.value if end is None else end for end in (stated.low, stated.high))
        low, high = (to_si(end, stated.unit) for end in ends)
        return cls(stated.si, low, high)


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of a raid, by the user or by its file.

    volleys: shots of each. kills: kill probability by interceptor. track, failure: with their ranges.
    """

    volleys: tuple[int, ...]
    coordination: Coordination
    kills: Mapping[str, KillProbability]
    track: Doubt
    failure: Doubt

    @property
    def certain(self) -> bool:
        """Whether no value has a range."""
        doubts: tuple[KillProbability | Doubt, ...] = (*self.kills.values(), self.track, self.failure)
        return all(each.low == each.high for each in doubts)


def kill_probabilities(
    scenario: Scenario,
    raid: RaidDocument,
    interceptors: Sequence[str],
    given: Mapping[str, float],
    prior: Prior,
) -> dict[str, KillProbability]:
    """Kill probability of each interceptor in use.

    What the user gives comes first, under the id or under the empty id for all; then the file of the raid;
    then the public test record. Raises InputError that names every interceptor without any, and every given
    id that is none.
    """
    known = tuple(scenario.catalogue.interceptors)
    faults = [
        Fault(f"there is no interceptor {name!r}", remedy=nearest(name, known))
        for name in given
        if name and name not in known
    ]
    faults += [
        Fault(f"the kill probability {value:g} is out of bounds; 0 to 1 is allowed", where=name)
        for name, value in given.items()
        if not 0.0 <= value <= 1.0
    ]
    found: dict[str, KillProbability] = {}
    for name in dict.fromkeys(interceptors):
        record = scenario.catalogue.interceptors[name].test_record
        stated = raid.kill_probabilities.get(name)
        if name in given or "" in given:
            found[name] = KillProbability.point(given.get(name, given.get("", 0.0)), basis="given")
        elif stated is not None:
            doubt = Doubt.of(stated)
            found[name] = KillProbability.point(
                doubt.value, low=doubt.low, high=doubt.high, basis=stated.basis
            )
        elif record is not None:
            found[name] = KillProbability.from_tests(
                int(record.hits.si), int(record.attempts.si), prior=prior
            )
        else:
            remedy = (
                f"Give `--kill-probability {name}=K`, or state it under `kill_probabilities` of the raid."
            )
            faults.append(Fault(f"the interceptor {name!r} has no public test record", remedy=remedy))
    if faults:
        raise InputError(faults)
    return found


def shots_of(field: Field, rules: Rules) -> Shots:
    """The field as the kernel takes it."""
    names = {"full": [""] * len(field.owners), "partner": field.owners, "none": field.battery_ids}
    label = list(names[rules.coordination])
    known, kinds = list(dict.fromkeys(label)), list(rules.kills)
    group = np.array([known.index(name) for name in label], dtype=np.int64)
    last_s = np.full((field.class_of.size, len(label)), -NEVER_S)
    fires = field.stock[field.battery] > 0
    np.maximum.at(last_s, (field.missile[fires], field.battery[fires]), field.launch_s[fires])
    margin = field.stock / np.maximum((last_s > -NEVER_S).sum(axis=0), 1)
    return Shots(
        missile=field.missile,
        battery=field.battery,
        launch_s=field.launch_s,
        intercept_s=field.intercept_s,
        group=group,
        # A battery that is off never fires; it may stand under any kind.
        kind=np.array([kinds.index(n) if n in kinds else 0 for n in field.interceptors], dtype=np.int64),
        assess_s=field.assess_s,
        stock=field.stock,
        volleys=np.array(rules.volleys, dtype=np.int64),
        missile_class=field.class_of,
        last_s=last_s,
        margin=margin,
        prefer=_preferred(field, group, last_s, margin),
        end_s=field.end_s,
    )


def _preferred(field: Field, group: Ints, last_s: Floats, margin: Floats) -> Ints:
    """For each shot the battery of the group with most margin that can still shoot, -1 if it is its own."""
    able = (group[field.battery][:, None] == group) & (last_s[field.missile] >= field.launch_s[:, None])
    best = np.where(able, margin, -1.0).argmax(axis=1)
    better = margin[best] > margin[field.battery]
    return np.where(better, best, -1)


def between(rules: Rules, part: float) -> tuple[Floats, float, float]:
    """Kill probabilities by kind, track and failure probability on the way from the worst to the best.

    part: 0 with every value at its worst end, 1 at its best. All move together, so that the ends are further
    apart than those of values that vary on their own.
    """
    kill = np.array([k.low + part * (k.high - k.low) for k in rules.kills.values()] or [0.0])
    track = rules.track.low + part * (rules.track.high - rules.track.low)
    return kill, track, rules.failure.high + part * (rules.failure.low - rules.failure.high)


def views(rules: Rules) -> tuple[Chances, ...]:
    """What is played on the same luck: as expected; each shot on its own; all at the worst; all at the best.

    The last two are left out where no value has a range.
    """
    kills = tuple(rules.kills.values()) or (KillProbability.point(0.0),)  # nobody is there to shoot
    count = 1 if all(kill.shape is None for kill in kills) else QUANTILES
    expected = np.stack([kill.quantiles(count) for kill in kills])
    middle = (rules.track.value, rules.failure.value)
    played = [Chances(expected, *middle, True), Chances(expected, *middle, False)]
    if not rules.certain:
        for part in (0.0, 1.0):
            kill, track, failure = between(rules, part)
            played.append(Chances(kill[:, None].copy(), track, failure, True))
    return tuple(played)
