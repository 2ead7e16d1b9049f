"""What really flies in an exercise, and which sensors of the scenario have it in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import degrees
from typing import Any, Final

import numpy as np

from synaspis.analyses.fly import Flight, fly_lofted, fly_to
from synaspis.catalogue import Flight as PublishedFlight
from synaspis.catalogue import Missile
from synaspis.core.clock import SECOND_US
from synaspis.core.errors import Fault, InputError
from synaspis.engagement import NEVER_S, observe
from synaspis.engine.ephemeris import Ephemeris
from synaspis.engine.parameters import Floats
from synaspis.exercise.document import Flight as FlightEntry
from synaspis.exercise.loader import Loaded
from synaspis.geography import geodesic_inverse
from synaspis.messages.fields import MissileClass
from synaspis.scenario import PlacedAsset, radar_arrays, satellite_arrays

LOFTED: Final = "notional-loft"
"""Missile whose boost is scaled to a published flight."""

_NODES: Final = 400
_CLASSES: Final = ("icbm", "slbm", "irbm", "mrbm", "srbm")
_UPPER_RANGES_M: Final = ((1_000e3, "srbm"), (3_000e3, "mrbm"), (5_500e3, "irbm"))
"""Usual bounds of the classes by range; a published flight is of the class of its standard range, if it
has one."""


@dataclass(frozen=True, eq=False)
class View:
    """When one radar holds a firm track of a flight, seconds after launch."""

    asset: PlacedAsset
    firm_s: float
    lost_s: float


@dataclass(frozen=True, eq=False)
class Sighting:
    """When one satellite reports a flight, seconds after launch."""

    asset: PlacedAsset
    report_s: float


@dataclass(frozen=True, eq=False)
class TrueFlight:
    """One flight of an exercise; times are seconds after its launch.

    launch_deg: latitude and longitude. missile_class: generic class as messages have it. missile: gives the
    radar cross-sections.
    """

    id: str
    launch_deg: tuple[float, float]
    missile_class: MissileClass
    missile: Missile
    flown: Flight

    @property
    def path(self) -> Ephemeris:
        """From launch to impact."""
        assert self.flown.ephemeris is not None
        return self.flown.ephemeris

    @property
    def impact_s(self) -> float:
        """Time of flight."""
        assert self.flown.time_of_flight_s is not None
        return self.flown.time_of_flight_s

    @property
    def impact_deg(self) -> tuple[float, float]:
        """Latitude and longitude of the impact."""
        assert self.flown.impact_latitude_rad is not None
        assert self.flown.impact_longitude_rad is not None
        return degrees(self.flown.impact_latitude_rad), degrees(self.flown.impact_longitude_rad)

    @cached_property
    def azimuth_deg(self) -> float:
        """Direction from launch to impact, from north over east."""
        ends = np.radians([*self.launch_deg, *self.impact_deg])
        return degrees(float(geodesic_inverse(*ends).azimuth_start_rad)) % 360.0

    def views(self, radars: Sequence[PlacedAsset]) -> list[View]:
        """When each of some radars holds a firm track; those that never do are left out."""
        if not radars:
            return []
        tracks = observe(*self._nodes, radar_arrays(radars, self.missile), satellite_arrays(()))
        return [
            View(asset, float(firm_s), float(lost_s))
            for asset, firm_s, lost_s in zip(radars, tracks.firm_s[0], tracks.lost_s[0], strict=True)
            if firm_s < NEVER_S
        ]

    def sightings(self, satellites: Sequence[PlacedAsset]) -> list[Sighting]:
        """When each of some satellites reports the launch; those that never do are left out."""
        if not satellites:
            return []
        tracks = observe(*self._nodes, radar_arrays((), self.missile), satellite_arrays(satellites))
        return [
            Sighting(asset, float(report_s))
            for asset, report_s in zip(satellites, tracks.report_s[0], strict=True)
            if report_s < NEVER_S
        ]

    @cached_property
    def _nodes(self) -> tuple[Floats, Floats]:
        time_s = np.linspace(self.path.time_s[0], self.path.time_s[-1], _NODES)
        position, velocity = self.path.at(time_s)
        nodes = np.concatenate([time_s[None, :], position.T, velocity.T])[None]
        burnout_s = self.path.events.get("burnout", float(self.path.time_s[0]))
        return np.ascontiguousarray(nodes), np.array([burnout_s])


def true_flights(loaded: Loaded) -> dict[str, TrueFlight]:
    """Fly every flight of an exercise. Raises InputError for each that cannot be flown."""
    faults: list[Fault] = []
    flown: dict[str, TrueFlight] = {}
    for name, entry in loaded.document.flights.items():
        missile, kind, flight = _fly(loaded, entry)
        if flight.ephemeris is None:
            what = f"the flight cannot be flown: {flight.status.sentence}"
            remedy = "Move its launch or aim, or name another class."
            faults.append(Fault(what, f"flights.{name}", remedy, str(loaded.path)))
            continue
        place = entry.launch
        launch_deg = (degrees(place.latitude.si), degrees(place.longitude.si))
        flown[name] = TrueFlight(name, launch_deg, kind, missile, flight)
    if faults:
        raise InputError(faults)
    return flown


def _fly(loaded: Loaded, entry: FlightEntry) -> tuple[Missile, Any, Flight]:
    """The missile, its generic class, and its flight."""
    find = loaded.scenario.catalogue.find
    start = (entry.launch.latitude.si, entry.launch.longitude.si)
    if entry.missile is not None:
        assert entry.aim is not None
        missile = find(entry.missile)
        assert isinstance(missile, Missile)
        prefix = entry.missile.partition("-")[0]
        kind = prefix if prefix in _CLASSES else "unknown"
        return missile, kind, fly_to(missile, *start, entry.aim.latitude.si, entry.aim.longitude.si)
    assert entry.published is not None
    assert entry.azimuth is not None
    published, booster = find(entry.published), find(LOFTED)
    assert isinstance(published, PublishedFlight)
    assert isinstance(booster, Missile)
    assert published.apogee is not None
    kind = "unknown"
    if (standard := published.standard_range) is not None:
        kind = next((name for bound, name in _UPPER_RANGES_M if standard.si < bound), "icbm")
    flight = fly_lofted(booster, published.apogee.si, published.range.si, entry.azimuth.si, *start)
    return booster, kind, flight


def instant_us(launch_us: int, after_s: float) -> int:
    """Instant of a time after launch; microseconds since the epoch."""
    return launch_us + round(after_s * SECOND_US)
