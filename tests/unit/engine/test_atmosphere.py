"""The standard atmosphere: shapes, borders, and that it is in balance with its own gravity."""

import numpy as np
import pytest

from synaspis.engine.atmosphere import air, density


def test_scalar_and_array_give_the_same_shape_and_value():
    grid = np.array([[0.0, 11e3], [85e3, 120e3]])
    whole = air(grid)
    assert whole.density_kg_m3.shape == (2, 2)
    assert float(density(120e3)) == whole.density_kg_m3[1, 1]
    assert float(air(11e3).temperature_k) == whole.temperature_k[0, 1]


def test_below_minus_5_km_and_above_1000_km():
    found = air(np.array([-9e3, -5e3, 1000e3, 1000.001e3]))
    assert found.density_kg_m3[0] == found.density_kg_m3[1]
    assert found.density_kg_m3[2] > 0.0
    assert found.density_kg_m3[3] == found.pressure_pa[3] == 0.0


def test_no_speed_of_sound_above_86_km():
    speed = air(np.array([86e3, 86.001e3])).speed_of_sound_m_s
    assert np.isnan(speed).tolist() == [False, True]


@pytest.mark.parametrize(
    "altitude_m", [11_019.07, 20_063.12, 32_161.90, 47_350.09, 51_412.48, 71_801.97, 86e3]
)
def test_no_step_at_a_layer_border(altitude_m):
    below, above = (air(altitude_m + side) for side in (-0.01, 0.01))
    assert float(above.density_kg_m3 / below.density_kg_m3) == pytest.approx(1.0, abs=3e-4)
    assert float(above.temperature_k) == pytest.approx(float(below.temperature_k), abs=0.02)


def test_density_falls_everywhere_but_for_no_altitude():
    altitude = np.linspace(-5e3, 1000e3, 20_000)
    assert np.all(np.diff(density(altitude)) < 0.0)


def test_weight_of_the_air_above_is_its_pressure():
    """Hydrostatic balance: density times gravity, summed over altitude."""
    altitude = np.linspace(0.0, 85e3, 200_001)
    found = air(altitude)
    gravity = 9.80665 * (6_356_766.0 / (6_356_766.0 + altitude)) ** 2
    weight = np.trapezoid(found.density_kg_m3 * gravity, altitude)
    assert weight == pytest.approx(float(found.pressure_pa[0] - found.pressure_pa[-1]), rel=1e-6)


def test_diffusive_air_is_nearly_in_balance_as_a_whole():
    """Above 86 km each gas has its own balance; the sum keeps the hydrostatic one to about a percent."""
    altitude = np.linspace(150e3, 400e3, 20_001)
    found = air(altitude)
    gravity = 9.80665 * (6_356_766.0 / (6_356_766.0 + altitude)) ** 2
    weight = np.trapezoid(found.density_kg_m3 * gravity, altitude)
    assert weight == pytest.approx(float(found.pressure_pa[0] - found.pressure_pa[-1]), rel=0.01)
