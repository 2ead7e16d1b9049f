"""A scripted cell: what a nation does with what it is given, by a few rules that anybody can foretell.

1. It reports what its own radars make of a flight, once the place of impact is known to `REPORTED_SIGMA_M`.
2. It warns its own people when an impact is expected in its country or within `MARGIN_M` of it, from whatever
   it was given, and calls the all-clear when the danger is over.
   What was announced to it, with an area of impact, it neither warns of nor claims.
3. It claims an object whose impact is expected within `claims_within` of a battery of its own, with the
   nearest battery, unless it has been shown a claim of another nation on an impact near this one. With
   `intends` it says first that it means to, and waits so long.
4. It acknowledges messages of the kinds that its doctrine names, and responses that name it.
5. It answers questions about its own reports: they are maintained.
6. It accepts a claim that it is offered, where it would claim the object by rule 3, and else declines it.
7. It sets the pre-planned responses going that its doctrine names, once each, when a message calls for one.
8. It sends its defence plan, if the exercise gives it one, at the start.

Each act follows `reaction` after what caused it. Nothing else is known to a cell than what it was delivered
and what its own sensors measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import degrees
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import shapely

from synaspis.coordination import Responses
from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.exercise.answers import Answers
from synaspis.exercise.nations import Nation
from synaspis.exercise.reading import Impact, content_of, impacts_of
from synaspis.exercise.said import all_clear, claim, impact_of_claim, report_of, sigma_m, warning
from synaspis.fusion import Picture, Report, update
from synaspis.geography import Countries
from synaspis.messages import Body, TrackReport
from synaspis.scenario import Scenario

MARGIN_M: Final = 30_000.0
"""Expected impacts so near to a country make it warn; assumed."""


REPORTED_SIGMA_M: Final = 20_000.0
"""A cell acts on an impact that is known to one sigma of so much, and reports it then; assumed."""

SAME_PLACE_M: Final = 150_000.0
SAME_TIME_US: Final = 120 * SECOND_US
"""Impacts nearer to each other than this in place and time are taken to be of one object; assumed."""

_CLEAR_AFTER_US: Final = 180 * SECOND_US
_FLIGHT_US: Final = 3_600 * SECOND_US  # longer than any ballistic flight
_METRES_A_DEGREE: Final = 111_195.0


class Act(NamedTuple):
    """Something that a cell will do: when, and how the message is made then; it may come to nothing."""

    due_us: int
    make: Callable[[int], Body | None]


class _Announced(NamedTuple):
    """Where an announced flight is to come down, and until when it may be launched."""

    latitude_deg: float
    longitude_deg: float
    radius_m: float
    earliest_us: int
    latest_us: int

    def fits(self, impact: Impact) -> bool:
        """Whether an expected impact is the one that was announced."""
        if impact.time_us is None:
            return False
        in_time = self.earliest_us <= impact.time_us <= self.latest_us + _FLIGHT_US
        away_m = impact.distance_m(self.latitude_deg, self.longitude_deg)
        return in_time and away_m <= self.radius_m + MARGIN_M


@dataclass
class Cell:
    """One scripted cell. name: its partner id. responses: pre-planned ones that it knows."""

    name: str
    nation: Nation
    scenario: Scenario
    serving: frozenset[str]
    responses: Responses | None = None
    _own: Picture = field(default_factory=Picture, init=False)
    _reported: set[int] = field(default_factory=set, init=False)
    _warned: list[Impact] = field(default_factory=list, init=False)
    _claimed: list[Impact] = field(default_factory=list, init=False)
    _claims_of_others: list[Impact] = field(default_factory=list, init=False)
    _announced: list[_Announced] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        code = self.scenario.document.partners[self.name].country
        countries = Countries.load()
        self._land = countries.polygons(code) if code in countries.codes else None
        self._batteries = [
            asset
            for asset in self.scenario.batteries
            if asset.owner == self.name and asset.id in self.serving
        ]
        self._answers = Answers(self.name, self.nation.doctrine, self.responses, self._reaches)

    @property
    def _reaction_us(self) -> int:
        return round(self.nation.doctrine.reaction.si * SECOND_US)

    def measure(self, report: TrackReport, now_us: int) -> Iterator[Act]:
        """Take a report of an own radar."""
        mine = Report(
            self.name,
            report.track,
            report.time_us,
            report.position_ecef_m,
            report.velocity_ecef_m_s,
            report.covariance_matrix,
            report.estimate,
            f"{report.track} {report.time}",
        )
        for track in update([(self._own, [mine])], now_us)[0]:
            launch, impact = track.launch, track.impact
            if track.number in self._reported or launch is None or impact is None:
                continue
            if sigma_m(impact) > REPORTED_SIGMA_M:
                continue
            self._reported.add(track.number)
            body = report_of(launch, impact, report)
            yield Act(now_us, partial(_unchanged, body))

    def take(self, event: Mapping[str, Any], centre: str, now_us: int) -> Iterator[Act]:
        """Take an event that the nation was delivered by a centre."""
        if event["type"] == "message":
            yield from self._answer(event, centre, now_us)
        for impact in impacts_of(event):
            if impact.time_us is None or impact.time_us <= now_us or impact.sigma_m > REPORTED_SIGMA_M:
                continue
            if any(each.fits(impact) for each in self._announced):
                continue
            yield from self._warn(impact, now_us)
            yield from self._claim(impact, now_us)

    def _answer(self, event: Mapping[str, Any], centre: str, now_us: int) -> Iterator[Act]:
        kind, sender, shown = content_of(event)
        if kind == "pre-launch-notification":
            self._announced += _announced(shown)
        if kind == "engagement-claim" and sender != self.name:
            self._claims_of_others += impact_of_claim(shown)
        for body in self._answers.take(event, centre):
            yield Act(now_us + self._reaction_us, partial(_unchanged, body))

    def _warn(self, impact: Impact, now_us: int) -> Iterator[Act]:
        if not self.nation.doctrine.warns or not self._is_ours(impact) or _among(impact, self._warned):
            return
        self._warned.append(impact)
        yield Act(now_us + self._reaction_us, lambda now_us: warning(impact, now_us))
        assert impact.time_us is not None
        yield Act(impact.time_us + _CLEAR_AFTER_US, lambda _now_us: all_clear(impact))

    def _claim(self, impact: Impact, now_us: int) -> Iterator[Act]:
        battery = self._battery(impact)
        if battery is None or impact.track is None or _among(impact, self._claimed):
            return
        self._claimed.append(impact)

        def make(kind: Literal["engagement-claim", "engagement-intent"], now_us: int) -> Body | None:
            if _among(impact, self._claims_of_others):
                return None
            return claim(impact, battery, now_us, kind)

        due_us, intends = now_us + self._reaction_us, self.nation.doctrine.intends
        if intends is not None:
            yield Act(due_us, partial(make, "engagement-intent"))
            due_us += round(intends.si * SECOND_US)
        yield Act(due_us, partial(make, "engagement-claim"))

    def _battery(self, impact: Impact) -> str | None:
        """The nearest battery, if it is near enough for the doctrine to claim an impact with it."""
        within = self.nation.doctrine.claims_within
        if within is None or not self._batteries:
            return None
        away_m = [
            impact.distance_m(degrees(asset.latitude_rad), degrees(asset.longitude_rad))
            for asset in self._batteries
        ]
        nearest = int(np.argmin(away_m))
        return self._batteries[nearest].id if away_m[nearest] <= within.si else None

    def _reaches(self, impact: Impact) -> bool:
        return self._battery(impact) is not None

    def _is_ours(self, impact: Impact) -> bool:
        if self._land is None:
            return False
        # Degrees of longitude are shorter, so the margin reaches a little further than said to the north.
        margin_deg = (MARGIN_M + impact.radius_m) / _METRES_A_DEGREE
        place = shapely.Point(impact.longitude_deg, impact.latitude_deg)
        return bool(shapely.dwithin(self._land, place, margin_deg))


def same_object(one: Impact, other: Impact) -> bool:
    """Whether two expected impacts are taken to be of one object."""
    if one.time_us is None or other.time_us is None:
        return False
    return abs(one.time_us - other.time_us) <= SAME_TIME_US and (
        one.distance_m(other.latitude_deg, other.longitude_deg) <= SAME_PLACE_M + other.radius_m
    )


def _unchanged(body: Body, _now_us: int) -> Body:
    return body


def _among(impact: Impact, known: list[Impact]) -> bool:
    return any(same_object(impact, each) for each in known)


def _announced(shown: Mapping[str, Any]) -> Iterator[_Announced]:
    window = shown.get("window")
    if window is None:
        return
    for area in shown.get("impact_areas", ()):
        if (centre := area.get("centre")) is not None:
            yield _Announced(
                centre["latitude_deg"],
                centre["longitude_deg"],
                area["radius_m"],
                from_rfc3339(window["earliest"]),
                from_rfc3339(window["latest"]),
            )
