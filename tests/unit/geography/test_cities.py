"""The table of cities."""

import numpy as np
import pytest

from synaspis.geography import cities


def test_columns_have_one_length_and_the_largest_comes_first():
    table = cities()
    lengths = {
        len(table.name),
        *(c.size for c in (table.country, table.latitude_rad, table.longitude_rad, table.population)),
    }
    assert len(lengths) == 1
    assert np.all(np.diff(table.population) <= 0)


@pytest.mark.parametrize(
    ("name", "code", "latitude_deg", "longitude_deg", "population"),
    [
        ("Warsaw", "PL", 52.23, 21.01, 1_863_000),
        ("Madrid", "ES", 40.42, -3.70, 3_422_000),
        ("Helsinki", "FI", 60.17, 24.94, 685_000),
    ],
)
def test_known_cities(name, code, latitude_deg, longitude_deg, population):
    """Inhabitants from the offices GUS, INE and Statistics Finland, 2024; GeoNames is older: 15 %."""
    table = cities()
    row = next(i for i, each in enumerate(table.name) if each == name and table.country[i] == code)
    assert np.degrees(table.latitude_rad[row]) == pytest.approx(latitude_deg, abs=0.05)
    assert np.degrees(table.longitude_rad[row]) == pytest.approx(longitude_deg, abs=0.05)
    assert table.population[row] == pytest.approx(population, rel=0.15)


def test_every_city_has_at_least_15_000_inhabitants_or_is_a_capital():
    """GeoNames keeps capitals of any size in this list."""
    table = cities()
    assert (table.population < 15_000).mean() < 0.03
    assert table.population.min() >= 0
