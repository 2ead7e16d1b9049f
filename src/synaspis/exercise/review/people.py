"""Who lives under an impact, who of them was warned, and how long before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians
from typing import Any, Final

import numpy as np

from synaspis.core.clock import from_rfc3339
from synaspis.exchange.release.correlation import distance_to_area_m
from synaspis.exercise.cells import SAME_TIME_US
from synaspis.exercise.review.record import Record, Sent
from synaspis.exercise.truth import TrueFlight, instant_us
from synaspis.geography import cities, geodesic_inverse
from synaspis.messages import Area

ENDANGERED_RADIUS_M: Final = 50_000.0
"""People are counted who live within this distance of the true impact."""


@dataclass(frozen=True)
class Warned:
    """What one nation's people under one flight had of a warning.

    people: inhabitants of its cities of 15,000 and more within `ENDANGERED_RADIUS_M` of the true impact.
    warned: those of them who were also in the area of a warning `take-shelter` that their own nation gave in
    time. person_minutes: sum over them of the minutes from the first such warning to the impact. first_s:
    from the first warning to the impact, None without one.
    """

    flight: str
    nation: str
    people: int
    warned: int
    person_minutes: float
    first_s: float | None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "flight": self.flight,
            "nation": self.nation,
            "people": self.people,
            "warned": self.warned,
            "person_minutes": round(self.person_minutes, 1),
            "first_warning_before_impact_s": self.first_s,
        }


def warned(record: Record) -> tuple[list[Warned], dict[str, int]]:
    """For each flight and nation with people under it what they had, and people of nobody who takes part."""
    partners = record.loaded.scenario.document.partners
    nations = {partners[name].country: name for name in record.loaded.document.nations}
    rows: list[Warned] = []
    others: dict[str, int] = {}
    for flight_id, launch_us in record.launched.items():
        flight = record.flights[flight_id]
        table = cities()
        near = np.flatnonzero(_away_m(flight) <= ENDANGERED_RADIUS_M)
        for code in sorted({str(each) for each in table.country[near]}):
            own = near[table.country[near] == code]
            if code in nations:
                rows.append(_warned(record, flight, launch_us, nations[code], own))
            else:
                others[flight_id] = others.get(flight_id, 0) + int(table.population[own].sum())
    return rows, others


def _warned(
    record: Record, flight: TrueFlight, launch_us: int, nation: str, own: np.ndarray[Any, Any]
) -> Warned:
    table = cities()
    impact_us = instant_us(launch_us, flight.impact_s)
    minutes = np.zeros(own.size)
    first_s: float | None = None
    for sent in record.sent:
        if sent.sender != nation or not speaks_of(sent, launch_us, impact_us):
            continue
        area = Area.model_validate(sent.body["area"])
        inside = np.array(
            [
                distance_to_area_m(
                    float(np.degrees(table.latitude_rad[city])),
                    float(np.degrees(table.longitude_rad[city])),
                    area,
                )
                <= 0.0
                for city in own
            ]
        )
        if inside.any():
            before_s = (impact_us - sent.at_us) / 1e6
            minutes = np.maximum(minutes, np.where(inside, before_s / 60.0, 0.0))
            first_s = before_s if first_s is None else max(first_s, before_s)
    people = table.population[own]
    return Warned(
        flight.id,
        nation,
        int(people.sum()),
        int(people[minutes > 0.0].sum()),
        float((people * minutes).sum()),
        first_s,
    )


def speaks_of(sent: Sent, launch_us: int, impact_us: int) -> bool:
    """Whether a message is a warning to take shelter from an impact at an instant, given after the launch."""
    if sent.kind != "warning" or sent.body["level"] != "take-shelter":
        return False
    window: Mapping[str, str] | None = sent.body.get("impact")
    if window is None or not launch_us <= sent.at_us < impact_us:
        return False
    slack_us = SAME_TIME_US
    begins, ends = from_rfc3339(window["earliest"]), from_rfc3339(window["latest"])
    return begins - slack_us <= impact_us <= ends + slack_us


def _away_m(flight: TrueFlight) -> np.ndarray[Any, Any]:
    table = cities()
    latitude, longitude = map(radians, flight.impact_deg)
    return np.asarray(
        geodesic_inverse(latitude, longitude, table.latitude_rad, table.longitude_rad).distance_m
    )
