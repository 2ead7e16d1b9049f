"""The map: areas against the CIA World Factbook, places of known country, the traps of Natural Earth."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from synaspis.core.errors import InputError
from synaspis.geography import SEA, Countries

# Total area (land and inland water, km2), CIA World Factbook, field "Area", as of May 2026.
# France: metropolitan; Cyprus, Ukraine, Somalia, Serbia without Kosovo: within the borders that the UN
# recognise.
AREAS_KM2 = {
    "AU": 7_741_220,
    "BE": 30_528,
    "BG": 110_879,
    "CY": 9_251,
    "CZ": 78_867,
    "DE": 357_022,
    "DK": 43_094,
    "ES": 505_370,
    "FI": 338_145,
    "FJ": 18_274,
    "FR": 551_500,
    "GB": 243_610,
    "GL": 2_166_086,
    "GR": 131_957,
    "HU": 93_028,
    "IQ": 438_317,
    "IR": 1_648_195,
    "IS": 103_000,
    "IT": 301_340,
    "NO": 323_802,
    "PL": 312_685,
    "PT": 92_090,
    "RO": 238_391,
    "RU": 17_098_242,
    "SJ": 62_045 + 377,
    "SO": 637_657,
    "TR": 783_562,
    "UA": 603_550,
    "XK": 10_887,
}


@pytest.fixture(scope="module")
def countries() -> Countries:
    return Countries.load()


def area_km2(shape: shapely.MultiPolygon) -> float:
    """Geodesic area by PROJ; edges cut short, for the map draws them straight in latitude and longitude."""
    geod = Geod(ellps="WGS84")
    return (
        sum(abs(geod.geometry_area_perimeter(shapely.segmentize(part, 0.1))[0]) for part in shape.geoms) / 1e6
    )


@pytest.mark.parametrize("code", AREAS_KM2)
def test_areas_agree_with_the_world_factbook(countries, code):
    """2 %: coasts at 1:50 million, and statistics that count tidal flats and territorial lakes apart."""
    assert area_km2(countries.polygons(code)) == pytest.approx(AREAS_KM2[code], rel=0.02)


@pytest.mark.parametrize(
    ("name", "latitude_deg", "longitude_deg", "code"),
    [
        ("Berlin", 52.52, 13.40, "DE"),
        ("Nicosia, north side", 35.30, 33.40, "CY"),
        ("Pristina", 42.66, 21.16, "XK"),
        ("Hargeisa", 9.56, 44.06, "SO"),
        ("Simferopol", 44.95, 34.10, "UA"),
        ("Krasnodar", 45.04, 38.98, "RU"),
        ("Kaliningrad", 54.70, 20.50, "RU"),
        ("Chukotka, west longitude", 66.00, -175.00, "RU"),
        ("Wrangel Island on the 180th meridian", 71.20, -180.00, "RU"),
        ("Wrangel Island, the same place", 71.20, 180.00, "RU"),
        ("Taveuni, east of the meridian", -16.86, -179.97, "FJ"),
        ("South Pole", -90.00, 0.00, "AQ"),
        ("near the South Pole", -89.9995, 123.00, "AQ"),
        ("Cayenne", 4.85, -52.40, "GF"),
        ("Spitsbergen", 78.00, 16.50, "SJ"),
        ("Ankara", 39.93, 32.86, "TR"),
        ("Siachen Glacier, claimed by two states", 35.40, 77.10, "ZZ"),
    ],
)
def test_known_places(countries, name, latitude_deg, longitude_deg, code):
    index = countries.country_at(np.radians(latitude_deg), np.radians(longitude_deg))
    assert countries.codes[int(index)] == code, name


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg"), [(45.0, -30.0), (43.3, 33.0), (35.5, 18.0), (71.2, 175.0), (90.0, 0.0)]
)
def test_known_seas(countries, latitude_deg, longitude_deg):
    assert int(countries.country_at(np.radians(latitude_deg), np.radians(longitude_deg))) == SEA


def test_any_turn_of_longitude_is_the_same_place(countries):
    latitude = np.radians(np.arange(-85.0, 86.0, 5.0))[:, None]
    longitude = np.radians(np.arange(-177.0, 180.0, 7.0))[None, :]
    here = countries.country_at(latitude, longitude)
    assert np.array_equal(here, countries.country_at(latitude, longitude + 2.0 * np.pi))
    assert np.array_equal(here, countries.country_at(latitude, longitude - 4.0 * np.pi))


def test_a_batch_is_the_same_as_one_by_one(countries):
    latitude = np.radians([[52.5, 45.0], [39.9, 35.3]])
    longitude = np.radians([[13.4, -30.0], [32.9, 33.4]])
    batch = countries.country_at(latitude, longitude)
    single = [
        int(countries.country_at(a, b)) for a, b in zip(latitude.ravel(), longitude.ravel(), strict=True)
    ]
    assert batch.shape == (2, 2)
    assert batch.ravel().tolist() == single


def test_every_shape_is_valid_and_on_the_map(countries):
    for code, shape in zip(countries.codes, countries.shapes, strict=True):
        assert shape.is_valid, code
        west, south, east, north = shape.bounds
        assert -180.0 <= west < east <= 180.0, code
        assert -90.0 <= south < north <= 90.0, code


def test_countries_do_not_overlap(countries):
    """What the corrections moved is gone where it was: the parts cover together what their union covers."""
    moved = [
        countries.polygons(code) for code in ("RU", "UA", "CY", "SO", "FR", "NO", "SJ", "GF", "XK", "RS")
    ]
    assert sum(shape.area for shape in moved) == pytest.approx(shapely.union_all(moved).area, rel=1e-9)


def test_codes_are_unique_and_in_order(countries):
    assert list(countries.codes) == sorted(set(countries.codes))
    assert countries.codes[countries.index("TR")] == "TR"


def test_an_unknown_code_is_refused(countries):
    with pytest.raises(
        InputError, match="country code 'UK' has no land on the map; allowed are ISO 3166-1 alpha-2"
    ):
        countries.polygons("UK")


def test_the_map_is_read_once():
    assert Countries.load() is Countries.load()
