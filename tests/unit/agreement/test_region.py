"""Which regions an area touches: poles, date line, edges, countries; distances by geographiclib."""

from typing import Any

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from synaspis.agreement import check_book
from synaspis.core.documents import read_document
from synaspis.geography import Countries

BOOK = """
schema: agreements/1
id: places
name: x
partners: {ann: {name: Ann}}
regions:
  circle: {name: x, centre: {latitude: 50 deg, longitude: 20 deg}, radius: 300 km}
  date-line:
    name: x
    boundary:
      - {latitude: 50 deg, longitude: 170 deg}
      - {latitude: 50 deg, longitude: 190 deg}
      - {latitude: 60 deg, longitude: 190 deg}
      - {latitude: 60 deg, longitude: 170 deg}
  pole:
    name: x
    boundary:
      - {latitude: 75 deg, longitude: 0 deg}
      - {latitude: 75 deg, longitude: 120 deg}
      - {latitude: 75 deg, longitude: 240 deg}
  south: {name: x, centre: {latitude: -90 deg, longitude: 0 deg}, radius: 1000 km}
  iberia: {name: x, countries: [ES, PT]}
"""


@pytest.fixture(scope="module")
def book() -> Any:
    return check_book(read_document(BOOK), borders=Countries.load())


def touched(book: Any, latitude_deg: Any, longitude_deg: Any, radius_m: float = 0.0) -> Any:
    return book.regions_of(np.radians(latitude_deg), np.radians(longitude_deg), radius_m)


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (50.0, 20.0, ("circle",)),
        (50.0, 380.0, ("circle",)),
        (55.0, 180.0, ("date-line",)),
        (55.0, -175.0, ("date-line",)),
        (55.0, 165.0, ()),
        (89.0, 300.0, ("pole",)),
        (90.0, 0.0, ("pole",)),
        (-85.0, 77.0, ("south",)),
        (40.4, -3.7, ("iberia",)),  # Madrid
        (40.2, -8.4, ("iberia",)),  # Coimbra
        (48.9, 2.4, ()),  # Paris
        (-55.0, 0.0, ()),  # opposite of the date-line region, where the projection turns it inside out
        (-50.0, 200.0, ()),  # opposite of the circle
    ],
)
def test_a_point_touches_the_regions_around_it(
    book: Any, latitude: float, longitude: float, expected: tuple[str, ...]
):
    assert touched(book, latitude, longitude) == expected


@pytest.mark.parametrize("azimuth", range(0, 360, 45))
def test_a_circle_ends_at_its_radius(book: Any, azimuth: int):
    # The sphere is off by up to 0.6 %, 1.8 km of 300 km.
    for distance_m, expected in ((297_000.0, ("circle",)), (303_000.0, ())):
        end = Geodesic.WGS84.Direct(50.0, 20.0, azimuth, distance_m)
        assert touched(book, end["lat2"], end["lon2"]) == expected


@pytest.mark.parametrize("azimuth", range(0, 360, 45))
def test_an_area_with_a_radius_touches_what_it_reaches(book: Any, azimuth: int):
    end = Geodesic.WGS84.Direct(50.0, 20.0, azimuth, 1_000_000.0)
    assert "circle" not in touched(book, end["lat2"], end["lon2"], 690_000.0)
    assert "circle" in touched(book, end["lat2"], end["lon2"], 710_000.0)


def test_a_side_is_a_great_circle(book: Any):
    # The great circle from 60 N 170 E to 60 N 170 W (190 E) passes its middle at 60.38 degrees north:
    # tan(latitude) = tan 60 / cos 10.
    assert touched(book, 60.3, 180.0) == ("date-line",)
    assert touched(book, 60.5, 180.0) == ()


def test_an_area_touches_every_region_that_it_overlaps(book: Any):
    # A triangle from the north of Spain to the Atlantic and to Poland.
    assert touched(book, [42.5, 45.0, 50.0], [-1.0, -10.0, 19.0]) == ("circle", "iberia")


def test_a_line_touches_what_it_crosses(book: Any):
    assert touched(book, [50.0, 50.0], [10.0, 30.0]) == ("circle",)
    assert touched(book, [40.0, 40.0], [10.0, 30.0]) == ()


def test_an_area_around_a_region_touches_it(book: Any):
    assert "circle" in touched(book, [40.0, 40.0, 60.0, 60.0], [5.0, 35.0, 35.0, 5.0])


@pytest.mark.parametrize(
    ("latitude", "longitude", "radius_m"),
    [
        ([0.0, 0.0, 0.0], [0.0, 120.0, 240.0], 0.0),
        ([0.0, 0.0], [0.0, 100.0], 0.0),
        (0.0, 0.0, 6e6),
        (float("nan"), 0.0, 0.0),
        (0.0, 0.0, float("nan")),
        (0.0, 0.0, -1.0),
    ],
)
def test_an_area_that_cannot_be_judged_is_not_known(
    book: Any, latitude: Any, longitude: Any, radius_m: float
):
    assert touched(book, latitude, longitude, radius_m) is None


def test_countries_need_a_map():
    without = check_book(read_document(BOOK))
    with pytest.raises(ValueError, match="no map of countries was given"):
        touched(without, 40.0, 0.0)
    assert without.regions_of(np.radians(40.4), np.radians(-3.7), borders=Countries.load()) == ("iberia",)
