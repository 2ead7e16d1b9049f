"""What simulated sensors report of a true flight: noise, bias, delay, and covariances that are honest.

Each sensor has a stream of chance of its own, and every report draws from it whether it is sent or not: an
outage of one sensor changes nothing of what another, or the same one later, reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Any, Final

import numpy as np

from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.engine.parameters import Floats
from synaspis.exercise.nations import Sensor
from synaspis.exercise.truth import Sighting, TrueFlight, View, instant_us
from synaspis.geography import geodesic_direct
from synaspis.messages import Body, LaunchReport, TrackReport, lower_triangle
from synaspis.scenario import PlacedAsset

LAUNCH_TIME_SIGMA_S: Final = 2.0
"""One sigma of the time of launch that a satellite gives; assumed."""

AZIMUTH_SIGMA_DEG: Final = 3.0
"""One sigma of the direction that a satellite gives; assumed."""

_QUALITY: Final = 0.98
_LAST_S: Final = 3.0  # before impact: a state that is reported later would lie below the ground


@dataclass(frozen=True)
class Planned:
    """A report that a sensor will send unless something keeps it from it.

    measured_us: instant of the measurement, on which outages are judged. send_us: when it is sent.
    """

    sensor: str
    measured_us: int
    send_us: int
    body: Body


def radar_reports(
    flight: TrueFlight,
    view: View,
    sensor: Sensor,
    launch_us: int,
    track: str,
    chance: np.random.Generator,
) -> Iterator[Planned]:
    """Reports of a radar while it holds a firm track of a flight that is burnt out.

    track: the radar's own name of it.

    In each interval the radar measures place twice, half an interval apart; the later measurement is the
    position, their difference over the time between them the error of the velocity. With the covariance C of
    one measurement and the time h between two, that of the state is ((C, C/h), (C/h, 2C/h^2)), and no
    measurement is in two reports: they are tracklets.
    """
    assert sensor.range_sigma is not None
    assert sensor.angle_sigma is not None
    interval_s = sensor.interval.si
    between_s = 0.5 * interval_s
    last_s = min(view.lost_s, flight.impact_s - _LAST_S)
    shift = _Biased(view.asset, sensor)
    # As in `engagement`, a track is of use from burnout on: before, nothing tells where it will come down.
    first_s = max(view.firm_s, flight.path.events.get("burnout", 0.0))
    for time_s in np.arange(first_s + interval_s, last_s, interval_s):
        position, velocity = flight.path.at(float(time_s))
        axes, distance_m = _line_of_sight(view.asset, position)
        sigmas_m = np.array([sensor.range_sigma.si, *(2 * [sensor.angle_sigma.si * distance_m])])
        spread = axes.T @ np.diag(sigmas_m**2) @ axes
        first, second = (sigmas_m * chance.standard_normal((2, 3))) @ axes
        covariance = np.block(
            [[spread, spread / between_s], [spread / between_s, 2.0 * spread / between_s**2]]
        )
        measured_us = instant_us(launch_us, float(time_s))
        yield Planned(
            view.asset.id,
            measured_us,
            measured_us + round(sensor.delay.si * SECOND_US),
            TrackReport(
                track=track,
                time=to_rfc3339(measured_us),
                position_ecef_m=_rounded(shift.position(position) + second, 2),
                velocity_ecef_m_s=_rounded(shift.velocity(velocity) + (second - first) / between_s, 3),
                covariance=lower_triangle(covariance),
                estimate="tracklet",
                sensor="radar",
                quality=_QUALITY,
                missile_class=flight.missile_class,
            ),
        )


class _Biased:
    """Truth as a radar with a bias has it: turned in azimuth about the radar, and stretched in range."""

    def __init__(self, asset: PlacedAsset, sensor: Sensor) -> None:
        self._site = geodetic_to_ecef(asset.latitude_rad, asset.longitude_rad, asset.height_m)
        east, north, up = local_axes_ecef(asset.latitude_rad, asset.longitude_rad)
        turn = sensor.bias.azimuth.si
        self._axes = np.stack([east, north, up])
        self._turn = np.array([[cos(turn), sin(turn), 0.0], [-sin(turn), cos(turn), 0.0], [0.0, 0.0, 1.0]])
        self._range_m = sensor.bias.range.si

    def position(self, position: Floats) -> Floats:
        away = self.velocity(position - self._site)
        distance_m = float(np.linalg.norm(away))
        return np.asarray(self._site + away * (1.0 + self._range_m / distance_m))

    def velocity(self, velocity: Floats) -> Floats:
        return np.asarray(self._axes.T @ (self._turn @ (self._axes @ velocity)))


def _line_of_sight(asset: PlacedAsset, position: Floats) -> tuple[Floats, float]:
    """Axes along the line of sight, to its right and above it (rows, ECEF), and the distance."""
    site = geodetic_to_ecef(asset.latitude_rad, asset.longitude_rad, asset.height_m)
    up = local_axes_ecef(asset.latitude_rad, asset.longitude_rad)[2]
    away = position - site
    distance_m = float(np.linalg.norm(away))
    along = away / distance_m
    right = np.cross(along, up)
    right /= np.linalg.norm(right)
    return np.stack([along, right, np.cross(right, along)]), distance_m


def launch_report(
    flight: TrueFlight,
    sighting: Sighting,
    sensor: Sensor,
    launch_us: int,
    chance: np.random.Generator,
) -> Planned:
    """What a satellite reports of a launch: place, time and direction, nothing of the impact."""
    assert sensor.position_sigma is not None
    sigma_m = sensor.position_sigma.si
    east_m, north_m = sigma_m * chance.standard_normal(2)
    late_s = LAUNCH_TIME_SIGMA_S * float(chance.standard_normal()) + sensor.bias.time.si
    azimuth_deg = flight.azimuth_deg + AZIMUTH_SIGMA_DEG * float(chance.standard_normal())
    body = LaunchReport.model_validate(
        {
            "launch_time": {
                "time": to_rfc3339(instant_us(launch_us, round(late_s, 3))),
                "sigma_s": LAUNCH_TIME_SIGMA_S,
            },
            "launch": moved(flight.launch_deg, float(east_m), float(north_m))
            | {"covariance_m2": [sigma_m**2, 0.0, sigma_m**2]},
            "missile_class": flight.missile_class,
            "azimuth": {"azimuth_deg": round(azimuth_deg % 360.0, 3) % 360.0, "sigma_deg": AZIMUTH_SIGMA_DEG},
            "sources": ["infrared"],
        }
    )
    measured_us = instant_us(launch_us, sighting.report_s)
    return Planned(sighting.asset.id, measured_us, measured_us + round(sensor.delay.si * SECOND_US), body)


def moved(place_deg: tuple[float, float], east_m: float, north_m: float) -> dict[str, Any]:
    """A place moved by some metres, as JSON."""
    distance_m, azimuth_rad = hypot(east_m, north_m), atan2(east_m, north_m)
    end = geodesic_direct(radians(place_deg[0]), radians(place_deg[1]), azimuth_rad, distance_m)
    return {
        "latitude_deg": round(degrees(float(end.latitude_rad)), 5),
        "longitude_deg": round(degrees(float(end.longitude_rad)), 5),
    }


def _rounded(vector: Floats, decimals: int) -> tuple[float, ...]:
    return tuple(round(float(number), decimals) for number in vector)
