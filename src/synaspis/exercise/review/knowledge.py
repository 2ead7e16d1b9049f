"""Who knew what of each flight, when, by which product at which quality, and under which clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import radians
from typing import Any, Final

import numpy as np

from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.exercise.cells import SAME_PLACE_M, SAME_TIME_US
from synaspis.exercise.reading import Impact, content_of, impacts_of
from synaspis.exercise.review.record import Delivered, Record
from synaspis.exercise.truth import TrueFlight, instant_us
from synaspis.geography import geodesic_inverse
from synaspis.messages import PRODUCTS

TRACK_GATE_M: Final = 30_000.0
"""A track is of a flight when it is nearer to it than this, or than five sigmas of its place."""

LAUNCH_GATE_M: Final = 100_000.0
LAUNCH_GATE_US: Final = 300 * SECOND_US
"""A report or a notification is of a flight whose launch is nearer than this in place and time."""

_SIGMAS: Final = 5.0


@dataclass(frozen=True)
class Told:
    """What one event told a nation of one flight.

    what: notification, report, track, impact or warning. quality: level of release. why: clauses as
    ``agreement/clause``; empty for what is the nation's own.
    """

    flight: str
    nation: str
    what: str
    known_us: int
    product: str
    quality: str
    sender: str
    why: tuple[str, ...]

    def to_dict(self, launch_us: int, impact_us: int) -> dict[str, Any]:
        """As plain JSON values; times in seconds after launch and before impact."""
        return {
            "what": self.what,
            "after_launch_s": (self.known_us - launch_us) / SECOND_US,
            "before_impact_s": (impact_us - self.known_us) / SECOND_US,
            "product": self.product,
            "quality": self.quality,
            "sender": self.sender,
            "why": list(self.why),
        }


WHATS: Final = ("notification", "report", "track", "impact", "warning")
"""Steps of knowing a flight: announced, reported, tracked, its impact expected, warned of by somebody."""


def knowledge(record: Record) -> dict[tuple[str, str], dict[str, Told]]:
    """For each nation and flight the first event of each step that told it; missing steps were never told."""
    found: dict[tuple[str, str], dict[str, Told]] = {}
    for nation, events in record.delivered.items():
        for delivered in events:
            for told in told_by(record, nation, delivered):
                steps = found.setdefault((nation, told.flight), {})
                steps.setdefault(told.what, told)
    return found


def told_by(record: Record, nation: str, delivered: Delivered) -> Iterator[Told]:
    """What an event told its recipient of any flight that was launched."""
    event = delivered.event
    if event["type"] == "picture":
        for track in event["tracks"]:
            for flight in record.launched:
                if is_track_of(track, record.flights[flight], record.launched[flight]):
                    yield from _told_by_track(nation, flight, delivered, track)
    elif event["type"] == "message":
        yield from _told_by_message(record, nation, delivered)


def _told_by_track(
    nation: str, flight: str, delivered: Delivered, track: Mapping[str, Any]
) -> Iterator[Told]:
    sender = ", ".join(track["sources"])
    whats = ("track", "impact") if track.get("impact") else ("track",)
    for what in whats:
        yield Told(
            flight, nation, what, delivered.known_us, "track", track["quality"], sender, _why(track["why"])
        )


def _told_by_message(record: Record, nation: str, delivered: Delivered) -> Iterator[Told]:
    event = delivered.event
    kind, sender, shown = content_of(event)
    impacts = list(impacts_of(event))
    for flight_id, launch_us in record.launched.items():
        flight = record.flights[flight_id]
        whats = []
        if kind in ("pre-launch-notification", "post-launch-notification"):
            whats += ["notification"] * _announces(shown, flight, launch_us)
        elif kind == "launch-report" and _reports(shown, flight, launch_us):
            whats.append("report")
        if any(is_impact_of(impact, flight, launch_us) for impact in impacts):
            whats.append("warning" if kind == "warning" else "impact")
        for what in whats:
            product = PRODUCTS.get(kind, "consultation")
            why = _why(event["why"])
            yield Told(flight_id, nation, what, delivered.known_us, product, event["quality"], sender, why)


def is_track_of(track: Mapping[str, Any], flight: TrueFlight, launch_us: int) -> bool:
    """Whether a track of a picture is where a flight really was at the instant of the track."""
    after_s = (from_rfc3339(track["time"]) - launch_us) / SECOND_US
    position, _ = flight.path.at(after_s)
    if not np.isfinite(position).all():
        return False
    away_m = float(np.linalg.norm(np.asarray(track["position_ecef_m"]) - position))
    covariance = track.get("covariance")
    sigma_m = 0.0 if covariance is None else float(max(covariance[at] for at in (0, 2, 5))) ** 0.5
    return away_m <= max(TRACK_GATE_M, _SIGMAS * sigma_m)


def is_impact_of(impact: Impact, flight: TrueFlight, launch_us: int) -> bool:
    """Whether an expected impact is where and when a flight really comes down."""
    if impact.time_us is None:
        return False
    off_us = abs(impact.time_us - instant_us(launch_us, flight.impact_s))
    return off_us <= SAME_TIME_US and impact.distance_m(*flight.impact_deg) <= SAME_PLACE_M


def _reports(shown: Mapping[str, Any], flight: TrueFlight, launch_us: int) -> bool:
    time, place = shown.get("launch_time"), shown.get("launch")
    if time is None or place is None:
        return False
    near_in_time = abs(from_rfc3339(time["time"]) - launch_us) <= LAUNCH_GATE_US
    return near_in_time and _away_m(place, flight) <= LAUNCH_GATE_M


def _announces(shown: Mapping[str, Any], flight: TrueFlight, launch_us: int) -> bool:
    area = shown.get("launch_area") or {}
    centre = area.get("centre") or next(iter(area.get("boundary", ())), None)
    window = shown.get("window") or {"earliest": shown.get("launch_time"), "latest": shown.get("launch_time")}
    if centre is None or window["earliest"] is None:
        return False
    begins, ends = from_rfc3339(window["earliest"]), from_rfc3339(window["latest"])
    in_time = begins - LAUNCH_GATE_US <= launch_us <= ends + LAUNCH_GATE_US
    return in_time and _away_m(centre, flight) <= LAUNCH_GATE_M + area.get("radius_m", 0.0)


def _away_m(place: Mapping[str, Any], flight: TrueFlight) -> float:
    ends = (place["latitude_deg"], place["longitude_deg"], *flight.launch_deg)
    return float(geodesic_inverse(*map(radians, ends)).distance_m)


def _why(why: Any) -> tuple[str, ...]:
    return tuple(f"{each['agreement']}/{each['clause']}" for each in why)
