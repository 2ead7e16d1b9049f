"""The trajectory type: interpolation against Kepler's closed form, events, refusals."""

import mpmath
import numpy as np
import pytest

from synaspis.core.constants import EARTH_MU_M3_S2, EARTH_ROTATION_RAD_S
from synaspis.engine.earth import ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef
from synaspis.engine.ephemeris import Ephemeris, find_events

METRE = 1.0
SECOND = 1.0


def kepler_state(semi_major_m: float, eccentricity: float, time_s: float) -> tuple[list[float], list[float]]:
    """State in the plane of the orbit, apogee on the x axis at time 0; Kepler's equation solved by mpmath."""
    mean_motion = mpmath.sqrt(EARTH_MU_M3_S2 / mpmath.mpf(semi_major_m) ** 3)
    mean = mpmath.pi + mean_motion * time_s
    anomaly = mpmath.findroot(lambda e: e - eccentricity * mpmath.sin(e) - mean, mean)
    minor = mpmath.sqrt(1 - mpmath.mpf(eccentricity) ** 2)
    rate = mean_motion / (1 - eccentricity * mpmath.cos(anomaly))
    sine, cosine = mpmath.sin(anomaly), mpmath.cos(anomaly)
    position = [semi_major_m * (cosine - eccentricity), semi_major_m * minor * sine]
    velocity = [-semi_major_m * sine * rate, semi_major_m * minor * cosine * rate]
    return [-float(p) for p in position], [-float(v) for v in velocity]


def ellipse(time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A suborbital ellipse, apogee 7,000 km from the centre at 0 s, over the equator, turning frame."""
    states = [kepler_state(4_000_000.0, 0.75, float(t)) for t in time_s]
    position = np.array([[x, y, 0.0] for (x, y), _ in states])
    velocity = np.array([[u, v, 0.0] for _, (u, v) in states])
    return eci_to_ecef(position, velocity, EARTH_ROTATION_RAD_S * time_s)


@pytest.mark.parametrize(("step_s", "position_m", "velocity_m_s"), [(10.0, 1e-3, 3e-4), (30.0, 0.06, 0.01)])
def test_interpolation_meets_the_kepler_ellipse(step_s, position_m, velocity_m_s):
    time_s = np.arange(-360.0, 361.0, step_s)
    path = Ephemeris(time_s, *ellipse(time_s))
    between = time_s[:-1] + 0.21 * step_s
    position, velocity = path.at(between)
    true_position, true_velocity = ellipse(between)
    assert np.abs(position - true_position).max() < position_m
    assert np.abs(velocity - true_velocity).max() < velocity_m_s


def test_interpolation_is_of_fourth_order():
    """Half the step, a sixteenth of the error (theory of cubic Hermite interpolation)."""
    errors = []
    for step_s in (40.0, 20.0):
        time_s = np.arange(-200.0, 201.0, step_s)
        between = time_s[:-1] + 0.5 * step_s
        position = Ephemeris(time_s, *ellipse(time_s)).at(between)[0]
        errors.append(np.abs(position - ellipse(between)[0]).max())
    assert 14.0 < errors[0] / errors[1] < 18.0


def test_nodes_come_back_and_shapes_are_kept():
    time_s = np.arange(0.0, 50.0, 10.0)
    position, velocity = ellipse(time_s)
    path = Ephemeris(time_s, position, velocity)
    assert np.array_equal(path.at(time_s[:-1])[0], position[:-1])
    assert path.at(time_s)[0] == pytest.approx(position, rel=1e-15)
    assert path.at(time_s)[1] == pytest.approx(velocity, abs=1e-9)
    assert path.at(5.0)[0].shape == (3,)
    assert path.at(np.zeros((2, 4)))[1].shape == (2, 4, 3)


def test_outside_the_nodes_there_is_no_number():
    time_s = np.arange(0.0, 50.0, 10.0)
    path = Ephemeris(time_s, *ellipse(time_s))
    position, velocity = path.at([-1e-9, 0.0, 40.0, 40.1, np.nan])
    assert np.isnan(position).all(axis=1).tolist() == [True, False, False, True, True]
    assert np.isnan(velocity).all(axis=1).tolist() == [True, False, False, True, True]


def test_a_path_is_locked_and_owns_its_arrays():
    time_s = np.array([0.0, 1.0])
    position = np.full((2, 3), 7e6)
    path = Ephemeris(time_s, position, np.ones((2, 3)), {"apogee": 1})
    position[:] = 0.0
    assert path.position_ecef_m[0, 0] == 7e6
    with pytest.raises(ValueError, match="read-only"):
        path.time_s[0] = 5.0


GOOD = {"time_s": [0.0, 1.0], "position_ecef_m": np.full((2, 3), 7e6), "velocity_ecef_m_s": np.ones((2, 3))}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"time_s": [0.0]}, r"time_s has shape \(1,\); it must be \(node,\) with 2 nodes or more"),
        ({"time_s": [0.0, 0.0]}, "time_s must be finite and strictly increasing"),
        ({"time_s": [0.0, np.nan]}, "time_s must be finite and strictly increasing"),
        ({"position_ecef_m": np.ones((3, 3))}, r"position_ecef_m has shape \(3, 3\); it must be \(2, 3\)"),
        ({"velocity_ecef_m_s": np.full((2, 3), np.inf)}, "velocity_ecef_m_s holds NaN or infinity"),
        ({"events": {"launch": 0.0}}, r"unknown events \['launch'\]; allowed are \['burnout', 'apogee'"),
    ],
)
def test_what_cannot_be_a_path_is_refused(change, text):
    with pytest.raises(ValueError, match=text):
        Ephemeris(**(GOOD | change))


def vertical_throw(start_m: float, speed_m_s: float, time_s: np.ndarray) -> Ephemeris:
    """Straight up at the pole in constant gravity 9 m/s2: h = h0 + v t - 4.5 t^2, exact for cubics."""
    height = start_m + speed_m_s * time_s - 4.5 * time_s**2
    position = geodetic_to_ecef(np.pi / 2, 0.0, height)
    velocity = np.zeros((time_s.size, 3))
    velocity[:, 2] = speed_m_s - 9.0 * time_s
    return Ephemeris(time_s, position, velocity)


def test_events_of_a_vertical_throw():
    """Closed form: 1,800 m/s up: apogee 180 km at 200 s, 100 km at 200 + sqrt(80000 / 4.5), impact at 400."""
    events = find_events(vertical_throw(0.0, 1800.0, np.arange(0.0, 426.0, 25.0)))
    assert events["apogee"] == pytest.approx(200.0, abs=1e-3 * SECOND)
    assert events["reentry_100_km"] == pytest.approx(200.0 + np.sqrt(80_000 / 4.5), abs=1e-6 * SECOND)
    assert events["impact"] == pytest.approx(400.0, abs=1e-6 * SECOND)
    assert "burnout" not in events


def test_a_path_that_ends_on_the_ground_ends_with_impact():
    path = vertical_throw(5.0 * METRE, 1800.0, np.arange(0.0, 401.0, 25.0))
    assert find_events(path)["impact"] == 400.0


def test_what_does_not_happen_has_no_entry():
    assert find_events(vertical_throw(500_000.0, -10.0, np.arange(0.0, 100.0, 25.0))) == {}


def test_height_is_that_of_the_ellipsoid():
    time_s = np.arange(0.0, 50.0, 10.0)
    path = Ephemeris(time_s, *ellipse(time_s))
    assert path.height_m(20.0) == pytest.approx(
        ecef_to_geodetic(ellipse(np.array([20.0]))[0])[2][0], abs=0.01
    )
