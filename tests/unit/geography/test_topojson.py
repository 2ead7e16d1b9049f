"""TopoJSON by hand-made topologies whose areas can be counted."""

import pytest
import shapely

from synaspis.geography.topojson import decode_arcs, decode_polygons

# One step of the quantised integers is one degree, the origin is (-180, -90).
TRANSFORM = {"scale": [1.0, 1.0], "translate": [-180.0, -90.0]}


def topology(*arcs: list[list[int]]) -> dict:
    return {"type": "Topology", "transform": TRANSFORM, "arcs": list(arcs), "objects": {}}


def polygons(rings: list[list[int]], *arcs: list[list[int]]) -> list[shapely.Polygon]:
    return decode_polygons({"type": "Polygon", "arcs": rings}, decode_arcs(topology(*arcs)))


def test_arcs_are_sums_of_differences():
    (arc,) = decode_arcs(topology([[180, 90], [1, 0], [0, 2], [-3, -1]]))
    assert arc.tolist() == [[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [-2.0, 1.0]]


def test_two_countries_share_a_reversed_arc():
    """The unit squares west and east of longitude 1: the border is stored once, the east uses it backward."""
    border = [[181, 90], [0, 1]]
    west = [[181, 91], [-1, 0], [0, -1], [1, 0]]
    east = [[181, 90], [1, 0], [0, 1], [-1, 0]]
    (left,) = polygons([[0, 1]], border, west)
    (right,) = polygons([[2 - 1, ~0]], border, east)
    assert left.equals(shapely.box(0, 0, 1, 1))
    assert right.equals(shapely.box(1, 0, 2, 1))


def test_a_hole_is_cut_out():
    shell = [[180, 90], [4, 0], [0, 4], [-4, 0], [0, -4]]
    hole = [[181, 91], [0, 1], [1, 0], [0, -1], [-1, 0]]
    (found,) = polygons([[0], [1]], shell, hole)
    assert found.area == 15.0
    assert not found.contains(shapely.Point(1.5, 1.5))


def test_a_ring_over_the_180th_meridian_is_cut_there():
    """From 170 east to 170 west, latitudes 0 to 5: two boxes of 10 degrees, not one of 340."""
    ring = [[350, 90], [-340, 0], [0, 5], [340, 0], [0, -5]]
    found = polygons([[0]], ring)
    assert sorted(part.bounds for part in found) == [(-180.0, 0.0, -170.0, 5.0), (170.0, 0.0, 180.0, 5.0)]
    assert sum(part.area for part in found) == pytest.approx(100.0)


@pytest.mark.parametrize("ring_at_the_pole", [False, True])
def test_a_ring_around_a_pole_is_closed_over_it(ring_at_the_pole):
    """A coast at latitude -60 all the way round holds 30 x 360 square degrees."""
    coast = [[0, 30], *[[60, 0]] * 5, [-300, 0]]
    pole = [[0, 0], *[[60, 0]] * 5, [-300, 0]]
    found = polygons([[1], [0]] if ring_at_the_pole else [[0]], coast, pole)
    assert sum(part.area for part in found) == pytest.approx(30.0 * 360.0)
    assert min(part.bounds[0] for part in found) == -180.0
    assert max(part.bounds[2] for part in found) == 180.0
    assert min(part.bounds[1] for part in found) == -90.0


def test_several_polygons_come_in_order():
    squares = [[[180 + 5 * k, 90], [1, 0], [0, 1], [-1, 0], [0, -1]] for k in range(3)]
    geometry = {"type": "MultiPolygon", "arcs": [[[0]], [[1]], [[2]]]}
    found = decode_polygons(geometry, decode_arcs(topology(*squares)))
    assert [part.bounds[0] for part in found] == [0.0, 5.0, 10.0]


def test_other_geometries_are_refused():
    with pytest.raises(
        ValueError, match="TopoJSON geometry is a LineString; only Polygon and MultiPolygon can be read"
    ):
        decode_polygons({"type": "LineString", "arcs": [0]}, [])
