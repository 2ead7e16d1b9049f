"""Plans side by side: overlaps and gaps, measured against closed forms and another program."""

from math import acos, pi, sqrt

import pytest
from pyproj import Geod

from synaspis.coordination import Board
from synaspis.coordination.shapes import Plane, area_name

EARTH = Geod(ellps="WGS84")


def circle(latitude_deg=60.0, longitude_deg=10.0, radius_m=100e3, name="Town"):
    return {
        "name": name,
        "centre": {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg},
        "radius_m": radius_m,
    }


def square(south, west, side):
    corners = [(south, west), (south, west + side), (south + side, west + side), (south + side, west)]
    return {"boundary": [{"latitude_deg": a, "longitude_deg": b} for a, b in corners]}


def plans(make, *bodies, quality="covariance"):
    board = Board("alpha")
    for number, (sender, body) in enumerate(bodies):
        board.take("coordination", make.event("defence-plan", sender, body, number, quality=quality))
    return board.to_dict()["plans"]


def task(make, area, since=0, until=None, battery="b-1"):
    found = {"battery": battery, "area": area, "since": make.at(since)}
    return found if until is None else {**found, "until": make.at(until)}


def plan(*tasks, needs=()):
    return {"plan": "today", "tasks": list(tasks), "to_defend": list(needs)}


@pytest.mark.parametrize("radius_m", [5e3, 100e3, 500e3])
def test_a_circle_has_the_area_of_a_circle(radius_m):
    area = circle(radius_m=radius_m)
    # On the ground a circle of 500 km is smaller than pi r^2 by 1 - r^2 / 12 R^2: 0.05 %.
    assert Plane([area]).shape(area).area == pytest.approx(pi * radius_m**2, rel=1e-3)


@pytest.mark.parametrize("side", [0.5, 3.0, 8.0])
def test_a_polygon_has_the_area_that_geodesics_give(side):
    area = square(50.0, 8.0, side)
    longitudes = [corner["longitude_deg"] for corner in area["boundary"]]
    latitudes = [corner["latitude_deg"] for corner in area["boundary"]]
    exact_m2 = abs(EARTH.polygon_area_perimeter(longitudes, latitudes)[0])
    assert Plane([area]).shape(area).area == pytest.approx(exact_m2, rel=1e-3)


def test_an_area_without_a_name_is_called_by_its_first_corner():
    assert area_name(square(50.0, 8.0, 1.0)) == "area at 50.00, 8.00"


def test_the_common_ground_of_two_circles_is_a_lens(make):
    """Two circles of 100 km, 100 km apart: 2 r2 acos(d/2r) - d/2 sqrt(4r2 - d2)."""
    longitude_deg, latitude_deg, _ = EARTH.fwd(10.0, 60.0, 90.0, 100e3)
    found = plans(
        make,
        ("alpha", plan(task(make, circle()))),
        ("bravo", plan(task(make, circle(latitude_deg, longitude_deg), 60, 120, "c-1"))),
    )
    (overlap,) = found["overlaps"]
    lens_m2 = 2 * 1e10 * acos(0.5) - 5e4 * sqrt(4e10 - 1e10)
    assert overlap["area_m2"] == pytest.approx(lens_m2, rel=1e-3)
    assert overlap["share_of_smaller"] == pytest.approx(lens_m2 / (pi * 1e10), abs=2e-3)
    assert (overlap["since"], overlap["until"]) == (make.at(60), make.at(120))
    assert overlap["partners"] == ["alpha", "bravo"]
    assert overlap["text"] == "alpha (b-1) and bravo (c-1) both cover 12,284 km2, 39 % of the smaller area"


def test_tasks_that_follow_each_other_do_not_overlap(make):
    found = plans(
        make,
        ("alpha", plan(task(make, circle(), 0, 60))),
        ("bravo", plan(task(make, circle(), 60, 120))),
    )
    assert found["overlaps"] == []
    assert found["gaps"] == []


def test_a_relief_that_comes_late_leaves_a_gap(make):
    found = plans(
        make,
        ("alpha", plan(task(make, circle(), 0, 60))),
        ("bravo", plan(task(make, circle(), 90))),
    )
    assert {(gap["since"], gap["until"], gap["share_uncovered"]) for gap in found["gaps"]} == {
        (make.at(60), make.at(90), 1.0)
    }
    assert found["gaps"][0]["text"] == (
        "100 % of Town, covered by alpha at another time, is covered by no plan that is shown here"
    )


def test_what_is_wanted_and_covered_by_nobody_is_a_gap(make):
    need = {"area": circle(radius_m=200e3), "since": make.at(0), "until": make.at(100)}
    found = plans(make, ("alpha", plan(task(make, circle(), 50), needs=[need])))
    wanted = [gap for gap in found["gaps"] if gap["why"] == "wanted"]
    # A circle of half the radius covers a quarter.
    assert [(gap["since"], gap["until"]) for gap in wanted] == [
        (make.at(0), make.at(50)),
        (make.at(50), make.at(100)),
    ]
    assert [gap["share_uncovered"] for gap in wanted] == [1.0, pytest.approx(0.75, abs=2e-3)]


def test_a_new_plan_replaces_the_one_before(make):
    found = plans(
        make,
        ("alpha", plan(task(make, circle(), battery="old"))),
        ("alpha", plan(task(make, circle(), battery="new"))),
    )
    assert [each["battery"] for each in found["tasks"]] == ["new"]
    assert found["overlaps"] == []


def test_an_extract_shows_what_is_to_be_defended_and_says_that_tasks_are_not_shown(make):
    need = {"area": circle(), "since": make.at(0)}
    found = plans(make, ("alpha", {"to_defend": [need]}), quality="impact-area")
    assert [each["partner"] for each in found["to_defend"]] == ["alpha"]
    assert [each["tasks_shown"] for each in found["plans"]] == [False]
    assert found["gaps"][0]["until"] is None
