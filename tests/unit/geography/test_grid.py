"""Cells: areas against the area of the ellipsoid and PROJ, no city lost, all faults of a region at once."""

import numpy as np
import pytest
from pyproj import Geod

from synaspis.core.errors import InputError
from synaspis.geography import SEA, Countries, Grid, cities
from synaspis.geography.cities import Cities
from synaspis.geography.grid import _place_cities, area_from_equator_m2

# Surface of the WGS84 ellipsoid in m2: Moritz, Geodetic Reference System 1980, J. Geodesy 74 (2000) 128-133,
# gives the radius of the sphere of equal area; for WGS84 NIMA TR8350.2, table 3.3: R2 = 6371007.1809 m.
ELLIPSOID_AREA_M2 = 4.0 * np.pi * 6371007.1809**2


@pytest.fixture(scope="module")
def europe() -> Grid:
    return Grid.over(30.0, 72.0, -25.0, 50.0, 0.5)


@pytest.mark.parametrize("step_deg", [10.0, 1.0])
def test_the_cells_of_the_globe_make_up_the_ellipsoid(step_deg):
    globe = Grid.over(-90.0, 90.0, -180.0, 180.0, step_deg)
    assert globe.cell_area_m2.sum() == pytest.approx(ELLIPSOID_AREA_M2, rel=5e-11)


def test_one_cell_against_proj():
    """PROJ joins points by geodesics, so the parallels are cut into short pieces (1e-8 of the area)."""
    grid = Grid.over(50.0, 51.0, 10.0, 11.0, 0.5)
    x = np.linspace(10.0, 10.5, 5001)
    lon = np.concatenate([x, x[::-1]])
    lat = np.concatenate([np.full(5001, 50.0), np.full(5001, 50.5)])
    area, _ = Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)
    assert grid.cell_area_m2[0, 0] == pytest.approx(area, rel=1e-8)


def test_the_area_north_and_south_of_the_equator_is_the_same():
    latitude = np.radians([10.0, 45.0, 90.0])
    assert area_from_equator_m2(-latitude) == pytest.approx(-area_from_equator_m2(latitude), rel=1e-15)


def test_centres_and_shapes(europe):
    assert europe.shape == (84, 150)
    assert np.degrees(europe.latitude_rad[[0, -1]]) == pytest.approx([30.25, 71.75])
    assert np.degrees(europe.longitude_rad[[0, -1]]) == pytest.approx([-24.75, 49.75])
    for member in (europe.country, europe.cell_area_m2, europe.population, europe.land):
        assert member.shape == europe.shape


@pytest.mark.parametrize(
    ("code", "area_km2"),
    [("DE", 357_022), ("FR", 551_500), ("PL", 312_685), ("TR", 783_562), ("RO", 238_391)],
)
def test_cells_of_a_country_have_about_its_area(europe, code, area_km2):
    """CIA World Factbook, May 2026, total area; a border through cells of 2,000 km2 leaves 3 %."""
    assert europe.cell_area_m2[europe.of_countries([code])].sum() / 1e6 == pytest.approx(area_km2, rel=0.03)


def test_no_city_of_the_region_is_lost_and_none_is_at_sea(europe):
    table = cities()
    lat, lon = np.degrees(table.latitude_rad), np.degrees(table.longitude_rad)
    inside = (lat >= 30.0) & (lat < 72.0) & (lon >= -25.0) & (lon < 50.0)
    assert europe.population.sum() == table.population[inside].sum()
    assert europe.population[~europe.land].sum() == 0


@pytest.mark.parametrize("step_deg", [0.25, 0.5])
def test_the_cities_of_a_country_are_counted_in_it(step_deg):
    """Cities stay in the country that they belong to, within what lies in enclaves smaller than a cell."""
    grid = Grid.over(30.0, 72.0, -25.0, 50.0, step_deg)
    table = cities()
    for code in ("DE", "FR", "GB", "GR", "IT", "MT", "CY", "NL", "PL", "DK", "UA", "XK", "TR", "NO"):
        own = (
            (table.country == code)
            & (np.degrees(table.latitude_rad) > 30.0)
            & (np.degrees(table.longitude_rad) > -25.0)
        )
        counted = grid.population[grid.of_countries([code])].sum()
        assert counted == pytest.approx(table.population[own].sum(), rel=0.01), code


def test_small_islands_with_a_city_are_land(europe):
    """Valletta: no centre of a 0.5 degree cell lies on Malta."""
    centres = Countries.load().country_at(europe.latitude_rad[:, None], europe.longitude_rad[None, :])
    malta = europe.codes.index("MT")
    assert not np.any(centres == malta)
    assert np.any(europe.country == malta)


def place(country: list[list[int]], *towns: tuple[float, float, str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Towns (row, column, country, inhabitants) on one-degree cells from the equator and meridian 0."""
    row, column, code, people = zip(*towns, strict=True)
    table = Cities(
        name=tuple("town" for _ in towns),
        country=np.array(code),
        latitude_rad=np.radians(row),
        longitude_rad=np.radians(column),
        population=np.array(people),
    )
    return _place_cities(table, ("AA", "BB"), np.array(country, dtype=np.int16), (0.0, 0.0), np.radians(1.0))


def test_a_city_in_a_sea_cell_goes_to_the_nearest_cell_of_its_country():
    """A port 0.2 cells from AA in the east and 0.1 cells from BB in the north belongs to AA."""
    population, country = place([[SEA, 0], [1, SEA]], (0.9, 0.8, "AA", 7))
    assert population.tolist() == [[0, 7], [0, 0]]
    assert country.tolist() == [[SEA, 0], [1, SEA]]


def test_a_city_on_an_island_makes_it_land():
    population, country = place(
        [[SEA, SEA, SEA, SEA], [SEA, SEA, SEA, 1]], (0.5, 0.5, "AA", 5), (0.5, 1.5, "AA", 3)
    )
    assert population.tolist() == [[8, 0, 0, 0], [0, 0, 0, 0]]
    assert country[0, 0] == 0
    assert (country == SEA).sum() == 6


def test_a_city_in_an_enclave_stays_where_it_is():
    population, country = place([[1, 1], [1, 1]], (0.5, 0.5, "AA", 5))
    assert population.tolist() == [[5, 0], [0, 0]]
    assert np.all(country == 1)


def test_a_city_of_a_country_that_is_not_drawn_goes_to_the_nearest_land():
    population, _ = place([[SEA, 1], [0, SEA]], (0.5, 0.9, "GI", 5))
    assert population.tolist() == [[0, 5], [0, 0]]


def test_cities_outside_the_region_do_not_count():
    population, _ = place(
        [[0, 0]], (-0.1, 0.5, "AA", 1), (1.1, 0.5, "AA", 2), (0.5, 2.1, "AA", 4), (0.5, -0.1, "AA", 8)
    )
    assert population.sum() == 0


def test_a_region_over_the_180th_meridian():
    grid = Grid.over(-20.0, -15.0, 175.0, -175.0, 1.0)
    assert grid.shape == (5, 10)
    assert np.degrees(grid.longitude_rad[[0, -1]]) == pytest.approx([175.5, 184.5])
    fiji = cities().population[cities().country == "FJ"].sum()
    assert grid.population[grid.of_countries(["FJ"])].sum() == fiji > 0


@pytest.mark.parametrize(
    ("region", "texts"),
    [
        (
            (91.0, 95.0, -200.0, 10.0, 0.0),
            ["south is 91.0 deg; allowed is -90 to 90 deg", "west is -200.0 deg; allowed is -180 to 360"],
        ),
        (
            (91.0, 95.0, -200.0, 10.0, 0.0),
            ["north is 95.0 deg", "step is 0.0 deg; allowed is 0.01 to 10 deg"],
        ),
        ((float("nan"), 40.0, 0.0, 10.0, 1.0), ["south is nan deg"]),
        (
            (50.0, 40.0, 0.0, 10.0, 1.0),
            ["south is 50.0 deg and north 40.0 deg; south must be less than north"],
        ),
        ((40.0, 50.0, -180.0, 300.0, 1.0), ["the region is 480 deg wide; allowed is up to 360 deg"]),
        (
            (40.0, 50.1, 0.0, 10.3, 0.25),
            ["north: 10.1 deg is 40.400 steps of 0.25 deg", "Move north by -0.1 deg", "east: 10.3 deg"],
        ),
        (
            (-90.0, 90.0, -180.0, 180.0, 0.02),
            ["the grid has 162,000,000 cells; allowed are 4,000,000", "Use a step of 0.13 deg or more"],
        ),
    ],
)
def test_a_region_that_cannot_be_is_refused_with_all_its_faults(region, texts):
    with pytest.raises(InputError, match=r"faults? in the input") as caught:
        Grid.over(*region)
    for text in texts:
        assert text in str(caught.value)


def test_unknown_countries_are_all_named(europe):
    with pytest.raises(InputError, match="2 faults") as caught:
        europe.of_countries(["DE", "UK", "EL"])
    assert "'UK' has no land on the map" in str(caught.value)
    assert "'EL' has no land on the map" in str(caught.value)
