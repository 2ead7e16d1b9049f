"""Whether what stands on land is on land, and what swims is at sea."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import degrees
from typing import Any, Final, NamedTuple

import numpy as np
from pydantic import TypeAdapter, ValidationError

from synaspis.core.documents import Document, FieldPath
from synaspis.core.errors import Fault
from synaspis.geography import SEA, Countries, geodesic_direct
from synaspis.scenario.asset import Latitude, Longitude
from synaspis.scenario.surroundings import Surroundings, table

COAST_TOLERANCE_M: Final = 5_000.0
"""A place this near to a coast passes as land and as sea: the map draws coasts about 1 km off and leaves out
small islands and harbours."""

_BEARINGS: Final = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
_LATITUDE: Final[TypeAdapter[Any]] = TypeAdapter(Latitude)
_LONGITUDE: Final[TypeAdapter[Any]] = TypeAdapter(Longitude)


class _Claimed(NamedTuple):
    """A place that a document puts on land or at sea. what: how to call it."""

    what: str
    path: FieldPath
    latitude_rad: float
    longitude_rad: float
    at_sea: bool
    remedy: str


def territory_faults(document: Document, surroundings: Surroundings, countries: Countries) -> list[Fault]:
    """Faults of land sites and launch points in the sea, and of ship stations on land.

    Places whose coordinates are faulty themselves are passed over: the schema reports them. All places are
    looked up together, because one look-up costs about as much as a thousand.
    """
    claimed = list(_places(document, surroundings))
    if not claimed:
        return []
    latitude = np.array([place.latitude_rad for place in claimed])
    longitude = np.array([place.longitude_rad for place in claimed])
    around = geodesic_direct(latitude[:, None], longitude[:, None], _BEARINGS[None, :], COAST_TOLERANCE_M)
    land = (
        countries.country_at(
            np.column_stack([latitude, around.latitude_rad]),
            np.column_stack([longitude, around.longitude_rad]),
        )
        != SEA
    )
    all_land, all_sea = land.all(axis=1), ~land.any(axis=1)
    return [
        document.fault(
            f"{place.what} at {degrees(place.latitude_rad):.3f} deg, {degrees(place.longitude_rad):.3f} deg "
            f"is {'on land' if place.at_sea else 'in the sea'}",
            place.path,
            place.remedy,
        )
        for place, inland, offshore in zip(claimed, all_land, all_sea, strict=True)
        if (inland if place.at_sea else offshore)
    ]


def _places(document: Document, surroundings: Surroundings) -> Iterator[_Claimed]:
    order = "Check the order (latitude, then longitude, north and east positive)."
    for name, asset in table(document, "assets").items():
        if not isinstance(asset, Mapping):
            continue
        site = surroundings.site(asset.get("site"))
        if site is not None:
            at_sea = site.kind == "ship-station"
            what = f"the {'ship station' if at_sea else 'land site'} {site.id!r}"
            spot = (site.latitude.si, site.longitude.si)
            yield _Claimed(
                what, ("assets", name, "site"), *spot, at_sea, "Correct the site in its catalogue."
            )
        place = asset.get("place")
        where = _coordinates(place)
        if isinstance(place, Mapping) and where is not None:
            at_sea = place.get("at_sea") is True
            what = "the ship station" if at_sea else "the land site"
            other = "Or say `at_sea: false`." if at_sea else "Or say `at_sea: true` for a ship."
            yield _Claimed(what, ("assets", name, "place"), *where, at_sea, f"{order} {other}")
    for name, area in table(document, "launch_areas").items():
        points = area.get("points") if isinstance(area, Mapping) else None
        for number, point in enumerate(points if isinstance(points, tuple) else ()):
            where = _coordinates(point)
            if where is not None:
                what = f"the launch point {point.get('name', number)!r}"
                yield _Claimed(what, ("launch_areas", name, "points", number), *where, False, order)


def _coordinates(place: Any) -> tuple[float, float] | None:
    """Latitude and longitude in radians of a place as read; None if they are missing or faulty."""
    if not isinstance(place, Mapping):
        return None
    try:
        latitude = _LATITUDE.validate_python(place.get("latitude"))
        longitude = _LONGITUDE.validate_python(place.get("longitude"))
    except ValidationError:
        return None
    return float(latitude.si), float(longitude.si)
