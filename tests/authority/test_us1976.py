"""The atmosphere against rows of the U.S. Standard Atmosphere, 1976 (NASA-TM-X-74335) by geometric altitude.

Temperature is kinetic, pressure in Pa, density in kg/m3. The rows to 86 km follow from the definition of the
layers alone; those above are the printed ones.
"""

import numpy as np
import pytest

from synaspis.engine.atmosphere import air

LAYER_ROWS = [
    (0.0, 288.150, 1.01325e5, 1.22500),
    (0.5, 284.90, 9.5461e4, 1.1673),
    (1.0, 281.651, 8.9876e4, 1.1117),
    (5.0, 255.676, 5.40483e4, 7.36428e-1),
    (10.0, 223.252, 2.64999e4, 4.13510e-1),
    (30.0, 226.509, 1.19703e3, 1.84102e-2),
    (40.0, 250.350, 2.87144e2, 3.99568e-3),
    (60.0, 247.021, 2.19587e1, 3.09678e-4),
    (70.0, 219.585, 5.22090, 8.28286e-5),
    (86.0, 186.87, 3.7338e-1, 6.958e-6),
]
PRINTED_ROWS = [
    (92.0, 186.96, 1.2887e-1, 2.393e-6),
    (100.0, 195.08, 3.2011e-2, 5.604e-7),
    (120.0, 360.00, 2.5382e-3, 2.222e-8),
    (230.0, 915.78, 3.9276e-5, 1.029e-10),
    (1000.0, 1000.0, 7.5138e-9, 3.561e-15),
]
SOUND_ROWS = [(0.5, 338.37), (10.0, 299.53), (24.0, 297.72), (50.0, 329.80), (67.0, 302.57), (85.0, 275.52)]
BASE_PRESSURES_PA = (22632.06, 5474.889, 868.0187, 110.9063, 66.93887, 3.956420, 0.3733836)


@pytest.mark.parametrize(("altitude_km", "temperature_k", "pressure_pa", "density_kg_m3"), LAYER_ROWS)
def test_rows_of_the_layers(altitude_km, temperature_k, pressure_pa, density_kg_m3):
    found = air(altitude_km * 1e3)
    assert float(found.temperature_k) == pytest.approx(temperature_k, abs=0.005)
    assert float(found.pressure_pa) == pytest.approx(pressure_pa, rel=1e-4)
    assert float(found.density_kg_m3) == pytest.approx(density_kg_m3, rel=1e-4)


@pytest.mark.parametrize(("altitude_km", "temperature_k", "pressure_pa", "density_kg_m3"), PRINTED_ROWS)
def test_printed_rows_above_86_km(altitude_km, temperature_k, pressure_pa, density_kg_m3):
    found = air(altitude_km * 1e3)
    assert float(found.temperature_k) == pytest.approx(temperature_k, rel=1e-4)
    assert float(found.pressure_pa) == pytest.approx(pressure_pa, rel=2e-3)
    assert float(found.density_kg_m3) == pytest.approx(density_kg_m3, rel=1e-3)


@pytest.mark.parametrize(("altitude_km", "speed_m_s"), SOUND_ROWS)
def test_speed_of_sound(altitude_km, speed_m_s):
    assert float(air(altitude_km * 1e3).speed_of_sound_m_s) == pytest.approx(speed_m_s, abs=0.006)


def test_pressure_at_the_foot_of_each_layer():
    geopotential = np.array([11e3, 20e3, 32e3, 47e3, 51e3, 71e3, 84.852e3])
    geometric = 6_356_766.0 * geopotential / (6_356_766.0 - geopotential)
    assert np.allclose(air(geometric).pressure_pa, BASE_PRESSURES_PA, rtol=1e-6)
