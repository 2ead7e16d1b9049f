"""Outlines of cells: areas are counted in cells, shapes by hand."""

import numpy as np
import pytest
import shapely

from synaspis.gateways import merge_cells


def outline(
    rows: list[str], south_deg: float = 0.0, west_deg: float = 0.0, step_deg: float = 1.0
) -> shapely.MultiPolygon:
    """Rows as pictures, the north on top; # is a wanted cell."""
    wanted = np.array([[mark == "#" for mark in row] for row in reversed(rows)])
    latitude = np.radians(south_deg + step_deg * (np.arange(wanted.shape[0]) + 0.5))
    longitude = np.radians(west_deg + step_deg * (np.arange(wanted.shape[1]) + 0.5))
    return merge_cells(wanted, latitude, longitude, np.radians(step_deg))


def test_neighbours_become_one_polygon():
    shape = outline(["##.", ".##"])
    assert len(shape.geoms) == 1
    assert shape.area == 4.0
    assert shape.bounds == (0.0, 0.0, 3.0, 2.0)
    assert shape.equals(shapely.union(shapely.box(0, 1, 2, 2), shapely.box(1, 0, 3, 1)))


def test_a_straight_edge_has_no_corner_in_it():
    assert shapely.get_num_coordinates(outline(["####", "####"])) == 5


def test_a_hole_stays_a_hole():
    shape = outline(["###", "#.#", "###"])
    (part,) = shape.geoms
    assert len(part.interiors) == 1
    assert part.exterior.is_ccw
    assert not part.interiors[0].is_ccw


def test_cells_that_touch_at_a_corner_are_two_polygons():
    shape = outline([".#", "#."])
    assert len(shape.geoms) == 2
    assert shape.is_valid


def test_no_cell_is_no_polygon():
    shape = outline(["...", "..."])
    assert shape.is_empty
    assert shape.geom_type == "MultiPolygon"


def test_corners_are_the_numbers_that_people_expect():
    """Centres go through radians; the edges come back as 12.25, not 12.249999999999998."""
    shape = outline(["#"], south_deg=54.1, west_deg=12.25, step_deg=0.05)
    assert shape.bounds == (12.25, 54.1, 12.3, 54.15)


def test_a_region_over_the_180th_meridian_is_cut():
    shape = outline(["####"], west_deg=178.0)
    assert sorted(part.bounds for part in shape.geoms) == [
        (-180.0, 0.0, -178.0, 1.0),
        (178.0, 0.0, 180.0, 1.0),
    ]


def test_a_region_beyond_the_180th_meridian_is_brought_back():
    assert outline(["##"], west_deg=190.0).bounds == (-170.0, 0.0, -168.0, 1.0)


def test_the_whole_globe_is_one_box():
    shape = outline(["#" * 36] * 18, south_deg=-90.0, west_deg=-180.0, step_deg=10.0)
    assert shape.bounds == (-180.0, -90.0, 180.0, 90.0)
    assert shape.area == 360.0 * 180.0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_any_cells_have_their_area_and_hold_their_centres(share):
    wanted = np.random.default_rng(7).random((20, 30)) < share
    latitude, longitude = np.radians(np.arange(20) + 0.5), np.radians(np.arange(30) + 0.5)
    shape = merge_cells(wanted, latitude, longitude)
    assert shape.is_valid
    assert shape.area == pytest.approx(wanted.sum(), abs=1e-6)
    x, y = np.meshgrid(np.arange(30) + 0.5, np.arange(20) + 0.5)
    assert np.array_equal(shapely.contains_xy(shape, x, y), wanted)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"wanted has shape \(2, 2\); it must be \(3, 2\)"):
        merge_cells(np.ones((2, 2), bool), np.arange(3.0), np.arange(2.0))
    with pytest.raises(ValueError, match="centres of cells must rise in equal steps"):
        merge_cells(np.ones((3, 2), bool), np.array([0.0, 0.1, 0.3]), np.array([0.0, 0.1]))
    with pytest.raises(ValueError, match="a grid of one row or column needs step_rad"):
        merge_cells(np.ones((1, 2), bool), np.array([0.0]), np.array([0.0, 0.1]))
