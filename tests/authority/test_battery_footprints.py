"""What one battery of the lower layer defends, against what is said in public about its reach."""

from math import pi, sqrt

import numpy as np
import pytest
from pyproj import Geod

from synaspis.catalogue import load_catalogue
from synaspis.engagement import Batteries, Rights, engage, observe
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.engine.flight import BURNOUT
from synaspis.engine.flyout import flyout_table
from synaspis.engine.parameters import Radars, Satellites
from synaspis.engine.sensing import scaled_range
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import interceptor_parameters, missile_parameters

CATALOGUE = load_catalogue()
LATITUDE, LONGITUDE, AZIMUTH = 45.0, 20.0, 100.0
HALF_WIDTH_KM = {"thaad": 240.0, "pac-3-cri": 60.0, "pac-3-mse": 60.0}
PLACES = 41


def footprint_radius_km(interceptor: str, radar: str, missile: str) -> float:
    """Radius of a circle as large as the area defended against launches ahead, at 60 % of the class range."""
    kind, sensor, threat = (
        CATALOGUE.interceptors[interceptor], CATALOGUE.radars[radar], CATALOGUE.missiles[missile],
    )  # fmt: skip
    place = geodetic_to_ecef(*np.radians([[LATITUDE], [LONGITUDE]]), 0.0)
    east, north, up = local_axes_ecef(*np.radians([[LATITUDE], [LONGITUDE]]))
    ahead = np.sin(np.radians(AZIMUTH)) * east + np.cos(np.radians(AZIMUTH)) * north
    radars = Radars(
        place, east, north, up, ahead,
        np.atleast_1d(scaled_range(
            sensor.reference_range.si, sensor.reference_cross_section.si, threat.radar_cross_section.si,
            sensor.instrumented_range.si,
        )),
        np.array([np.sin(sensor.minimum_elevation.si)]), np.array([np.sin(sensor.maximum_elevation.si)]),
        np.array([np.cos(sensor.azimuth_half_width.si)]), np.array([sensor.firm_track_time.si]),
    )  # fmt: skip
    battery = Batteries(
        place, np.array([0]), (flyout_table(interceptor_parameters(kind)),),
        *(np.array([q.si]) for q in (kind.commit_delay, kind.kill_assessment_delay, kind.homing_time)),
    )  # fmt: skip
    flown = missile_parameters(threat)
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(LONGITUDE, LATITUDE, AZIMUTH, 0.6 * flown.range_max_m)
    half = HALF_WIDTH_KM[interceptor]
    along, across = np.meshgrid(*2 * [np.linspace(-half, half, PLACES)])
    aims = (
        LATITUDE + across.ravel() / 111.1,
        LONGITUDE + along.ravel() / (111.3 * np.cos(np.radians(LATITUDE))),
    )
    flights = aim(Fan.at(flown, *np.radians([latitude, longitude])), *np.radians(aims))
    assert not flights.status.any()
    burnout_s = flights.summary[:, BURNOUT].copy()
    none = Satellites(np.zeros((0, 3)), np.zeros(0), np.zeros(0), np.zeros(0))
    tracks = observe(flights.nodes, burnout_s, radars, none)
    rights = Rights(
        np.ones((1, 1), bool), np.ones((1, 1), bool), np.zeros((1, 1, 1)), np.ones((1, 1, 1), bool)
    )
    able = engage(flights.nodes, burnout_s, tracks, battery, rights).able[0].reshape(PLACES, PLACES) != 0
    assert not able[[0, -1]].any()
    assert not able[:, [0, -1]].any()
    return float(sqrt(able.sum() / pi) * 2.0 * half / (PLACES - 1))


@pytest.mark.parametrize("missile", ["mrbm-1300", "mrbm-2000", "irbm-3500"])
def test_thaad_defends_a_region(missile):
    """CRS IF12645 (2024): engages at 150 to 200 km, up to some missiles of intermediate range."""
    assert 100.0 < footprint_radius_km("thaad", "an-tpy-2-terminal", missile) < 200.0


@pytest.mark.parametrize(("name", "reach_km"), [("pac-3-cri", 20.0), ("pac-3-mse", 35.0)])
def test_patriot_defends_a_place(name, reach_km):
    """Tens of kilometres and no region: against ballistic missiles PAC-3 reaches 20 km (CSIS), MSE 35 km."""
    short, medium, long = (
        footprint_radius_km(name, "mpq-65", missile) for missile in ("srbm-300", "srbm-700", "mrbm-2000")
    )
    assert 10.0 < short <= reach_km
    assert 10.0 < medium <= 1.2 * short
    assert long < 0.5 * medium
