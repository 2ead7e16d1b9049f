"""Radar range, horizon and refraction: laws of scale, borders, shapes."""

import numpy as np
import pytest

from synaspis.core.constants import EARTH_MEAN_RADIUS_M
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.engine.sensing import (
    apparent_to_geometric_elevation,
    horizon_ground_distance,
    horizon_range,
    pulse_range,
    scaled_range,
    slant_range,
    tracking_range,
)


def test_sixteen_times_the_cross_section_doubles_every_range():
    pulse = pulse_range(1e5, 1e-3, 3e4, 0.03, np.array([0.01, 0.16]), 500.0, 4.0, 20.0)
    dwell = tracking_range(8e4, 1e5, 9.2, 0.8, 0.1, np.array([0.01, 0.16]), 500.0, 6.0, 20.0)
    for found in (pulse, dwell):
        assert found[1] / found[0] == pytest.approx(2.0, rel=1e-12)
    assert float(scaled_range(500e3, 1.0, 16.0)) == pytest.approx(1000e3)


def test_instrumented_range_is_the_end():
    assert np.allclose(scaled_range(1000e3, 0.1, np.array([0.1, 1.6]), 1500e3), (1000e3, 1500e3))


def test_pulse_and_dwell_are_one_equation():
    """One pulse on an aperture A = G lambda^2 / (4 pi) has the same range by both forms."""
    gain, wavelength = 2e4, 0.1
    aperture = gain * wavelength**2 / (4.0 * np.pi)
    pulse = pulse_range(2e5, 2e-3, gain, wavelength, 0.5, 600.0, 3.0, 15.0)
    dwell = tracking_range(2e5, gain, aperture, 1.0, 2e-3, 0.5, 600.0, 3.0, 15.0)
    assert float(pulse) == pytest.approx(float(dwell), rel=1e-12)


def test_horizon_of_two_heights_is_the_sum():
    parts = float(horizon_range(50.0, 0.0)) + float(horizon_range(0.0, 200e3))
    assert float(horizon_range(50.0, 200e3)) == pytest.approx(parts)
    assert float(horizon_ground_distance(0.0, 0.0)) == 0.0


def test_target_on_the_horizon_is_at_elevation_zero():
    slant, central = slant_range(300e3, 0.0)
    assert float(slant) == pytest.approx(float(horizon_range(0.0, 300e3)), abs=1e-6)
    assert float(central) * EARTH_MEAN_RADIUS_M == pytest.approx(
        float(horizon_ground_distance(0.0, 300e3)), abs=1e-6
    )


def test_slant_range_agrees_with_vectors():
    elevation = np.radians([0.5, 10.0, 60.0, 90.0])
    slant, central = slant_range(400e3, elevation, 1200.0)
    radar = np.array([0.0, EARTH_MEAN_RADIUS_M + 1200.0])
    target = radar + slant[:, None] * np.stack([np.cos(elevation), np.sin(elevation)], axis=-1)
    assert np.allclose(np.linalg.norm(target, axis=-1), EARTH_MEAN_RADIUS_M + 400e3, atol=1e-6)
    assert np.allclose(np.arctan2(target[:, 0], target[:, 1]), central, atol=1e-14)


def test_sphere_and_ellipsoid_horizon_differ_by_less_than_a_percent():
    """Straight line over WGS84 along a meridian at 45 N, against the sphere."""
    latitude = np.radians(np.linspace(45.0, 60.0, 30_001))
    here = geodetic_to_ecef(latitude[0], 0.0, 0.0)
    up = np.array([np.cos(latitude[0]), 0.0, np.sin(latitude[0])])
    above = (geodetic_to_ecef(latitude, 0.0, 100e3) - here) @ up
    distance = np.linalg.norm(geodetic_to_ecef(latitude, 0.0, 100e3) - here, axis=-1)[np.argmax(above < 0.0)]
    assert distance == pytest.approx(float(horizon_range(0.0, 100e3)), rel=0.01)


def test_refraction_lowers_every_ray_and_keeps_their_order():
    apparent = np.radians(np.linspace(-0.5, 90.0, 400))
    geometric = apparent_to_geometric_elevation(apparent)
    assert np.all(geometric <= apparent)
    assert np.all(np.diff(geometric) > 0.0)
    assert float(apparent_to_geometric_elevation(np.pi / 2)) == pytest.approx(np.pi / 2, abs=1e-12)


def test_refraction_has_no_step_at_10_degrees_and_stops_at_3_km():
    below, above = apparent_to_geometric_elevation(np.radians([9.99999, 10.00001]))
    assert above - below == pytest.approx(np.radians(0.00002), rel=0.05)
    assert float(apparent_to_geometric_elevation(0.1, 4000.0)) == float(
        apparent_to_geometric_elevation(0.1, 3000.0)
    )
