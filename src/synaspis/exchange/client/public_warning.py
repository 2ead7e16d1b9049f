"""Public warning from a partner's own picture: alerts for its areas while an impact is expected there.

A state warns its people itself, from what the centre released to it and nothing else. So this is a function
of the events of one feed: the same events give the same alerts, and none tells more than the feed did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import hypot, pi, radians, sqrt
from typing import Any, Final

import numpy as np
import shapely

from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.gateways.cap import Alert, AlertKind, AlertName
from synaspis.geography import geodesic_direct

CHI2_95: Final = 5.991
"""95 % point of chi-square with two degrees of freedom, for the ellipse that holds the impact so often."""

RADIUS_LEAST_M: Final = 5_000.0
"""An alert is for no less: debris and the model of flight are not in the covariance."""

RADIUS_UNKNOWN_M: Final = 50_000.0
"""Radius where the impact point is released without its covariance; assumed, and said in the alert."""

SIGMA_UNKNOWN_S: Final = 30.0
"""Standard deviation of the impact time in the same case; assumed."""

RENEW_US: Final = 30 * SECOND_US
"""An alert is renewed so often while nothing else changes, so that the time to impact stays true."""

MOVED_SHARE: Final = 0.5
"""An alert is renewed at once if the impact point moved by this share of the ellipse's long half axis."""

LATER_S: Final = 10.0
"""The same if the impact time changed by more than this."""

OVER_US: Final = 600 * SECOND_US
"""All clear so long after the expected impact."""

_RING_POINTS: Final = 36


@dataclass(frozen=True, slots=True)
class Danger:
    """Where and when one track is expected to come down.

    latitude_rad, longitude_rad: middle. covariance_m2: east-east, east-north, north-north, or None if it was
    not released. time_us, sigma_s: of the impact. known: whether the time's deviation was released.
    """

    latitude_rad: float
    longitude_rad: float
    covariance_m2: tuple[float, float, float] | None
    time_us: int
    sigma_s: float

    @property
    def half_axes_m(self) -> tuple[float, float, float]:
        """Half axes of the 95 % ellipse, long and short, and the azimuth of the long one (radians)."""
        if self.covariance_m2 is None:
            return RADIUS_UNKNOWN_M, RADIUS_UNKNOWN_M, 0.0
        east, cross, north = self.covariance_m2
        middle, spread = 0.5 * (east + north), hypot(0.5 * (east - north), cross)
        long_m = max(sqrt(CHI2_95 * (middle + spread)), RADIUS_LEAST_M)
        short_m = max(sqrt(CHI2_95 * max(middle - spread, 0.0)), RADIUS_LEAST_M)
        # Angle of the long axis from north over east: tan 2a = 2 cov(e, n) / (var(n) - var(e)).
        return long_m, short_m, 0.5 * float(np.arctan2(2.0 * cross, north - east))

    def outline(self) -> shapely.Polygon:
        """The ellipse on the ground, longitude and latitude in degrees, without a jump at 180 degrees."""
        return _ellipse(self.latitude_rad, self.longitude_rad, *self.half_axes_m)


@dataclass(slots=True)
class _Standing:
    """An alert that stands: its names so far, the danger that it tells of, when it was last given."""

    names: list[AlertName]
    danger: Danger
    polygons: tuple[tuple[tuple[float, float], ...], ...]
    given_us: int
    exercise: str | None


@dataclass
class WarningDesk:
    """Turns the events of one partner's feed into alerts for its areas.

    partner: whose feed and areas. areas: name to polygon, longitude and latitude in degrees.
    """

    partner: str
    areas: Mapping[str, shapely.Geometry]
    _standing: dict[tuple[str, str], _Standing] = field(default_factory=dict)
    _count: int = 0

    def take(self, event: Mapping[str, Any]) -> list[Alert]:
        """Take one event of the feed, in order; returns the alerts that follow from it.

        event: as decoded from the feed. An event that tells of no impact gives none but the all clear of
        alerts whose time is over.
        """
        at_us = from_rfc3339(event["at"])
        alerts = list(self._over(at_us))
        exercise = event.get("exercise") or (event.get("message") or {}).get("exercise")
        for track, danger in _dangers(event):
            alerts += self._judge(track, danger, at_us, exercise)
        return alerts

    def _judge(self, track: str, danger: Danger, at_us: int, exercise: str | None) -> Iterator[Alert]:
        outline = danger.outline()
        for area, land in self.areas.items():
            standing = self._standing.get((track, area))
            polygons = _rings(outline, land)
            if not polygons:
                if standing is not None:
                    del self._standing[track, area]
                    yield self._give("Cancel", area, standing, at_us)
            elif standing is None:
                standing = _Standing([], danger, polygons, at_us, exercise)
                self._standing[track, area] = standing
                yield self._give("Alert", area, standing, at_us)
            elif at_us - standing.given_us >= RENEW_US or _changed(standing.danger, danger):
                standing.danger, standing.polygons, standing.given_us = danger, polygons, at_us
                yield self._give("Update", area, standing, at_us)

    def _over(self, at_us: int) -> Iterator[Alert]:
        for (track, area), standing in list(self._standing.items()):
            if at_us - standing.danger.time_us > OVER_US:
                del self._standing[track, area]
                yield self._give("Cancel", area, standing, at_us)

    def _give(self, kind: AlertKind, area: str, standing: _Standing, at_us: int) -> Alert:
        self._count += 1
        name = AlertName(f"synaspis.{self.partner}", f"{self.partner}-{self._count}", at_us)
        earlier = tuple(standing.names[-1:])
        standing.names.append(name)
        return Alert(
            name=name,
            kind=kind,
            area=area,
            polygons=standing.polygons,
            impact_us=standing.danger.time_us,
            impact_sigma_s=standing.danger.sigma_s,
            source=_source(standing.danger),
            earlier=earlier,
            exercise=standing.exercise,
        )


def circle(latitude_rad: float, longitude_rad: float, radius_m: float) -> shapely.Polygon:
    """An area within a distance of a place, longitude and latitude in degrees, for `WarningDesk`."""
    return _ellipse(latitude_rad, longitude_rad, radius_m, radius_m, 0.0)


def _ellipse(
    latitude_rad: float, longitude_rad: float, long_m: float, short_m: float, azimuth_rad: float
) -> shapely.Polygon:
    angle = np.linspace(0.0, 2.0 * pi, _RING_POINTS, endpoint=False)
    along, across = long_m * np.cos(angle), short_m * np.sin(angle)
    ring = geodesic_direct(
        latitude_rad, longitude_rad, azimuth_rad + np.arctan2(across, along), np.hypot(along, across)
    )
    turn = np.angle(np.exp(1j * (ring.longitude_rad - longitude_rad)))
    return shapely.Polygon(np.degrees(np.stack((longitude_rad + turn, ring.latitude_rad), axis=1)))


def _source(danger: Danger) -> str:
    basis = (
        "95 % ellipse"
        if danger.covariance_m2 is not None
        else "assumed radius of 50 km, no covariance released"
    )
    return f"Tracks released by the data exchange centre, {basis}"


def _dangers(event: Mapping[str, Any]) -> Iterator[tuple[str, Danger]]:
    """Yield the name of each track of which an event tells the impact, and what it tells.

    A track that has ended fell silent, which is no all clear: what it was to hit stays warned until the time
    of the impact is over.
    """
    if event.get("type") == "picture":
        for track in event["tracks"]:
            if track["status"] != "ended" and (place := track.get("impact")) is not None:
                name = f"picture/{event.get('exercise', '')}/{track['number']}"
                yield name, _danger(place, place["time"])
    elif event.get("type") == "message" and "track" in event:
        shown = event.get("extract") or {}
        place, time = shown.get("impact"), shown.get("impact_time")
        if place is not None and time is not None:
            yield f"source/{event['track']}", _danger(place, time["time"])


def _danger(place: Mapping[str, Any], time: str) -> Danger:
    given = place.get("covariance_m2")
    return Danger(
        radians(place["latitude_deg"]),
        radians(place["longitude_deg"]),
        None if given is None else (given[0], given[1], given[2]),
        from_rfc3339(time),
        float(place.get("sigma_s", SIGMA_UNKNOWN_S)),
    )


def _changed(former: Danger, now: Danger) -> bool:
    if abs(now.time_us - former.time_us) > LATER_S * SECOND_US:
        return True
    north_m = (now.latitude_rad - former.latitude_rad) * 6.371e6
    east_m = (now.longitude_rad - former.longitude_rad) * 6.371e6 * float(np.cos(now.latitude_rad))
    return hypot(north_m, east_m) > MOVED_SHARE * former.half_axes_m[0]


def _rings(outline: shapely.Polygon, land: shapely.Geometry) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Outer rings of what an ellipse and an area have in common, latitude and longitude in radians."""
    # A map may draw land beyond 180 degrees on either side; the ellipse is looked for there too.
    points = shapely.get_coordinates(outline)
    around = shapely.polygons([points + np.array([turn, 0.0]) for turn in (-360.0, 0.0, 360.0)])
    common = shapely.get_parts(shapely.intersection(around, land))
    parts = [part for part in common if part.geom_type == "Polygon" and not part.is_empty]
    return tuple(
        tuple((radians(latitude), radians(longitude)) for longitude, latitude in part.exterior.coords)
        for part in parts
    )
