"""What the map formats are made from: marks, areas, places and tracks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import isfinite, pi
from typing import Final, TypeAlias

import shapely

from synaspis.engine.ephemeris import Ephemeris

Property: TypeAlias = str | int | float | bool | None

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
# XML 1.0 cannot carry these at all, so no format gets them.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Marks:
    """What every product says of itself.

    title: what is shown. classification, caveat: marking of the scenario. provenance: program version and
    scenario.
    """

    title: str
    classification: str = "UNCLASSIFIED"
    caveat: str = "NOTIONAL"
    provenance: str = ""

    def __post_init__(self) -> None:
        for text in (self.title, self.classification, self.caveat, self.provenance):
            _check_text(text)

    @property
    def line(self) -> str:
        """The marking in one line."""
        return f"{self.classification} // {self.caveat}"


@dataclass(frozen=True)
class Area:
    """Ground of one class, such as what is defended in one phase.

    name: for people. category: class, such as ``defended``. shape: longitude and latitude in degrees, -180 to
    180, cut at the 180th meridian (`merge_cells` makes it so); may be empty. phase: name of the phase, empty
    for all. begin, end: days between which it holds; None is open. properties: further facts, unit last in
    their names. colour: #rrggbb in small letters. opacity: 0 to 1.
    """

    name: str
    category: str
    shape: shapely.MultiPolygon
    phase: str = ""
    begin: date | None = None
    end: date | None = None
    properties: Mapping[str, Property] = field(default_factory=dict)
    colour: str = "#2b8cbe"
    opacity: float = 0.4

    def __post_init__(self) -> None:
        _check(self.name, self.category, self.phase, self.properties, self.colour, self.begin, self.end)
        if not 0.0 <= self.opacity <= 1.0:
            raise ValueError(f"{self.name}: opacity is {self.opacity}; allowed is 0 to 1")


@dataclass(frozen=True)
class Place:
    """A point: an asset or a launch point.

    name, category, phase, begin, end, properties, colour: as for `Area`.
    latitude_rad: -pi/2 to pi/2. longitude_rad: -pi to pi. height_m: above the ellipsoid, None if not known.
    """

    name: str
    category: str
    latitude_rad: float
    longitude_rad: float
    height_m: float | None = None
    phase: str = ""
    begin: date | None = None
    end: date | None = None
    properties: Mapping[str, Property] = field(default_factory=dict)
    colour: str = "#d95f02"

    def __post_init__(self) -> None:
        _check(self.name, self.category, self.phase, self.properties, self.colour, self.begin, self.end)
        for what, value, limit in (
            ("latitude", self.latitude_rad, pi / 2),
            ("longitude", self.longitude_rad, pi),
        ):
            if not abs(value) <= limit:
                raise ValueError(
                    f"{self.name}: {what} is {value} rad; allowed is {-limit:.4f} to {limit:.4f} rad"
                )
        if self.height_m is not None and not isfinite(self.height_m):
            raise ValueError(f"{self.name}: height is {self.height_m} m; it must be finite")


@dataclass(frozen=True)
class Track:
    """Path of one object in time.

    name, category, properties, colour: as for `Area`. epoch: with time zone; the seconds of the ephemeris
    count from it.
    """

    name: str
    category: str
    ephemeris: Ephemeris
    epoch: datetime
    properties: Mapping[str, Property] = field(default_factory=dict)
    colour: str = "#e7298a"

    def __post_init__(self) -> None:
        _check(self.name, self.category, "", self.properties, self.colour, None, None)
        if self.epoch.tzinfo is None:
            raise ValueError(f"{self.name}: the epoch {self.epoch.isoformat()} has no time zone; give it one")

    @property
    def span(self) -> tuple[datetime, datetime]:
        """First and last moment of the path, to 1 us."""
        first_s, last_s = float(self.ephemeris.time_s[0]), float(self.ephemeris.time_s[-1])
        return self.epoch + timedelta(seconds=first_s), self.epoch + timedelta(seconds=last_s)


def utc_text(moment: datetime) -> str:
    """Moment as the map formats write it, such as 2018-05-25T12:00:00.250000Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _check(
    name: str,
    category: str,
    phase: str,
    properties: Mapping[str, Property],
    colour: str,
    begin: date | None,
    end: date | None,
) -> None:
    """Refuse what one of the formats could not carry."""
    for text in (
        name,
        category,
        phase,
        *properties,
        *(each for each in properties.values() if isinstance(each, str)),
    ):
        _check_text(text)
    for key, value in properties.items():
        if isinstance(value, float) and not isfinite(value):
            raise ValueError(
                f"{name}: property {key} is {value}; it must be finite, or None if there is no value"
            )
    if _COLOUR.fullmatch(colour) is None:
        raise ValueError(f"{name}: colour is {colour!r}; allowed is #rrggbb in small letters")
    if begin is not None and end is not None and begin >= end:
        raise ValueError(f"{name}: begins on {begin} and ends on {end}; the end must be later")


def _check_text(text: str) -> None:
    if _CONTROL.search(text):
        raise ValueError(f"text {text!r} holds control characters, which the map formats cannot carry")
