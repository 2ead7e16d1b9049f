"""Objects in free flight and reports on them, for all tests of the fusion."""

from collections.abc import Callable

import numpy as np
import pytest

from synaspis.engine.earth import geodetic_to_ecef
from synaspis.engine.propagate import propagate_free
from synaspis.fusion import Report

SPREAD = np.diag([200.0**2] * 3 + [5.0**2] * 3)


class World:
    """Bodies that climb through 300 km at 3.4 km/s, 51 km apart in longitude, and reports on them."""

    start_us = 1_800_000_000_000_000

    def truth(self, body: float, time_s: float) -> np.ndarray:
        start = np.concatenate([geodetic_to_ecef(0.7, 0.3 + 0.01 * body, 300e3), [1000.0, -2500.0, 2000.0]])
        steps = 1 + int(abs(time_s) / 5.0)
        return propagate_free(start[:, None], time_s, steps)[:, 0]

    def us(self, time_s: float) -> int:
        return self.start_us + round(1e6 * time_s)

    def report(
        self, source, track, body, time_s, *, offset=0.0, covariance=SPREAD, estimate="track", digest=None
    ):
        """offset: six numbers or one, in standard deviations of the covariance."""
        sigma = np.sqrt(np.diag(SPREAD if covariance is None else covariance))
        state = self.truth(body, time_s) + np.asarray(offset) * sigma
        name = digest or f"{source}/{track}/{time_s}/{estimate}"
        return Report(source, track, self.us(time_s), state[:3], state[3:], covariance, estimate, name)


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture
def noise() -> Callable[[], np.ndarray]:
    generator = np.random.default_rng(20261122)
    return lambda: generator.normal(size=6)
