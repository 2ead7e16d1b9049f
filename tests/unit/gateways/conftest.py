"""A made-up flight for the writers: an ellipse over the Mediterranean, in the turning frame."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
import shapely

from synaspis.core.constants import EARTH_MU_M3_S2, EARTH_ROTATION_RAD_S
from synaspis.engine.earth import eci_to_ecef
from synaspis.engine.ephemeris import Ephemeris
from synaspis.gateways import Area, Marks, Place, Track

EPOCH = datetime(2018, 5, 25, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(scope="session")
def epoch() -> datetime:
    return EPOCH


@pytest.fixture(scope="session")
def flight() -> Ephemeris:
    """600 s around the apogee, 7,000 km from the centre, of an ellipse inclined by 40 degrees; 20 s steps."""
    semi_major_m, eccentricity, inclination = 4.2e6, 2.0 / 3.0, np.radians(40.0)
    motion = np.sqrt(EARTH_MU_M3_S2 / semi_major_m**3)
    time_s = np.arange(0.0, 601.0, 20.0)
    mean = np.pi + motion * (time_s - 300.0)
    anomaly = mean.copy()
    for _ in range(50):
        anomaly -= (anomaly - eccentricity * np.sin(anomaly) - mean) / (1.0 - eccentricity * np.cos(anomaly))
    minor = np.sqrt(1.0 - eccentricity**2)
    rate = motion / (1.0 - eccentricity * np.cos(anomaly))
    along, across = -semi_major_m * (np.cos(anomaly) - eccentricity), -semi_major_m * minor * np.sin(anomaly)
    along_rate, across_rate = (
        semi_major_m * np.sin(anomaly) * rate,
        -semi_major_m * minor * np.cos(anomaly) * rate,
    )
    tilt = np.array([[1.0, 0.0], [0.0, np.cos(inclination)], [0.0, np.sin(inclination)]])
    position, velocity = (
        np.stack([along, across], -1) @ tilt.T,
        np.stack([along_rate, across_rate], -1) @ tilt.T,
    )
    states = eci_to_ecef(position, velocity, EARTH_ROTATION_RAD_S * time_s - 0.4)
    return Ephemeris(time_s, *states, {"burnout": 62.5, "apogee": 300.0})


@pytest.fixture(scope="session")
def marks() -> Marks:
    return Marks(
        "European study <2018> & later", "UNCLASSIFIED", "NOTIONAL", "synaspis 0.1.0, scenario europe"
    )


@pytest.fixture(scope="session")
def areas() -> list[Area]:
    """A square ring with an island in its hole, and an area without ground."""
    ring = shapely.difference(shapely.box(10, 40, 20, 50), shapely.box(12, 42, 18, 48))
    shape = shapely.MultiPolygon([ring, shapely.box(14, 44, 16, 46)])
    facts = {"defended_area_km2": 412_345.5, "shots": 2, "worst_case": True, "note": None}
    return [
        Area(
            "Defended, 2018",
            "defended",
            shape,
            "2018",
            date(2018, 1, 1),
            date(2020, 1, 1),
            facts,
            "#1b9e77",
            0.5,
        ),
        Area("Out of reach, 2011", "out-of-reach", shapely.MultiPolygon(), "2011"),
    ]


@pytest.fixture(scope="session")
def places() -> list[Place]:
    return [
        Place(
            "Deveselu", "interceptor", np.radians(44.08), np.radians(24.42), 90.0, "2018", date(2016, 5, 12)
        ),
        Place("Launch point Ø", "launch-point", np.radians(34.0), np.radians(48.0)),
    ]


@pytest.fixture(scope="session")
def tracks(flight, epoch) -> list[Track]:
    return [Track("MRBM-2000 no 1", "threat", flight, epoch, {"apogee_km": 620})]


@pytest.fixture
def picture() -> dict[str, Any]:
    """A picture event as the centre writes it: two tracks of an exercise, the second without covariance."""
    label = {
        "Xmlns": "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0",
        "ConfidentialityInformation": {
            "PolicyIdentifier": "EXERCISE",
            "Classification": "RESTRICTED",
            "Category": [
                {
                    "TagName": "Releasable to",
                    "Type": "PERMISSIVE",
                    "GenericValues": ["northland", "southland"],
                }
            ],
        },
    }
    covariance = [0.0] * 21
    for row, variance in enumerate((900.0, 1600.0, 2500.0, 1.0, 1.0, 1.0)):
        covariance[row * (row + 1) // 2 + row] = variance
    why = [{"agreement": "pact", "clause": "tracks"}]
    first = {
        "number": 3,
        "status": "updated",
        "time": "2026-11-25T06:27:31.500000Z",
        "position_ecef_m": [4.0e6, 3.0e6, 5.0e6],
        "velocity_ecef_m_s": [1000.0, -2000.0, 3000.0],
        "covariance": covariance,
        "quality": "covariance",
        "label": label,
        "sources": ["eastmark", "southland"],
        "impact": {
            "latitude_deg": 44.43,
            "longitude_deg": 26.1,
            "time": "2026-11-25T06:40:12.000000Z",
            "covariance_m2": [1e6, 0.0, 1e6],
            "sigma_s": 2.0,
        },
        "why": why,
    }
    bare = ("covariance", "impact", "sources")
    second = {key: value for key, value in first.items() if key not in bare}
    second |= {"number": 4, "status": "new", "quality": "position", "sources": []}
    return {
        "type": "picture",
        "at": "2026-11-25T06:27:32.000000Z",
        "policy": "v1",
        "exercise": "WINTER ROCKET 2026",
        "tracks": [first, second],
    }
