"""The flyout table against flights that scipy integrates, with an expression of the forces of its own."""

from functools import cache
from math import cos, inf, pi, radians, sin, sqrt

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from synaspis.catalogue import load_catalogue
from synaspis.engine.atmosphere import density
from synaspis.engine.flyout import NEVER_S, FlyoutTable, flyout_table
from synaspis.engine.parameters import Interceptor
from synaspis.scenario import interceptor_parameters

MU, A, OMEGA = 3.986004418e14, 6_378_137.0, 7.292115e-5
J2 = sqrt(5.0) * 484.16685e-6
FLATTENING = 1.0 / 298.257223563
SECOND = FLATTENING * (2.0 - FLATTENING) / (1.0 - FLATTENING) ** 2
SPHERE = 6_371_000.0  # on which ground ranges of the table are counted
HEIGHT_M = np.arange(0.0, 400e3, 100.0)
LOG_DENSITY = np.log(density(HEIGHT_M))

INTERCEPTORS = {name: interceptor_parameters(item) for name, item in load_catalogue().interceptors.items()}
EVERY = pytest.mark.parametrize("name", INTERCEPTORS)
STONE = Interceptor(
    burnout_speed_m_s=2_000.0, burnout_s=20.0, ballistic_coefficient_kg_m2=inf, altitude_min_m=1_000.0,
    altitude_max_m=1e7, range_max_m=inf, flight_s_max=600.0, elevation_min_rad=radians(5.0),
)  # fmt: skip
"""Without drag, limited by energy alone."""


def height(position):
    radius = np.linalg.norm(position)
    return radius - A / sqrt(1.0 + SECOND * (position[2] / radius) ** 2)


def rate(_, state, beta):
    position, velocity = state[:3], state[3:]
    x, y, z = position
    r = np.linalg.norm(position)
    oblate = 1.5 * J2 * (A / r) ** 2
    ratio = 5.0 * (z / r) ** 2
    pull = -MU / r**3 * np.array([x * (1 + oblate * (1 - ratio)), y * (1 + oblate * (1 - ratio)),
                                  z * (1 + oblate * (3 - ratio))])  # fmt: skip
    turning = -2.0 * np.cross([0.0, 0.0, OMEGA], velocity) + OMEGA**2 * np.array([x, y, 0.0])
    air = np.exp(np.interp(height(position), HEIGHT_M, LOG_DENSITY))
    drag = -0.5 * air / beta * np.linalg.norm(velocity) * velocity
    return np.concatenate([velocity, pull + turning + drag])


@cache
def coast(interceptor: Interceptor, elevation: float):
    """Dense flight after a straight boost, northward from the equator."""
    ray = np.array([sin(elevation), 0.0, cos(elevation)])
    begin = np.array([A, 0.0, 0.0]) + 0.5 * interceptor.burnout_speed_m_s * interceptor.burnout_s * ray
    start = np.concatenate([begin, interceptor.burnout_speed_m_s * ray])
    return solve_ivp(
        rate, (interceptor.burnout_s, interceptor.flight_s_max), start, method="DOP853",
        args=(interceptor.ballistic_coefficient_kg_m2,), rtol=1e-9, atol=1e-6, dense_output=True,
    ).sol  # fmt: skip


def place(interceptor: Interceptor, elevation: float, time: float):
    """Ground range and altitude (m) at a time after burnout."""
    position = coast(interceptor, elevation)(time)[:3]
    angle = np.arctan2(np.hypot(position[1], position[2]), position[0])
    return angle * SPHERE, height(position)


SAMPLES = [
    ("sm-3-iia", 35.0, 90.0),
    ("sm-3-iia", 55.0, 300.0),
    ("sm-3-iia", 80.0, 200.0),
    ("sm-3-ib", 45.0, 150.0),
    ("thaad", 30.0, 45.0),
    ("thaad", 60.0, 30.0),
    ("pac-3-mse", 40.0, 20.0),
    ("aster-30-b1", 50.0, 20.0),
    ("arrow-2", 45.0, 36.0),
    ("gbi-two-stage", 50.0, 500.0),
]


@pytest.mark.parametrize(("name", "elevation_deg", "time"), SAMPLES)
def test_time_to_a_point_on_a_flight(name, elevation_deg, time):
    """What a flight passes while it climbs is reached at just that time: within 0.3 s and 0.3 %."""
    interceptor = INTERCEPTORS[name]
    distance, altitude = place(interceptor, radians(elevation_deg), time)
    assert distance < interceptor.range_max_m
    assert interceptor.altitude_min_m < altitude < interceptor.altitude_max_m
    assert flyout_table(interceptor).at(distance, altitude) == pytest.approx(time, abs=0.3, rel=3e-3)


def passing(interceptor: Interceptor, elevation: float, altitude: float) -> float:
    """Ground range (m) where a flight passes an altitude for the last time; 0 if it never does."""
    times = np.linspace(interceptor.burnout_s, interceptor.flight_s_max, 60)
    above = np.array([place(interceptor, elevation, t)[1] >= altitude for t in times])
    changes = np.flatnonzero(above[:-1] != above[1:])
    if not changes.size:
        return 0.0
    last = int(changes[-1])
    time = brentq(lambda t: place(interceptor, elevation, t)[1] - altitude, times[last], times[last + 1])
    return float(place(interceptor, elevation, time)[0])


def farthest(interceptor: Interceptor, altitude: float) -> float:
    """The greatest such range over all elevations, by closing in five times."""
    low, high, best = interceptor.elevation_min_rad, 0.5 * pi, 0.0
    for _ in range(5):
        elevations = np.linspace(low, high, 8)
        ranges = [passing(interceptor, e, altitude) for e in elevations]
        at = int(np.argmax(ranges))
        best = max(best, ranges[at])
        low, high = elevations[max(at - 1, 0)], elevations[min(at + 1, 7)]
    return best


@pytest.mark.parametrize(
    ("name", "altitude"), [("stone", 30e3), ("stone", 150e3), ("thaad", 60e3), ("sm-3-ib", 300e3)]
)
def test_kinematic_edge(name, altitude):
    """The farthest point at an altitude: within 0.5 %; the last two are cut off by the time of flight."""
    interceptor = {"stone": STONE, **INTERCEPTORS}[name]._replace(range_max_m=inf)
    table = flyout_table(interceptor)
    row = (altitude - table.altitude_low_m) / table.altitude_step_m
    edge = np.interp(row, np.arange(table.edge_m.size), table.edge_m)
    assert edge == pytest.approx(farthest(interceptor, altitude), rel=5e-3)
    assert table.at(0.999 * edge, altitude) < NEVER_S
    assert table.at(1.001 * edge, altitude) == NEVER_S


def rows_and_ranges(table: FlyoutTable):
    altitude = table.altitude_low_m + table.altitude_step_m * np.arange(table.edge_m.size)
    return altitude, table.range_step_m * np.arange(table.time_s.shape[1])


def test_without_drag_the_edge_shrinks_with_altitude():
    """The envelope of the flights of one energy is convex: from 5 deg up, more height is less range."""
    table = flyout_table(STONE)
    assert np.all(np.diff(table.edge_m) < 0.0)


@EVERY
def test_time_grows_with_range(name):
    table = flyout_table(INTERCEPTORS[name])
    _, ranges = rows_and_ranges(table)
    for time, edge in zip(table.time_s, table.edge_m, strict=True):
        assert np.all(np.diff(time[ranges <= edge]) > -0.05)


@EVERY
def test_limits_are_kept(name):
    interceptor = INTERCEPTORS[name]
    table = flyout_table(interceptor)
    altitude, ranges = rows_and_ranges(table)
    assert altitude[0] == interceptor.altitude_min_m
    assert altitude[-1] <= interceptor.altitude_max_m * (1.0 + 1e-12)
    assert table.edge_m.max() <= interceptor.range_max_m
    reached = table.time_s[ranges[None, :] <= table.edge_m[:, None]]
    assert reached.max() <= interceptor.flight_s_max
    assert reached.min() > 0.0
    assert table.at(1.0, altitude[0] - 1.0) == NEVER_S
    assert table.at(1.0, altitude[-1] + 1.0) == NEVER_S
    assert table.at(table.edge_m.max() + 1.0, altitude[len(altitude) // 2]) == NEVER_S


@EVERY
def test_no_gap_under_the_greatest_altitude(name):
    """Straight above the battery every altitude of the table is reached in a time that grows with it."""
    table = flyout_table(INTERCEPTORS[name])
    top = table.altitude_low_m + table.altitude_step_m * (table.edge_m.size - 1)
    altitude = np.linspace(table.altitude_low_m, top - 0.02 * table.altitude_step_m, 400)
    time = table.at(np.zeros(400), altitude)
    reached = time < NEVER_S
    assert reached[altitude < top - table.altitude_step_m].all()
    assert time[reached].max() <= INTERCEPTORS[name].flight_s_max
    assert np.all(np.diff(time[reached]) > -0.05)


def test_vertical_flight_without_drag_rises_as_its_energy_says():
    """Kepler: the ellipse of the burnout speed and of the speed of the ground at the equator.

    Gravity at the equator is 0.16 % above mu / r^2 (J2).
    """
    table = flyout_table(STONE._replace(elevation_min_rad=0.45 * pi))
    burnout = A + 0.5 * STONE.burnout_speed_m_s * STONE.burnout_s
    across, along = STONE.burnout_speed_m_s, OMEGA * burnout
    mu = MU * (1.0 + 1.5 * J2)
    energy = 0.5 * (across**2 + along**2) - mu / burnout
    momentum = burnout * along
    axis = -mu / (2.0 * energy)
    eccentricity = sqrt(1.0 - momentum**2 / (mu * axis))
    top = table.altitude_low_m + table.altitude_step_m * (table.edge_m.size - 1)
    assert top == pytest.approx(axis * (1.0 + eccentricity) - A, rel=1e-3)


def test_less_drag_reaches_farther():
    light, heavy = (
        flyout_table(INTERCEPTORS["thaad"]._replace(ballistic_coefficient_kg_m2=beta, range_max_m=inf))
        for beta in (2_000.0, 8_000.0)
    )
    assert heavy.edge_m.max() > 1.05 * light.edge_m.max()
    assert heavy.at(50e3, 60e3) < light.at(50e3, 60e3)


def test_an_interceptor_that_never_gets_to_its_least_altitude_reaches_nothing():
    table = flyout_table(STONE._replace(burnout_speed_m_s=300.0, altitude_min_m=100e3))
    assert table.at(np.zeros(3), np.array([100e3, 100.5e3, 101e3])).tolist() == [NEVER_S] * 3


@pytest.mark.parametrize("name", ["sm-3-ib", "sm-3-iia", "sm-3-iib"])
def test_below_the_lowest_flight_nothing_is_out_of_reach_and_nothing_is_too_soon(name):
    """A flight that starts lower than is allowed gets there sooner than the table says, by less than a third.

    One second is for the table: its columns are 5 to 30 km apart.
    """
    interceptor = INTERCEPTORS[name]._replace(range_max_m=inf)
    table, low = flyout_table(interceptor), interceptor.elevation_min_rad - radians(6.0)
    passed = 0
    for time in np.arange(interceptor.burnout_s, 0.8 * interceptor.flight_s_max, 10.0):
        distance, altitude = place(interceptor, low, time)
        if altitude > interceptor.altitude_min_m:
            passed += 1
            assert time - 1.0 <= table.at(distance, altitude) < 1.33 * time
    assert passed > 10


def test_a_faster_interceptor_reaches_farther_though_its_lowest_flight_is_still_up_at_the_end():
    """Block IIB at 5.5 km/s against Block IIA at 4.5 km/s: with the same limits, at every altitude."""
    slow, fast = INTERCEPTORS["sm-3-iia"], INTERCEPTORS["sm-3-iib"]
    fast = fast._replace(burnout_s=slow.burnout_s, flight_s_max=slow.flight_s_max, range_max_m=inf)
    tables = [flyout_table(slow._replace(range_max_m=inf)), flyout_table(fast)]
    for altitude in np.linspace(100e3, 1_300e3, 25):
        for distance in np.linspace(0.0, 2_500e3, 26):
            slow_s, fast_s = (float(table.at(distance, altitude)) for table in tables)
            assert fast_s <= slow_s + 1.0
