"""The small fall model against the closed form without air and against scipy with it."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from synaspis.core.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from synaspis.engine.atmosphere import density
from synaspis.engine.descent import descend
from synaspis.engine.kepler import burnout_arc


@pytest.mark.parametrize(("height_m", "speed_m_s"), [(60e3, 2e3), (300e3, 3e3), (1300e3, 5e3), (4e6, 1e3)])
def test_without_drag_it_is_the_ellipse(height_m, speed_m_s):
    found = descend(height_m, speed_m_s, 0.0, np.inf)
    arc = burnout_arc(height_m, speed_m_s, 0.0, 0.0)
    # The last step is cut linearly at the ground: a metre, a millisecond.
    assert float(found.range_m) == pytest.approx(float(arc.range_m), abs=2.0)
    assert float(found.time_s) == pytest.approx(float(arc.time_s), abs=2e-3)


@pytest.mark.parametrize(
    ("height_m", "speed_m_s", "angle_deg", "beta"),
    [(100e3, 6e3, -30, 5000.0), (50e3, 7.86e3, 0, 15000.0), (400e3, 2e3, 0, 1000.0)],
)
def test_with_drag_it_is_what_scipy_flies_in_cartesian_axes(height_m, speed_m_s, angle_deg, beta):
    def rate(_: float, state: np.ndarray) -> np.ndarray:
        position, velocity = state[:2], state[2:]
        radius = np.hypot(*position)
        drag = 0.5 * float(density(radius - EARTH_MEAN_RADIUS_M)) * np.hypot(*velocity) / beta
        return np.concatenate([velocity, -EARTH_MU_M3_S2 / radius**3 * position - drag * velocity])

    def height(_: float, state: np.ndarray) -> float:
        return np.hypot(state[0], state[1]) - EARTH_MEAN_RADIUS_M

    height.terminal = True
    angle = np.radians(angle_deg)
    start = [0.0, EARTH_MEAN_RADIUS_M + height_m, speed_m_s * np.cos(angle), speed_m_s * np.sin(angle)]
    flown = solve_ivp(rate, (0.0, 4000.0), start, "LSODA", events=height, rtol=1e-9, atol=1e-4)
    found = descend(height_m, speed_m_s, angle, beta)
    distance = EARTH_MEAN_RADIUS_M * np.arctan2(flown.y[0, -1], flown.y[1, -1])
    assert float(found.range_m) == pytest.approx(distance, abs=20.0)
    assert float(found.time_s) == pytest.approx(flown.t[-1], abs=0.1)
    assert float(found.speed_m_s) == pytest.approx(np.hypot(*flown.y[2:, -1]), rel=2e-3)


def test_what_stays_in_orbit_has_no_landing():
    assert np.isnan(descend(300e3, 7.9e3, 0.0, 15000.0).range_m)


def test_batch_equals_loop():
    betas = np.array([500.0, 3000.0, 15000.0])
    batch = descend(90e3, 4e3, -0.3, betas)
    for case, beta in enumerate(betas):
        assert float(descend(90e3, 4e3, -0.3, beta).time_s) == pytest.approx(batch.time_s[case], abs=1e-9)
