"""Frames against SOFA's published test values and its routines (through ERFA), and normal gravity."""

import erfa
import numpy as np
import pytest

from synaspis.engine.earth import ecef_to_eci, ecef_to_geodetic, geodetic_to_ecef, normal_gravity

WGS84 = 1


def test_gd2gc_value_of_sofa():
    """SOFA test program t_sofa_c, gd2gc with WGS84."""
    position = geodetic_to_ecef(-0.5, 3.1, 2500.0)
    expected = (-5599000.557704994, 233011.67223479153, -3040909.470698336)
    assert np.abs(position - expected).max() < 2e-9


def test_gc2gd_value_of_sofa():
    """SOFA test program t_sofa_c, gc2gd with WGS84."""
    latitude, longitude, height = ecef_to_geodetic((2e6, 3e6, 5.244e6))
    assert float(longitude) == pytest.approx(0.982793723247329, abs=1e-14)
    assert float(latitude) == pytest.approx(0.9716018481907546, abs=1e-14)
    assert float(height) == pytest.approx(331.4172461, abs=1e-7)


def test_geodetic_agrees_with_erfa_over_the_globe_and_far_out():
    random = np.random.default_rng(1976)
    latitude = random.uniform(-np.pi / 2, np.pi / 2, 500)
    longitude = random.uniform(-np.pi, np.pi, 500)
    height = random.uniform(-1e4, 4e7, 500)
    position = erfa.gd2gc(WGS84, longitude, latitude, height)
    assert np.abs(geodetic_to_ecef(latitude, longitude, height) - position).max() < 3e-8
    found = ecef_to_geodetic(position)
    their_longitude, their_latitude, their_height = erfa.gc2gd(WGS84, position)
    # Their latitude is a closed formula, good to 3e-11 rad at 40,000 km; ours returns the one that went in.
    assert np.abs(found[0] - their_latitude).max() < 1e-10
    assert np.abs(found[0] - latitude).max() < 2e-15
    assert np.abs(found[1] - their_longitude).max() < 1e-14
    assert np.abs(found[2] - their_height).max() < 3e-8


def test_state_of_a_ground_point_agrees_with_erfa():
    """`pvtob` of a frame that does not turn; its Earth turns 1.2e-7 faster than that of WGS84."""
    latitude, longitude, height = 0.7, -1.9, 300.0
    angle = erfa.era00(2400000.5, 54388.0)
    assert angle == pytest.approx(0.40228372400281387, abs=1e-12)
    theirs = erfa.pvtob(longitude, latitude, height, 0.0, 0.0, 0.0, angle)
    position, velocity = ecef_to_eci(geodetic_to_ecef(latitude, longitude, height), np.zeros(3), angle)
    assert np.abs(position - theirs["p"]).max() < 1e-8
    assert np.abs(velocity - theirs["v"]).max() < 1e-4


def test_normal_gravity_of_wgs84():
    """NIMA TR8350.2 (2000), tables 3.4: equator and pole."""
    assert float(normal_gravity(0.0)) == pytest.approx(9.7803253359, abs=1e-10)
    assert float(normal_gravity(np.pi / 2)) == pytest.approx(9.8321849378, abs=1e-10)
