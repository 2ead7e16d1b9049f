"""Radar equation, horizon and refraction against published or separately computed values."""

import numpy as np
import pytest
from scipy.integrate import quad

from synaspis.engine.sensing import (
    STANDARD_REFRACTION,
    apparent_to_geometric_elevation,
    horizon_ground_distance,
    horizon_range,
    pulse_range,
    slant_range,
    tracking_range,
)


def ratio(decibel: float) -> float:
    return 10.0 ** (decibel / 10.0)


def test_radar_equation_row():
    """100 kW, 1 ms, 45 dB, 3 cm, 0.1 m2, 500 K, 6 dB, 15 dB: 268775.6418 m."""
    found = pulse_range(100e3, 1e-3, ratio(45), 0.03, 0.1, 500.0, ratio(6), ratio(15))
    assert float(found) == pytest.approx(268775.6418, abs=1e-4)


def test_tracking_range_of_lewis_and_postol_inputs():
    """9.2 m2, efficiency 0.8, 81 kW, gain 103,000, 500 K, 8 dB, S/N 20, 0.1 s, worked by hand to 1 km."""
    section_m2 = np.array([0.001, 0.01, 0.1, 1.0])
    found = tracking_range(81e3, 103_000.0, 9.2, 0.8, 0.1, section_m2, 500.0, ratio(8), 20.0)
    assert np.allclose(found / 1e3, (460.0, 818.0, 1454.0, 2586.0), atol=1.3)
    cooler = tracking_range(81e3, 103_000.0, 9.2, 0.8, 0.1, 0.01, 400.0, ratio(6), 20.0)
    assert float(cooler) / 1e3 == pytest.approx(969.0, abs=1.3)


@pytest.mark.parametrize(
    ("height_km", "straight_km", "standard_km"),
    [
        (30, 617, 713),
        (100, 1121, 1297),
        (200, 1576, 1826),
        (300, 1918, 2225),
        (500, 2445, 2846),
        (1000, 3357, 3934),
    ],
)
def test_ground_distance_to_the_horizon(height_km, straight_km, standard_km):
    assert float(horizon_ground_distance(0.0, height_km * 1e3)) / 1e3 == pytest.approx(straight_km, abs=0.51)
    found = float(horizon_ground_distance(0.0, height_km * 1e3, STANDARD_REFRACTION))
    assert found / 1e3 == pytest.approx(standard_km, abs=0.51)


def test_horizon_of_a_target_at_10_km():
    assert float(horizon_range(0.0, 10e3)) == pytest.approx(357_099.4259, abs=1e-4)
    assert float(horizon_range(0.0, 10e3, STANDARD_REFRACTION)) == pytest.approx(412_302.4780, abs=1e-4)


@pytest.mark.parametrize(
    ("height_km", "elevation_deg", "central_deg", "slant_km"),
    [
        (100, 3, 7.518143371922, 847.828453),
        (300, 3, 14.499343417742, 1672.503103),
        (500, 5, 17.526565938601, 2077.091666),
        (1000, 0, 30.193347854956, 3707.020367),
    ],
)
def test_slant_range_and_central_angle(height_km, elevation_deg, central_deg, slant_km):
    slant, central = slant_range(height_km * 1e3, np.radians(elevation_deg))
    assert float(slant) / 1e3 == pytest.approx(slant_km, abs=1e-6)
    assert float(np.degrees(central)) == pytest.approx(central_deg, abs=1e-11)


def traced_bending_deg(elevation_deg: float, height_km: float) -> float:
    """Bending by ITU-R P.834, equation 1, in its air with n = 1 + 315e-6 exp(-0.1361 h)."""

    def index(height: float) -> float:
        return 1.0 + 315e-6 * np.exp(-0.1361 * height)

    constant = (6370.0 + height_km) * index(height_km) * np.cos(np.radians(elevation_deg))

    def bending(root: float) -> float:
        height = height_km + root**2
        cosine = constant / ((6370.0 + height) * index(height))
        tangent = np.sqrt(1.0 - cosine**2) / cosine
        return 315e-6 * 0.1361 * np.exp(-0.1361 * height) / (index(height) * tangent) * 2.0 * root

    return float(np.degrees(quad(bending, 0.0, 12.0, limit=400)[0]))


@pytest.mark.parametrize("height_km", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("elevation_deg", [0.0, 1.0, 3.0, 5.0, 10.0, 20.0, 45.0, 90.0])
def test_bending_agrees_with_a_traced_ray(elevation_deg, height_km):
    """The formula approximates this integral; a hundredth of a degree is enough for a radar."""
    geometric = apparent_to_geometric_elevation(np.radians(elevation_deg), height_km * 1e3)
    bending = elevation_deg - float(np.degrees(geometric))
    assert bending == pytest.approx(traced_bending_deg(elevation_deg, height_km), abs=0.01)
