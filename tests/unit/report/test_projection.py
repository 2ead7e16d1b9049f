"""Map frame: areas against the exact area of cells, places against Snyder's worked example, look-up against a
loop.
"""

import numpy as np
import pytest

from synaspis.geography import Grid
from synaspis.report.projection import VIEW_WIDTH, MapFrame


@pytest.fixture(scope="module")
def frame():
    return MapFrame.around(np.linspace(34.5, 71.5, 38), np.linspace(-24.5, 44.5, 70))


def test_a_pixel_has_the_same_area_everywhere():
    # Origin: the exact area of cells on the ellipsoid, from the grid; the projection is PROJ's.
    grid = Grid.over(40.0, 60.0, 0.0, 30.0, 10.0)
    latitude, longitude = np.degrees(grid.latitude_rad), np.degrees(grid.longitude_rad)
    frame = MapFrame.around(np.array([38.0, 62.0]), np.array([-3.0, 33.0]))
    cells = frame.pixel_cells(latitude, longitude, 1500)
    pixel_m2 = (VIEW_WIDTH * frame.metres_per_unit / 1500) ** 2
    counted = np.bincount(cells[cells >= 0], minlength=6) * pixel_m2
    np.testing.assert_allclose(counted, grid.cell_area_m2.ravel(), rtol=4e-3)


def test_the_ellipsoid_example_of_snyder():
    # Origin: Snyder, USGS Professional Paper 1395, appendix A, oblique aspect on the Clarke 1866 ellipsoid:
    # centre 40 N 100 W, point 30 N 110 W gives x = -965,932.1 m, y = -1,056,814.9 m.
    frame = MapFrame("+proj=laea +lat_0=40 +lon_0=-100 +ellps=clrk66", 0.0, 0.0, 1.0, 1.0)
    x, y = frame.project(np.array(30.0), np.array(-110.0))
    assert float(x) == pytest.approx(-965932.1, abs=0.1)
    assert float(y) == pytest.approx(-1056814.9, abs=0.1)


def test_each_pixel_finds_the_cell_that_holds_it(frame):
    latitude, longitude = np.arange(40.5, 50.0), np.arange(10.5, 30.0)
    cells = frame.pixel_cells(latitude, longitude, 200)
    for row, column in ((60, 100), (90, 110), (100, 140), (5, 5)):
        x = (column + 0.5) * VIEW_WIDTH / 200
        y = (row + 0.5) * VIEW_WIDTH / 200
        away = [
            np.hypot(*(v - w for v, w in zip(frame.view(np.array(a), np.array(o)), (x, y), strict=True)))
            for a in latitude
            for o in longitude
        ]
        if cells[row, column] >= 0:
            assert away[cells[row, column]] <= min(away) + 2.0
        else:
            assert min(away) > 5.0


def test_a_grid_across_the_date_line_is_found_from_both_sides():
    latitude, longitude = np.array([50.0, 51.0]), np.array([178.0, 179.0, 180.0, 181.0])
    frame = MapFrame.around(latitude, longitude)
    cells = frame.pixel_cells(latitude, longitude, 100)
    assert set(cells[cells >= 0].tolist()) == set(range(8))


def test_a_point_near_the_grid_widens_the_frame_and_a_far_one_does_not():
    latitude, longitude = np.array([40.0, 60.0]), np.array([0.0, 30.0])
    assert not MapFrame.around(latitude, longitude).holds(45.0, 38.0)
    assert MapFrame.around(latitude, longitude, [(45.0, 38.0)]).holds(45.0, 38.0)
    assert not MapFrame.around(latitude, longitude, [(45.0, 120.0)]).holds(45.0, 120.0)


def test_a_map_of_the_world_is_not_azimuthal_and_holds_every_place():
    frame = MapFrame.around(np.array([-80.0, 80.0]), np.array([-179.0, 179.0]))
    assert "eqc" in frame.definition
    assert all(frame.holds(a, o) for a in (-79.0, 0.0, 79.0) for o in (-178.0, 0.0, 178.0))


def test_outlines_are_clipped_to_the_frame_and_thinned(frame):
    angle = np.linspace(0.0, 2.0 * np.pi, 2000)
    circle = np.column_stack([50.0 + 5.0 * np.sin(angle), 10.0 + 8.0 * np.cos(angle)])
    far = circle - np.array([90.0, 0.0])
    half_out = circle + np.array([0.0, 37.0])
    paths = frame.outline_paths([circle, far, half_out])
    assert len(paths) == 2
    assert all(10 < len(path) < 200 for path in paths)
    assert max(path[:, 0].max() for path in paths) <= VIEW_WIDTH + 5.0


def test_the_graticule_crosses_at_whole_tens(frame):
    lines = frame.graticule()
    crossing = np.array(frame.view(np.array(50.0), np.array(10.0)))
    near = [line for line in lines if np.min(np.hypot(*(line - crossing).T)) < 12.0]
    assert len(near) >= 2


def test_a_map_is_never_too_small_to_be_known():
    frame = MapFrame.around(np.array([38.0, 38.1]), np.array([44.0, 44.1]), [(38.08, 46.292)])
    assert frame.right_m - frame.left_m > 1.2e6
    assert frame.top_m - frame.bottom_m > 1.2e6
    assert frame.holds(38.08, 46.292)
