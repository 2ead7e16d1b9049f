"""Flights for the tests of this folder, for the kernels and for a slow, plain look at them."""

from collections.abc import Callable
from math import asin, atan2, cos, degrees, radians, sin
from typing import NamedTuple

import numpy as np
import pytest

from synaspis.catalogue import load_catalogue
from synaspis.engine.earth import ecef_to_geodetic
from synaspis.engine.ephemeris import Ephemeris
from synaspis.engine.flight import BURNOUT
from synaspis.engine.parameters import Floats
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import missile_parameters

STEP_S = 0.25  # of the slow look


class Flown(NamedTuple):
    """A batch of flights as the kernels take it."""

    nodes: Floats
    burnout_s: Floats


class Path:
    """One flight, sampled densely from its Hermite ephemeris; plain lists of floats."""

    def __init__(self, nodes: Floats, burnout_s: float):
        keep = np.append(True, np.diff(nodes[0]) > 0.0)
        ephemeris = Ephemeris(nodes[0, keep], nodes[1:4, keep].T, nodes[4:7, keep].T, {})
        self.node_s = nodes[0, keep]
        self.burnout_s = burnout_s
        self.time_s = np.arange(0.0, self.node_s[-1], STEP_S)
        self.position = ephemeris.at(self.time_s)[0]
        self.latitude, self.longitude, self.height = ecef_to_geodetic(self.position)

    def spacing_at(self, time: float) -> float:
        """Distance between the nodes around a time: as exactly as the kernels can know an event."""
        after = int(np.clip(np.searchsorted(self.node_s, time), 1, self.node_s.size - 1))
        return float(self.node_s[after] - self.node_s[after - 1])


@pytest.fixture(scope="session")
def fly() -> Callable[..., Flown]:
    """Fly a class of the catalogue from a place to aim points, all in degrees."""

    def fly(missile: str, launch: tuple[float, float], aims: list[tuple[float, float]]) -> Flown:
        fan = Fan.at(missile_parameters(load_catalogue().missiles[missile]), *np.radians(launch))
        flights = aim(fan, *np.radians(np.array(aims)).T)
        assert not flights.status.any()
        return Flown(flights.nodes, flights.summary[:, BURNOUT].copy())

    return fly


@pytest.fixture(scope="session")
def flown(fly) -> Flown:
    """Thirty flights of the 2000 km class from Tabriz over Anatolia, the Aegean and the Black Sea."""
    generator = np.random.default_rng(11)
    azimuth = generator.uniform(255.0, 320.0, 30)
    distance = generator.uniform(700.0, 1_990.0, 30)
    launch = (38.08, 46.29)
    aims = [onward(*launch, a, 1e3 * d) for a, d in zip(azimuth, distance, strict=True)]
    return fly("mrbm-2000", launch, aims)


def onward(latitude: float, longitude: float, azimuth: float, distance_m: float) -> tuple[float, float]:
    """The point (deg) at an azimuth and distance on a sphere."""
    angle, heading, start = distance_m / 6_371_000.0, radians(azimuth), radians(latitude)
    end = asin(sin(start) * cos(angle) + cos(start) * sin(angle) * cos(heading))
    turn = atan2(sin(heading) * sin(angle) * cos(start), cos(angle) - sin(start) * sin(end))
    return degrees(end), (longitude + degrees(turn) + 180.0) % 360.0 - 180.0


@pytest.fixture(scope="session")
def paths(flown) -> list[Path]:
    """The same flights, for the slow look."""
    return [Path(nodes, burnout) for nodes, burnout in zip(flown.nodes, flown.burnout_s, strict=True)]
