"""A scripted cell: what a nation does with what it is given, by a few rules that anybody can foretell.

1. It reports what its own radars make of a flight, once the place of impact is known to `REPORTED_SIGMA_M`.
2. It warns its own people when an impact is expected in its country or within `MARGIN_M` of it, from whatever
   it was given, and calls the all-clear when the danger is over.
3. It claims an object whose impact is expected within `claims_within` of a battery of its own, with the
   nearest battery, unless it has been shown a claim of another nation on an impact near this one.
4. It acknowledges messages of the kinds that its doctrine names.
5. It answers questions about its own reports: they are maintained.

Each act follows `reaction` after what caused it. Nothing else is known to a cell than what it was delivered
and what its own sensors measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import degrees
from typing import Any, Final, NamedTuple

import numpy as np
import shapely

from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exercise.document import Nation
from synaspis.exercise.reading import Impact, content_of, impacts_of
from synaspis.fusion import Estimate, Picture, Report, update
from synaspis.geography import Countries
from synaspis.messages import Body, LaunchReport, TrackReport, Warning
from synaspis.messages.bodies import read_body
from synaspis.scenario import Scenario

MARGIN_M: Final = 30_000.0
"""Expected impacts so near to a country make it warn; assumed."""

WARNED_RADIUS_M: Final = 50_000.0
"""Radius of the area that a cell warns; assumed."""

REPORTED_SIGMA_M: Final = 20_000.0
"""A cell reports an impact that it knows to one sigma of so much; assumed."""

SAME_PLACE_M: Final = 150_000.0
SAME_TIME_US: Final = 120 * SECOND_US
"""Impacts nearer to each other than this in place and time are taken to be of one object; assumed."""

_WINDOW_SIGMAS: Final = 3.0
_WINDOW_LEAST_US: Final = 30 * SECOND_US
_CLEAR_AFTER_US: Final = 180 * SECOND_US
_METRES_A_DEGREE: Final = 111_195.0


class Act(NamedTuple):
    """Something that a cell will do: when, and how the message is made then; it may come to nothing."""

    due_us: int
    make: Callable[[int], Body | None]


@dataclass
class Cell:
    """One scripted cell. name: its partner id."""

    name: str
    nation: Nation
    scenario: Scenario
    serving: frozenset[str]
    _own: Picture = field(default_factory=Picture, init=False)
    _reported: set[int] = field(default_factory=set, init=False)
    _warned: list[Impact] = field(default_factory=list, init=False)
    _claimed: list[Impact] = field(default_factory=list, init=False)
    _claims_of_others: list[Impact] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        code = self.scenario.document.partners[self.name].country
        countries = Countries.load()
        self._land = countries.polygons(code) if code in countries.codes else None
        self._batteries = [
            asset
            for asset in self.scenario.batteries
            if asset.owner == self.name and asset.id in self.serving
        ]

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
            if max(_sigma_m(launch), _sigma_m(impact)) > REPORTED_SIGMA_M:
                continue
            self._reported.add(track.number)
            body = _report_of(launch, impact, report)
            yield Act(now_us, lambda _now_us, body=body: body)

    def take(self, event: Mapping[str, Any], centre: str, now_us: int) -> Iterator[Act]:
        """Take an event that the nation was delivered by a centre."""
        if event["type"] == "message":
            yield from self._answer(event, centre, now_us)
        for impact in impacts_of(event):
            if impact.time_us is None or impact.time_us <= now_us:
                continue
            yield from self._warn(impact, now_us)
            yield from self._claim(impact, now_us)

    def _answer(self, event: Mapping[str, Any], centre: str, now_us: int) -> Iterator[Act]:
        kind, sender, shown = content_of(event)
        if kind == "engagement-claim" and sender != self.name:
            self._claims_of_others += _impact_of_claim(shown)
        due_us = now_us + self._reaction_us
        if kind in self.nation.doctrine.acknowledges and sender != self.name:
            where = "about" if centre == "coordination" else "elsewhere"
            told = {"says": "seen", "role": "duty officer", where: [event["reference"]]}
            yield Act(due_us, lambda _now_us: read_body("acknowledgement", told))
        if kind == "ambiguity-query" and sender != self.name and "id" in event["message"]:
            said = {
                "query": event["message"]["id"],
                "position": "maintained",
                "answer": "The report rests on what our sensors measured; it stands.",
            }
            yield Act(due_us, lambda _now_us: read_body("ambiguity-answer", said))

    def _warn(self, impact: Impact, now_us: int) -> Iterator[Act]:
        if not self.nation.doctrine.warns or not self._is_ours(impact) or _among(impact, self._warned):
            return
        self._warned.append(impact)
        yield Act(now_us + self._reaction_us, lambda now_us: _warning(impact, now_us))
        assert impact.time_us is not None
        yield Act(impact.time_us + _CLEAR_AFTER_US, lambda _now_us: _all_clear(impact))

    def _claim(self, impact: Impact, now_us: int) -> Iterator[Act]:
        within = self.nation.doctrine.claims_within
        if within is None or impact.track is None or not self._batteries or _among(impact, self._claimed):
            return
        away_m = [
            impact.distance_m(degrees(asset.latitude_rad), degrees(asset.longitude_rad))
            for asset in self._batteries
        ]
        nearest = int(np.argmin(away_m))
        if away_m[nearest] > within.si:
            return
        self._claimed.append(impact)
        battery = self._batteries[nearest].id

        def make(now_us: int) -> Body | None:
            if _among(impact, self._claims_of_others):
                return None
            return _claim(impact, battery, now_us)

        yield Act(now_us + self._reaction_us, make)

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


def _among(impact: Impact, known: list[Impact]) -> bool:
    return any(same_object(impact, each) for each in known)


def _sigma_m(estimate: Estimate) -> float:
    (east, _), (_, north) = estimate.covariance_m2
    return float(np.sqrt(max(east, north)))


def _report_of(launch: Estimate, impact: Estimate, report: TrackReport) -> LaunchReport:
    return LaunchReport.model_validate(
        {
            "launch_time": _time_json(launch),
            "launch": _place_json(launch),
            "missile_class": report.missile_class,
            "impact": _place_json(impact),
            "impact_time": _time_json(impact),
            "sources": ["radar"],
        }
    )


def _place_json(estimate: Estimate) -> dict[str, Any]:
    (east, cross), (_, north) = estimate.covariance_m2
    return {
        "latitude_deg": round(degrees(estimate.latitude_rad), 5),
        "longitude_deg": round(degrees(estimate.longitude_rad), 5),
        "covariance_m2": [round(number, 1) for number in (east, cross, north)],
    }


def _time_json(estimate: Estimate) -> dict[str, Any]:
    return {"time": to_rfc3339(estimate.time_us), "sigma_s": max(round(estimate.time_sigma_s, 3), 0.001)}


def _window(impact: Impact) -> dict[str, str]:
    assert impact.time_us is not None
    half_us = max(round(_WINDOW_SIGMAS * impact.sigma_s * SECOND_US), _WINDOW_LEAST_US)
    return {"earliest": to_rfc3339(impact.time_us - half_us), "latest": to_rfc3339(impact.time_us + half_us)}


def _area(impact: Impact) -> dict[str, Any]:
    return {"centre": _point(impact), "radius_m": max(WARNED_RADIUS_M, impact.radius_m)}


def _point(impact: Impact) -> dict[str, float]:
    return {
        "latitude_deg": round(impact.latitude_deg, 4),
        "longitude_deg": round(impact.longitude_deg, 4),
    }


def _warning(impact: Impact, now_us: int) -> Body | None:
    if impact.time_us is None or impact.time_us <= now_us:
        return None
    told = {"level": "take-shelter", "area": _area(impact), "impact": _window(impact)}
    return Warning.model_validate(told)


def _all_clear(impact: Impact) -> Body:
    return Warning.model_validate({"level": "all-clear", "area": _area(impact)})


def _claim(impact: Impact, battery: str, now_us: int) -> Body | None:
    track = impact.track
    if track is None or impact.time_us is None or impact.time_us <= now_us:
        return None
    state: dict[str, Any] = {key: track[key] for key in ("time", "position_ecef_m", "velocity_ecef_m_s")}
    if "covariance" in track:
        state["covariance"] = track["covariance"]
    state |= {"impact_area": _area(impact), "impact_time": to_rfc3339(impact.time_us)}
    window = {"earliest": to_rfc3339(now_us), "latest": to_rfc3339(impact.time_us)}
    return read_body("engagement-claim", {"object": state, "battery": battery, "window": window})


def _impact_of_claim(shown: Mapping[str, Any]) -> list[Impact]:
    claimed = shown.get("object", {})
    area, time = claimed.get("impact_area"), claimed.get("impact_time")
    if area is None or time is None or area.get("centre") is None:
        return []
    place = area["centre"]
    return [Impact(place["latitude_deg"], place["longitude_deg"], from_rfc3339(time))]
