"""Aimed flights land where they are aimed, from everywhere, or say why not.

Places and distances come from GeographicLib, which shares nothing with the engine.
"""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from synaspis.catalogue import load_catalogue
from synaspis.engine.booster import launch_rows, programme
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef
from synaspis.engine.flight import APOGEE, BURNOUT, IMPACT
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import missile_parameters

CLASSES = {
    name: missile_parameters(item)
    for name, item in load_catalogue().missiles.items()
    if name != "notional-loft"  # flies given apogees, has no range of its own
}
LAUNCHES = {
    "Tabriz": (38.08, 46.29),
    "equator": (0.0, 0.0),
    "antimeridian": (-17.5, 179.99),
    "far north": (66.0, -179.99),
    "near the pole": (89.99, 10.0),
    "north pole": (90.0, 30.0),
    "south pole": (-90.0, 0.0),
}
EVERY = pytest.mark.parametrize("name", CLASSES)


def fan(name: str, latitude_deg: float, longitude_deg: float) -> Fan:
    return Fan.at(CLASSES[name], np.radians(latitude_deg), np.radians(longitude_deg))


def places(latitude_deg, longitude_deg, azimuth_deg, range_m):
    """Points (deg) at azimuths and distances from a launch point."""
    reached = [
        Geodesic.WGS84.Direct(latitude_deg, longitude_deg, a, r)
        for a, r in zip(azimuth_deg, range_m, strict=True)
    ]
    return np.array([[point["lat2"], point["lon2"]] for point in reached]).T


@pytest.mark.parametrize("launch", LAUNCHES)
@EVERY
def test_random_aim_points_are_hit(name, launch):
    missile, generator = CLASSES[name], np.random.default_rng(7)
    azimuth = generator.uniform(0.0, 360.0, 64)
    distance = generator.uniform(missile.range_min_m, missile.range_max_m, 64)
    distance[:8] = missile.range_min_m + 1.0
    distance[8:16] = missile.range_max_m - 1.0
    latitude, longitude = places(*LAUNCHES[launch], azimuth, distance)
    flights = aim(fan(name, *LAUNCHES[launch]), np.radians(latitude), np.radians(longitude))
    assert set(flights.status.tolist()) == {Status.DONE}
    assert flights.miss_m.max() < 100.0
    impact_latitude, impact_longitude, height = ecef_to_geodetic(flights.summary[:, IMPACT + 1 : IMPACT + 4])
    missed = [
        Geodesic.WGS84.Inverse(*pair)["s12"]
        for pair in zip(
            latitude, longitude, np.degrees(impact_latitude), np.degrees(impact_longitude), strict=True
        )
    ]
    assert max(missed) < 100.0
    assert np.abs(height).max() < 0.01
    assert missed == pytest.approx(flights.miss_m.tolist(), abs=0.1)


@pytest.mark.parametrize("latitude_deg", [-90.0, -60.0, -25.0, 0.0, 33.0, 52.0, 75.0])
@EVERY
def test_the_range_of_the_class_is_reached_in_every_direction(name, latitude_deg):
    """With 1 % in hand, so that the earth's turning decides about no class."""
    grid = fan(name, latitude_deg, 20.0).range_m
    missile = CLASSES[name]
    assert grid[:, -1].min() > 1.01 * missile.range_max_m
    assert grid[:, 0].max() < 0.99 * missile.range_min_m


@EVERY
def test_range_grows_with_the_control(name):
    grid = fan(name, 40.0, 0.0).range_m
    ranges = np.linspace(CLASSES[name].range_min_m, CLASSES[name].range_max_m, 20)
    for row in grid:
        inside = (row > ranges[0]) & (row < ranges[-1])
        assert np.all(np.diff(row[inside]) > 0.0)


def test_statuses():
    """One batch with every outcome that input can bring about; the good case is flown all the same."""
    launch = (38.08, 46.29)
    latitude, longitude = places(*launch, [300.0] * 5, [1.3001e6, 3.999e5, 9e5, 0.0, 1.9e7])
    latitude, longitude = (
        np.append(latitude, [np.nan, 40.0, np.inf]),
        np.append(longitude, [30.0, np.nan, 30.0]),
    )
    flights = aim(fan("mrbm-1300", *launch), np.radians(latitude), np.radians(longitude))
    beyond, below, broken = Status.BEYOND_REACH, Status.BELOW_MINIMUM_RANGE, Status.NOT_FINITE
    assert flights.status.tolist() == [beyond, below, Status.DONE, below, beyond, broken, broken, broken]
    flown = flights.status == Status.DONE
    assert np.isnan(flights.miss_m[~flown]).all()
    assert not flights.nodes[~flown].any()
    assert np.isfinite(flights.nodes).all()


def test_a_flight_that_cannot_reach_its_class_range_says_so():
    """Half of the propellant: no aim point at 1,250 km is hit, and nothing pretends to."""
    missile = CLASSES["mrbm-1300"]
    stage = missile.stages[0]
    weak = missile._replace(stages=(stage._replace(propellant_kg=0.5 * stage.propellant_kg),))
    latitude, longitude = places(38.0, 46.0, [300.0, 300.0], [4.2e5, 1.25e6])
    flights = aim(
        Fan.at(weak, np.radians(38.0), np.radians(46.0)), np.radians(latitude), np.radians(longitude)
    )
    assert flights.status[1] == Status.NOT_CONVERGED
    assert flights.miss_m[1] > 1e5


@EVERY
def test_a_batch_gives_what_single_cases_give(name):
    launch, generator = (38.08, 46.29), np.random.default_rng(3)
    distance = generator.uniform(CLASSES[name].range_min_m, CLASSES[name].range_max_m, 5)
    latitude, longitude = np.radians(places(*launch, generator.uniform(0.0, 360.0, 5), distance))
    together = aim(fan(name, *launch), latitude, longitude)
    for case in range(5):
        alone = aim(fan(name, *launch), latitude[case : case + 1], longitude[case : case + 1])
        assert alone.summary[0] == pytest.approx(together.summary[case], rel=1e-9, abs=1e-3)
        assert alone.nodes[0] == pytest.approx(together.nodes[case], rel=1e-9, abs=1e-3)


@EVERY
def test_without_nodes_the_impact_is_as_good(name):
    launch = (10.0, 100.0)
    distance = np.linspace(1.01 * CLASSES[name].range_min_m, 0.99 * CLASSES[name].range_max_m, 6)
    latitude, longitude = np.radians(places(*launch, np.arange(6) * 60.0, distance))
    flights = aim(fan(name, *launch), latitude, longitude, with_nodes=False)
    assert set(flights.status.tolist()) == {Status.DONE}
    assert flights.nodes.shape[0] == 0
    target = geodetic_to_ecef(latitude, longitude, 0.0)
    assert np.linalg.norm(flights.summary[:, IMPACT + 1 : IMPACT + 4] - target, axis=1).max() < 100.0


@EVERY
def test_hemispheres_mirror_each_other(name):
    """The model is symmetric about the equator: mirrored launch and aim points give the same times."""
    distance = np.linspace(1.01 * CLASSES[name].range_min_m, 0.99 * CLASSES[name].range_max_m, 6)
    azimuth = np.arange(6) * 60.0 + 7.0
    north = np.radians(places(35.0, 20.0, azimuth, distance))
    south = np.radians(places(-35.0, 20.0, 180.0 - azimuth, distance))
    up, down = aim(fan(name, 35.0, 20.0), *north), aim(fan(name, -35.0, 20.0), *south)
    assert up.summary[:, IMPACT] == pytest.approx(down.summary[:, IMPACT], abs=0.05)
    assert up.summary[:, APOGEE + 1] == pytest.approx(down.summary[:, APOGEE + 1], abs=50.0)


def test_the_turning_earth_helps_eastward():
    grid = fan("icbm-10000", 0.0, 0.0).range_m[:, -1]
    east, west = grid[len(grid) // 4], grid[3 * len(grid) // 4]
    assert east > 1.2 * west


@EVERY
def test_nodes_tell_one_flight(name):
    """From launch to impact, time never running back, with burnout and apogee between."""
    launch = (50.0, 10.0)
    distance = np.linspace(1.01 * CLASSES[name].range_min_m, 0.99 * CLASSES[name].range_max_m, 4)
    flights = aim(fan(name, *launch), *np.radians(places(*launch, np.arange(4) * 90.0, distance)))
    for nodes, summary in zip(flights.nodes, flights.summary, strict=True):
        moving = np.flatnonzero(nodes[0] < summary[IMPACT])
        assert np.all(np.diff(nodes[0][: moving[-1] + 1]) >= 0.0)
        assert nodes[0, 0] == 0.0
        assert nodes[1:4, 0] == pytest.approx(geodetic_to_ecef(*np.radians(launch), 0.0), abs=1e-6)
        assert nodes[0, -1] == summary[IMPACT]
        assert nodes[1:4, -1] == pytest.approx(summary[IMPACT + 1 : IMPACT + 4], abs=1e-6)
        assert 0.0 < summary[BURNOUT] < summary[APOGEE] < summary[IMPACT]
        heights = ecef_to_geodetic(nodes[1:4].T)[2]
        assert summary[APOGEE + 1] >= heights.max() - 1.0


@EVERY
def test_flights_turned_about_the_axis_are_flights_of_the_other_longitude(name):
    distance = 0.5 * (CLASSES[name].range_min_m + CLASSES[name].range_max_m)
    here = np.radians(places(40.0, 10.0, [70.0], [distance]))
    there = np.radians(places(40.0, 130.0, [70.0], [distance]))
    turned = aim(fan(name, 40.0, 10.0), *here).turned(np.array([np.radians(120.0)]))
    direct = aim(fan(name, 40.0, 130.0), *there)
    assert turned.nodes == pytest.approx(direct.nodes, abs=1.0)
    assert turned.summary == pytest.approx(direct.summary, abs=1.0)


def test_cutoff_flights_are_those_of_most_range():
    """More or less tilt than the programme's brings a flight down nearer: it is near minimum energy."""
    missile = CLASSES["mrbm-1300"]
    steering = programme(missile)
    control = np.full(3, 0.9)
    tilt = steering.tilt_rad(control) + np.radians([-4.0, 0.0, 4.0])
    axis = np.eye(3)
    place = geodetic_to_ecef(0.0, 0.0, 0.0)
    summary, _ = steering.booster.fly(
        launch_rows(place, axis[0], axis[2], steering.cutoff_s(control), tilt), with_nodes=False
    )
    latitude = ecef_to_geodetic(summary[:, IMPACT + 1 : IMPACT + 4])[0]
    assert latitude[1] > max(latitude[0], latitude[2])
