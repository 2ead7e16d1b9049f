"""KML against fastkml, which checks the schema of the Open Geospatial Consortium too."""

from datetime import date
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from fastkml import KML, Document, Folder, Placemark, Style
from fastkml.utils import find_all
from fastkml.validator import validate

from synaspis.engine.earth import geodetic_to_ecef
from synaspis.gateways import to_kml


@pytest.fixture(scope="module")
def text(marks, areas, places, tracks) -> str:
    return to_kml(marks, areas, places, tracks)


@pytest.fixture(scope="module")
def document(text) -> KML:
    return KML.from_string(text.encode())


def placemarks(document: KML) -> dict[str, Placemark]:
    return {each.name: each for each in find_all(document, of_type=Placemark)}


def test_the_schema_of_the_standard_holds(text, tmp_path):
    file = tmp_path / "study.kml"
    file.write_text(text, encoding="utf-8")
    assert validate(file_to_validate=file) is True


def test_the_document_carries_the_marks(document):
    (found,) = find_all(document, of_type=Document)
    assert found.name == "European study <2018> & later"
    assert found.description == "UNCLASSIFIED // NOTIONAL synaspis 0.1.0, scenario europe"
    assert {each.description for each in placemarks(document).values()} == {"UNCLASSIFIED // NOTIONAL"}


def test_folders_are_the_phases(document):
    assert [each.name for each in find_all(document, of_type=Folder)] == [
        "2018",
        "2011",
        "All phases",
        "Paths",
    ]


def test_areas_keep_their_shape(document, areas):
    found = shapely.geometry.shape(placemarks(document)["Defended, 2018"].geometry)
    assert shapely.symmetric_difference(found, areas[0].shape).area < 1e-6


def test_long_edges_are_cut_into_degrees(text):
    root = ElementTree.fromstring(text)
    for ring in root.iter("{http://www.opengis.net/kml/2.2}LinearRing"):
        points = np.array([[float(v) for v in each.split(",")] for each in ring[0].text.split()])
        assert np.hypot(*np.diff(points, axis=0).T).max() <= 1.0 + 1e-9


def test_an_area_without_ground_is_left_out(document):
    assert "Out of reach, 2011" not in placemarks(document)


def test_time_spans_follow_the_phases(document):
    span = placemarks(document)["Defended, 2018"].times
    assert (span.begin.dt, span.end.dt) == (date(2018, 1, 1), date(2020, 1, 1))
    assert placemarks(document)["Deveselu"].times.end is None
    assert placemarks(document)["Launch point Ø"].times is None


def test_every_style_that_is_used_exists(document):
    styles = {f"#{each.id}" for each in find_all(document, of_type=Style)}
    used = {each.style_url.url for each in placemarks(document).values()}
    assert used <= styles


def test_colours_are_opacity_blue_green_red(text):
    """#1b9e77 at opacity 0.5 is 80779e1b."""
    assert "<color>80779e1b</color>" in text


def test_places_are_where_they_are(document):
    found = placemarks(document)["Deveselu"].geometry
    assert (found.x, found.y, found.z) == (24.42, 44.08, 90.0)


def test_paths_come_back_in_the_turning_frame(document, flight):
    """To 1e-7 degrees and 0.1 m, which is what is written."""
    line = np.array(placemarks(document)["MRBM-2000 no 1"].geometry.coords)
    position = geodetic_to_ecef(np.radians(line[:, 1]), np.radians(line[:, 0]), line[:, 2])
    assert np.linalg.norm(position - flight.position_ecef_m, axis=1).max() < 0.1


def test_facts_are_extended_data(document):
    data = {each.name: each.value for each in placemarks(document)["Defended, 2018"].extended_data.elements}
    assert data == {
        "defended_area_km2": "412345.5",
        "shots": "2",
        "worst_case": "true",
        "category": "defended",
    }


def test_text_is_escaped(text):
    assert "European study &lt;2018&gt; &amp; later" in text


def test_nothing_is_a_document_too(marks):
    assert not placemarks(KML.from_string(to_kml(marks).encode()))
