"""A made-up flight for the writers: an ellipse over the Mediterranean, in the turning frame."""

from datetime import UTC, datetime

import numpy as np
import pytest

from synaspis.core.constants import EARTH_MU_M3_S2, EARTH_ROTATION_RAD_S
from synaspis.engine.earth import eci_to_ecef
from synaspis.engine.ephemeris import Ephemeris

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
