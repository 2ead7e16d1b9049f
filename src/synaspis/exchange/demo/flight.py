"""The one launch of the demonstration: flown by the engine, seen by two partners with noise of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import degrees, radians
from typing import Any, Final

import numpy as np

from synaspis.analyses.fly import Flight, fly_to
from synaspis.catalogue import Missile, load_catalogue
from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.geography import geodesic_inverse
from synaspis.messages import lower_triangle

MISSILE: Final = "mrbm-2000"
"""A notional class of the catalogue."""

LAUNCH_DEG: Final = (60.0, -15.0)
"""From a ship at sea."""

AIM_DEG: Final = (71.0, 5.0)
"""The middle of the test range in the agreements `demo`."""

FIRST_TRACK_S: Final = 100.0
"""Just after burnout."""

_METRES_A_DEGREE: Final = 111_195.0
"""A degree of latitude on the sphere of mean radius, 6,371 km."""


@dataclass(frozen=True)
class Observer:
    """How well a partner sees.

    position_sigma_m, velocity_sigma_m_s: of each component of a track report. place_sigma_m: of the launch
    point in its launch report; that of the impact point is four times as large. latency_us: from
    measurement to sending.
    """

    sensor: str
    position_sigma_m: float
    velocity_sigma_m_s: float
    place_sigma_m: float
    latency_us: int


def fly() -> Flight:
    """Fly the missile; raises RuntimeError should the catalogue no longer allow it."""
    latitude, longitude, to_latitude, to_longitude = map(radians, (*LAUNCH_DEG, *AIM_DEG))
    missile = load_catalogue().find(MISSILE)
    assert isinstance(missile, Missile)
    flight = fly_to(missile, latitude, longitude, to_latitude, to_longitude)
    if flight.ephemeris is None or flight.time_of_flight_s is None:
        raise RuntimeError(f"the flight of the demonstration cannot be flown: {flight.status.sentence}")
    return flight


def azimuth_deg() -> float:
    """Direction of the launch, from north over east, degrees."""
    path = geodesic_inverse(*map(radians, (*LAUNCH_DEG, *AIM_DEG)))
    return degrees(float(path.azimuth_start_rad)) % 360.0


def launch_report(
    flight: Flight, observer: Observer, launch_us: int, chance: np.random.Generator
) -> dict[str, Any]:
    """Body of a launch report: the truth with the observer's noise, and with the sigmas that it has."""
    assert flight.time_of_flight_s is not None
    impact_us = launch_us + round(flight.time_of_flight_s * SECOND_US)
    launch_sigma_s, impact_sigma_s = 1.0, 15.0
    return {
        "launch_time": _time(launch_us, launch_sigma_s, chance),
        "launch": _place(LAUNCH_DEG, observer.place_sigma_m, chance),
        "missile_class": "mrbm",
        "azimuth": {
            "azimuth_deg": round((azimuth_deg() + chance.normal(0.0, 1.0)) % 360.0, 3),
            "sigma_deg": 1.0,
        },
        "impact": _place(AIM_DEG, 4.0 * observer.place_sigma_m, chance),
        "impact_time": _time(impact_us, impact_sigma_s, chance),
        "sources": [observer.sensor],
    }


def track_reports(
    flight: Flight, observer: Observer, launch_us: int, step_s: float, chance: np.random.Generator
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Track reports of one observer: instant of sending, microseconds since the epoch, and body.

    step_s: between two reports, from just after burnout to just before impact. The noise of each report is
    independent of that of all others, so each is a tracklet.
    """
    assert flight.ephemeris is not None
    assert flight.time_of_flight_s is not None
    sigmas = np.repeat([observer.position_sigma_m, observer.velocity_sigma_m_s], 3)
    covariance = lower_triangle(np.diag(sigmas**2))
    for time_s in np.arange(FIRST_TRACK_S, flight.time_of_flight_s - 5.0, step_s):
        position, velocity = flight.ephemeris.at(time_s)
        state = np.concatenate([position, velocity]) + sigmas * chance.standard_normal(6)
        at_us = launch_us + round(float(time_s) * SECOND_US)
        yield (
            at_us + observer.latency_us,
            {
                "track": f"{observer.sensor}-1",
                "time": to_rfc3339(at_us),
                "position_ecef_m": [round(float(number), 2) for number in state[:3]],
                "velocity_ecef_m_s": [round(float(number), 3) for number in state[3:]],
                "covariance": list(covariance),
                "estimate": "tracklet",
                "sensor": observer.sensor,
                "quality": 0.98,
                "missile_class": "mrbm",
            },
        )


def _time(instant_us: int, sigma_s: float, chance: np.random.Generator) -> dict[str, Any]:
    seen_us = instant_us + round(float(chance.normal(0.0, sigma_s)) * 1e3) * 1_000
    return {"time": to_rfc3339(seen_us), "sigma_s": sigma_s}


def _place(place_deg: tuple[float, float], sigma_m: float, chance: np.random.Generator) -> dict[str, Any]:
    north_m, east_m = sigma_m * chance.standard_normal(2)
    latitude, longitude = place_deg
    return {
        "latitude_deg": round(latitude + north_m / _METRES_A_DEGREE, 4),
        "longitude_deg": round(longitude + east_m / (_METRES_A_DEGREE * np.cos(radians(latitude))), 4),
        "covariance_m2": [sigma_m**2, 0.0, sigma_m**2],
    }
