import numpy as np
import pytest

from synaspis.core.errors import InputError
from synaspis.geography.borders import border_between, distance_to_border_m

KILOMETRE = 1e3


def distance_km(latitude_deg: float, longitude_deg: float, a: str, b: str) -> float:
    found = distance_to_border_m(np.radians(latitude_deg), np.radians(longitude_deg), border_between(a, b))
    return float(found) / KILOMETRE


# Places on or near the border and their distance as published: Wagah lies on the crossing; Lahore's centre is
# about 24 km from it, Amritsar's about 28 km (Encyclopaedia Britannica, articles on the two cities and the
# crossing, from memory); a map at 1:50 million is good to some kilometres.
@pytest.mark.parametrize(
    ("place", "latitude_deg", "longitude_deg", "expected_km"),
    [("Wagah", 31.605, 74.573, 0.0), ("Lahore", 31.549, 74.344, 22.0), ("Amritsar", 31.634, 74.872, 28.0)],
)
def test_distance_from_the_border_of_india_and_pakistan(place, latitude_deg, longitude_deg, expected_km):
    assert distance_km(latitude_deg, longitude_deg, "IN", "PK") == pytest.approx(expected_km, abs=7.0), place


def test_a_place_far_away_is_as_far_as_the_nearest_end():
    # Singapore to the southern end of the border at the Rann of Kutch is about 4,400 km by great circle
    # (haversine from 1.35 N 103.82 E to 23.7 N 68.2 E: 4,446 km; to Punjab it is farther or about equal).
    assert 4000.0 < distance_km(1.35, 103.82, "IN", "PK") < 4500.0


def test_order_of_the_two_countries_does_not_matter():
    assert distance_km(30.0, 70.0, "IN", "PK") == distance_km(30.0, 70.0, "PK", "IN")


def test_shape_follows_the_places():
    border = border_between("IN", "PK")
    assert distance_to_border_m(np.zeros((2, 3)), np.ones((2, 3)), border).shape == (2, 3)


@pytest.mark.parametrize("pair", [("IN", "BR"), ("IN", "IN"), ("JP", "KR")])
def test_two_countries_without_common_border_are_refused(pair):
    with pytest.raises(InputError, match="have no common land border on the map"):
        border_between(*pair)
