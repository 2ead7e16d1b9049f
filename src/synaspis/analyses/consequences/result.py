"""What follows for those who live beneath: the result type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import shapely
import xarray as xr

from synaspis.analyses.assumptions import Assumption
from synaspis.analyses.consequences.ground import Ground, Overflight


@dataclass(frozen=True, eq=False)
class Fall:
    """Where the fragments of one kind of body come down, over all intercepts of a group.

    body: `missile` or `interceptor`. shape: all fall areas together, degrees, longitude first. area_m2: of
    it. single_area_m2: of the median intercept alone. countries: below it. people: below it, in cities.
    not_down: intercepts of which some fragment was not seen to come down.
    """

    body: str
    shape: shapely.Geometry
    area_m2: float
    single_area_m2: float
    countries: tuple[Ground, ...]
    people: int
    not_down: int


@dataclass(frozen=True, eq=False)
class Group:
    """The flights from one launch point that one battery meets first.

    owner: partner that decides about the battery. host: country that it stands in, None at sea.
    flights: how many. looked_at: how many of them were followed to the ground. altitude_m: least and greatest
    of the intercepts. places: (place, 2) longitude and latitude of the intercepts, degrees.
    """

    launch: str
    battery: str
    owner: str
    host: str | None
    flights: int
    looked_at: int
    altitude_m: tuple[float, float]
    places: tuple[tuple[float, float], ...]
    missile_over: tuple[Overflight, ...]
    interceptor_over: tuple[Overflight, ...]
    falls: tuple[Fall, ...]


@dataclass(frozen=True, eq=False)
class ConsequencesResult:
    """Whom the intercepts of one phase against one threat touch.

    engaged: flights that can be engaged. flown: all flights. standing: of each country that is touched, what
    it is in this case: `launching`, `owner`, `host`, `partner` or `third`. layer: Dataset (body, latitude,
    longitude) with the share of the intercepts whose fall area covers a cell. assumptions: of the fragments.
    """

    scenario: str
    phase: str
    threat: str
    sharing: str
    flown: int
    engaged: int
    groups: tuple[Group, ...]
    standing: Mapping[str, str]
    layer: xr.Dataset
    assumptions: tuple[Assumption, ...]

    def countries(self) -> list[dict[str, Any]]:
        """Each country that is touched: its standing, by what, and how many people live beneath fragments."""
        rows = []
        for code, standing in sorted(self.standing.items(), key=lambda item: (item[1] != "third", item[0])):
            row: dict[str, Any] = {"country": code, "standing": standing}
            for body in ("missile", "interceptor"):
                passes = [
                    over.lowest_altitude_m
                    for group in self.groups
                    for over in (group.missile_over if body == "missile" else group.interceptor_over)
                    if over.country == code
                ]
                grounds = [
                    ground
                    for group in self.groups
                    for fall in group.falls
                    if fall.body == body
                    for ground in fall.countries
                    if ground.country == code
                ]
                row[f"{body}_lowest_altitude_m"] = min(passes, default=None)
                row[f"{body}_fragments_share_most"] = max((ground.share for ground in grounds), default=0.0)
                row[f"{body}_fragments_people_most"] = max((ground.people for ground in grounds), default=0)
            rows.append(row)
        return rows

    def to_dict(self) -> dict[str, Any]:
        """The result as plain JSON values: what `--json` prints."""
        return {
            "scenario": self.scenario,
            "phase": self.phase,
            "threat": self.threat,
            "sharing": self.sharing,
            "flights": self.flown,
            "engaged": self.engaged,
            "countries": self.countries(),
            "groups": [_group(group) for group in self.groups],
            "assumptions": [asdict(each) | {"sources": list(each.sources)} for each in self.assumptions],
        }


def _group(group: Group) -> dict[str, Any]:
    return {
        "launch": group.launch,
        "battery": group.battery,
        "owner": group.owner,
        "host": group.host,
        "flights": group.flights,
        "looked_at": group.looked_at,
        "intercept_altitude_m": {"low": group.altitude_m[0], "high": group.altitude_m[1]},
        "missile_over": [asdict(over) for over in group.missile_over],
        "interceptor_over": [asdict(over) for over in group.interceptor_over],
        "falls": [
            {
                "body": fall.body,
                "area_m2": fall.area_m2,
                "single_area_m2": fall.single_area_m2,
                "sea_share": max(0.0, 1.0 - sum(ground.share for ground in fall.countries)),
                "people": fall.people,
                "not_down": fall.not_down,
                "countries": [asdict(ground) for ground in fall.countries],
            }
            for fall in group.falls
        ],
    }
