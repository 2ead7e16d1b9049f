"""GeoJSON against RFC 7946 and the reader of GEOS."""

import json

import numpy as np
import pytest
import shapely

from synaspis.gateways import Area, Place, merge_cells, to_geojson


@pytest.fixture(scope="module")
def document(marks, areas, places) -> dict:
    return json.loads(to_geojson(marks, areas, places))


def test_geos_reads_the_same_shapes(marks, areas, places):
    read = shapely.from_geojson(to_geojson(marks, areas, places))
    ring, *points = [part for part in shapely.get_parts(read) if not part.is_empty]
    assert shapely.normalize(ring).equals_exact(shapely.normalize(areas[0].shape), 1e-9)
    assert [(point.x, point.y) for point in points] == [(24.42, 44.08), (48.0, 34.0)]
    assert points[0].z == 90.0
    assert not points[1].has_z


def test_members_that_the_standard_demands(document):
    assert document["type"] == "FeatureCollection"
    assert {"type", "geometry", "properties", "id"} == set(document["features"][0])
    assert "crs" not in document, "section 4: no other reference system than WGS84"
    identifiers = [feature["id"] for feature in document["features"]]
    assert len(set(identifiers)) == len(identifiers) == 4


def test_longitude_comes_first(document):
    assert document["features"][2]["geometry"]["coordinates"] == [24.42, 44.08, 90.0]


def signed_area(ring: list[list[float]]) -> float:
    """Shoelace formula, positive if the ring runs counterclockwise."""
    x, y = np.array(ring).T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_rings_follow_the_right_hand_rule_and_are_closed(document):
    polygons = document["features"][0]["geometry"]["coordinates"]
    assert [[np.sign(signed_area(ring)) for ring in polygon] for polygon in polygons] == [[1, -1], [1]]
    assert all(ring[0] == ring[-1] and len(ring) >= 4 for polygon in polygons for ring in polygon)


def test_rings_are_turned_when_the_shape_came_the_other_way(marks):
    clockwise = shapely.MultiPolygon([shapely.Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])])
    read = json.loads(to_geojson(marks, [Area("a", "b", clockwise)]))
    assert signed_area(read["features"][0]["geometry"]["coordinates"][0][0]) == 1.0


def test_marks_are_in_the_collection_and_in_each_feature(document):
    assert document["title"] == "European study <2018> & later"
    assert document["provenance"] == "synaspis 0.1.0, scenario europe"
    assert document["marking"] == "UNCLASSIFIED // NOTIONAL"
    assert {feature["properties"]["marking"] for feature in document["features"]} == {
        "UNCLASSIFIED // NOTIONAL"
    }


def test_facts_are_properties(document):
    properties = document["features"][0]["properties"]
    assert properties["defended_area_km2"] == 412_345.5
    assert properties["worst_case"] is True
    assert properties["note"] is None
    assert (properties["phase"], properties["begin"], properties["end"]) == (
        "2018",
        "2018-01-01",
        "2020-01-01",
    )


def test_facts_cannot_hide_the_marking(marks):
    place = Place("x", "a", 0.0, 0.0, properties={"marking": "none", "name": "y"})
    properties = json.loads(to_geojson(marks, [], [place]))["features"][0]["properties"]
    assert (properties["marking"], properties["name"]) == ("UNCLASSIFIED // NOTIONAL", "x")


def test_an_area_without_ground_has_no_coordinates(document):
    assert document["features"][1]["geometry"] == {"type": "MultiPolygon", "coordinates": []}
    assert document["features"][1]["properties"]["category"] == "out-of-reach"


def test_the_box_holds_everything(document):
    assert document["bbox"] == [10.0, 34.0, 48.0, 50.0]


def test_the_box_over_the_180th_meridian_begins_in_the_west_of_it(marks):
    """RFC 7946, section 5.2: its own example is the Fiji archipelago, [177.0, -20.0, -178.0, -16.0]."""
    wanted = np.ones((4, 5), bool)
    fiji = merge_cells(wanted, np.radians(np.arange(-19.5, -16.0)), np.radians(np.arange(177.5, 182.0)))
    read = json.loads(to_geojson(marks, [Area("Fiji", "defended", fiji)]))
    assert read["bbox"] == [177.0, -20.0, -178.0, -16.0]
    assert len(read["features"][0]["geometry"]["coordinates"]) == 2


def test_nothing_is_a_collection_too(marks):
    read = json.loads(to_geojson(marks))
    assert read["features"] == []
    assert "bbox" not in read
