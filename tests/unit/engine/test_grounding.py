"""Where free flight meets the ground: held against flights of the simulation and against Monte Carlo."""

from functools import cache

import numpy as np
import pytest

from synaspis.catalogue import load_catalogue
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef, local_axes_ecef
from synaspis.engine.flight import BURNOUT, IMPACT
from synaspis.engine.grounding import COLUMNS, LOG_BALLISTIC_SIGMA, ground_rows, meet_ground
from synaspis.engine.propagate import descend, propagate_free
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.engine.tracking import BALLISTIC_COEFFICIENT_KG_M2
from synaspis.geography import geodesic_direct
from synaspis.scenario import missile_parameters

DRAG = 1.0 / BALLISTIC_COEFFICIENT_KG_M2
CLASSES = ("srbm-300", "srbm-700", "mrbm-1300", "mrbm-2000", "irbm-3500", "icbm-10000")
LATITUDE, LONGITUDE = 0.35, 0.5
# 99.9 % of the chi-square distribution with 2 degrees of freedom, and of the normal distribution.
INSIDE_SQUARED, INSIDE = 13.8, 3.29
MEASURED = np.diag([100.0**2] * 3 + [3.0**2] * 3)


@cache
def flights(name: str):
    """Twelve flights of a class from a place and on bearings at which nothing was fitted: the summaries."""
    missile = missile_parameters(load_catalogue().missiles[name])
    fan = Fan.at(missile, LATITUDE, LONGITUDE)
    share, azimuth = (
        grid.ravel() for grid in np.meshgrid([0.45, 0.7, 0.95], np.radians([20, 110, 200, 290]))
    )
    goal = geodesic_direct(LATITUDE, LONGITUDE, azimuth, share * missile.range_max_m)
    found = aim(fan, goal[0], goal[1])
    assert np.all(found.status == int(Status.DONE))
    return found.summary


def grounded(
    states: np.ndarray, covariance: np.ndarray, thrust_us: int = -1
) -> tuple[np.ndarray, np.ndarray]:
    count = len(states)
    launches, impacts = np.zeros((count, 8)), np.zeros((count, 8))
    ground_rows(
        np.arange(count), states, np.stack([covariance] * count), np.full(count, 10**9),
        np.full(count, thrust_us), launches, impacts,
    )  # fmt: skip
    return launches, impacts


def miss(row: np.ndarray, latitude: float, longitude: float) -> tuple[np.ndarray, float]:
    """East and north (m) from an estimate to the truth, and its square in terms of the covariance."""
    east, north, _ = local_axes_ecef(row[1], row[2])
    away = geodetic_to_ecef(latitude, longitude, 0.0) - geodetic_to_ecef(row[1], row[2], 0.0)
    level = np.array([east @ away, north @ away])
    return level, float(level @ np.linalg.solve(np.array([[row[3], row[4]], [row[4], row[5]]]), level))


def test_the_impact_is_where_the_flight_simulation_comes_down():
    start = np.concatenate([geodetic_to_ecef(0.7, 0.3, 400e3), [1000.0, -3000.0, 2000.0]])
    found = np.empty(COLUMNS)
    assert meet_ground(start, MEASURED, True, DRAG, 0.0, found)
    # Down to the edge of the air without drag, then the descent of the simulation.
    edge = propagate_free(start[:, None], 450.0, 200)
    time_s, place, landed = descend(edge, BALLISTIC_COEFFICIENT_KG_M2)
    assert landed[0]
    np.testing.assert_allclose(found[:3], place[:, 0], atol=20.0)
    assert found[3] == pytest.approx(450.0 + float(time_s[0]), abs=0.05)


def test_going_back_without_air_is_the_way_up():
    start = np.concatenate([geodetic_to_ecef(0.7, 0.3, 0.0), [2000.0, 2000.0, 2500.0]])
    up = propagate_free(start[:, None], 100.0, 100)[:, 0]
    found = np.empty(COLUMNS)
    assert meet_ground(up, MEASURED, False, 0.0, 0.0, found)
    np.testing.assert_allclose(found[:3], start[:3], atol=1.0)
    np.testing.assert_allclose(found[8:], start[3:], atol=0.01)
    assert found[3] == pytest.approx(-100.0, abs=1e-3)


def test_the_covariance_on_the_ground_is_that_of_a_thousand_flights():
    rng = np.random.default_rng(20261122)
    start = np.concatenate([geodetic_to_ecef(0.7, 0.3, 300e3), [1000.0, -2500.0, 1500.0]])
    answer, found = np.empty(COLUMNS), np.empty((1000, COLUMNS))
    assert meet_ground(start, MEASURED, True, DRAG, 0.15, answer)
    for row in found:
        drawn = rng.multivariate_normal(start, MEASURED)
        drag = DRAG * np.exp(-0.15 * rng.normal())
        assert meet_ground(drawn, MEASURED, True, drag, 0.0, row)
    east, north, _ = local_axes_ecef(*ecef_to_geodetic(answer[:3])[:2])
    away = found[:, :3] - answer[:3]
    level = np.stack([away @ east, away @ north])
    # Spread of the square root of a sample variance of 1,000: 2.2 %; three times that, and the curvature.
    drawn_sigma = np.sqrt(np.diag(np.cov(level)))
    np.testing.assert_allclose(np.sqrt(answer[[4, 6]]), drawn_sigma, rtol=0.1)
    correlation = answer[5] / np.sqrt(answer[4] * answer[6])
    assert correlation == pytest.approx(np.corrcoef(level)[0, 1], abs=0.1)
    assert np.sqrt(answer[7]) == pytest.approx(found[:, 3].std(), rel=0.1)


@pytest.mark.parametrize("name", CLASSES)
def test_launch_points_of_flights_not_fitted_lie_within_the_allowance(name):
    summary = flights(name)
    launches, _ = grounded(np.ascontiguousarray(summary[:, BURNOUT + 1 : BURNOUT + 7]), MEASURED)
    assert np.all(launches[:, 0] == 1.0)
    squares = [miss(row, LATITUDE, LONGITUDE)[1] for row in launches]
    assert max(squares) < INSIDE_SQUARED
    launched_us = 10**9 - 1e6 * summary[:, BURNOUT]
    assert np.all(np.abs(launches[:, 6] - launched_us) < INSIDE * 1e6 * launches[:, 7])


def test_without_the_allowance_the_launch_points_are_biased():
    """Free flight traced back comes up kilometres to hundreds of kilometres behind the launch point."""
    found = np.empty(COLUMNS)
    for name, least_m, most_m in (
        ("srbm-300", 5e3, 15e3),
        ("mrbm-2000", 25e3, 60e3),
        ("icbm-10000", 1e5, 5e5),
    ):
        for row in flights(name):
            state = row[BURNOUT + 1 : BURNOUT + 7].copy()
            assert meet_ground(state, MEASURED, False, 0.0, 0.0, found)
            away = found[:3] - geodetic_to_ecef(LATITUDE, LONGITUDE, 0.0)
            assert least_m < np.linalg.norm(away) < most_m
            assert away @ found[8:] < 0.0


@pytest.mark.parametrize("name", CLASSES)
def test_impacts_lie_within_their_covariance_whatever_the_ballistic_coefficient_of_the_class(name):
    summary = flights(name)
    _, impacts = grounded(np.ascontiguousarray(summary[:, BURNOUT + 1 : BURNOUT + 7]), MEASURED)
    for row, flown in zip(impacts, summary, strict=True):
        latitude, longitude, _ = ecef_to_geodetic(flown[IMPACT + 1 : IMPACT + 4])
        assert miss(row, float(latitude), float(longitude))[1] < INSIDE_SQUARED
        expected_us = 10**9 + 1e6 * (flown[IMPACT] - flown[BURNOUT])
        assert abs(row[6] - expected_us) < INSIDE * 1e6 * row[7]


def test_the_spread_of_the_ballistic_coefficient_covers_the_catalogue():
    for missile in load_catalogue().missiles.values():
        beta = missile_parameters(missile).ballistic_coefficient_kg_m2
        assert abs(np.log(beta / BALLISTIC_COEFFICIENT_KG_M2)) < 1.5 * LOG_BALLISTIC_SIGMA


def test_while_thrust_is_seen_nothing_is_said():
    state = flights("mrbm-1300")[:1, BURNOUT + 1 : BURNOUT + 7].copy()
    launches, impacts = grounded(state, MEASURED, thrust_us=10**9)
    assert launches[0, 0] == impacts[0, 0] == 0.0


def test_what_stays_in_orbit_has_neither_launch_nor_impact():
    state = np.array([[7.0e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]])
    launches, impacts = grounded(state, MEASURED)
    assert launches[0, 0] == impacts[0, 0] == 0.0


def test_in_the_descent_through_the_air_the_launch_stays_what_it_was():
    state = np.concatenate([geodetic_to_ecef(0.7, 0.3, 40e3), [0.0, -1500.0, -2500.0]])[None]
    launches, impacts = np.full((1, 8), 7.0), np.zeros((1, 8))
    ground_rows(np.zeros(1, int), state, MEASURED[None], np.array([10**9]), np.array([-1]), launches, impacts)
    np.testing.assert_array_equal(launches, 7.0)
    assert impacts[0, 0] == 1.0


def test_axes_at_a_pole_are_numbers():
    state = np.concatenate([geodetic_to_ecef(0.5 * np.pi, 0.0, 50e3), [0.0, 0.0, -1000.0]])
    found = np.empty(COLUMNS)
    assert meet_ground(state, MEASURED, True, DRAG, 0.6, found)
    assert np.isfinite(found).all()
