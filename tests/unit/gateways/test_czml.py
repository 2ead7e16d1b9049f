"""CZML: read by the czml3 package, and flown as Cesium flies it."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from czml3 import Document
from scipy.interpolate import CubicHermiteSpline, KroghInterpolator

from synaspis.gateways import Area, Track, to_czml


@pytest.fixture(scope="module")
def text(marks, areas, places, tracks) -> str:
    return to_czml(marks, areas, places, tracks)


@pytest.fixture(scope="module")
def packets(text) -> dict[str, dict]:
    return {packet["id"]: packet for packet in json.loads(text)}


def test_czml3_reads_every_packet(text, packets):
    """czml3 4.0 checks names and types of every property that it knows."""
    found = Document(packets=json.loads(text))
    assert [each.id for each in found.packets] == list(packets)
    assert {type(each).__name__ for each in found.packets} == {"Packet"}


def test_the_document_comes_first_and_carries_the_marks(packets):
    head = next(iter(packets.values()))
    assert (head["id"], head["version"]) == ("document", "1.0")
    assert head["name"] == "European study <2018> & later"
    assert head["description"] == "UNCLASSIFIED // NOTIONAL synaspis 0.1.0, scenario europe"
    others = [packet for name, packet in packets.items() if name != "document"]
    assert {packet["description"] for packet in others} == {"UNCLASSIFIED // NOTIONAL"}


def test_the_clock_spans_the_tracks(packets):
    assert (
        packets["document"]["clock"]["interval"] == "2018-05-25T12:00:00.250000Z/2018-05-25T12:10:00.250000Z"
    )
    assert packets["track-1"]["availability"] == packets["document"]["clock"]["interval"]


def test_without_tracks_there_is_no_clock(marks, places):
    assert "clock" not in json.loads(to_czml(marks, [], places))[0]


def test_each_polygon_is_a_packet_with_its_holes(packets):
    ring, island = packets["area-1-1"]["polygon"], packets["area-1-2"]["polygon"]
    assert len(ring["holes"]["cartographicDegrees"]) == 1
    assert "holes" not in island
    corners = np.reshape(island["positions"]["cartographicDegrees"], (-1, 3))
    assert sorted(map(tuple, corners)) == [
        (14.0, 44.0, 0.0),
        (14.0, 46.0, 0.0),
        (16.0, 44.0, 0.0),
        (16.0, 46.0, 0.0),
    ]
    assert ring["material"]["solidColor"]["color"]["rgba"] == [27, 158, 119, 128]
    assert ring["arcType"] == "RHUMB"


def test_phases_are_availabilities(packets):
    assert packets["area-1-1"]["availability"] == "2018-01-01T00:00:00Z/2020-01-01T00:00:00Z"
    assert packets["place-1"]["availability"] == "2016-05-12T00:00:00Z/9999-12-31T00:00:00Z"
    assert "availability" not in packets["place-2"]


def test_an_area_without_ground_has_no_packet(packets):
    assert not [name for name in packets if name.startswith("area-2")]


def test_places_and_facts(packets):
    assert packets["place-1"]["position"]["cartographicDegrees"] == [24.42, 44.08, 90.0]
    assert packets["place-1"]["label"]["text"] == "Deveselu"
    facts = packets["area-1-1"]["properties"]
    assert facts["defended_area_km2"] == 412_345.5
    assert facts["marking"] == "UNCLASSIFIED // NOTIONAL"
    assert "note" not in facts


def test_hermite_samples_give_our_path_back(packets, flight, epoch):
    """Scipy's cubic Hermite polynomial through the samples, as Cesium makes it from velocities."""
    position = packets["track-1"]["position"]
    assert (position["interpolationAlgorithm"], position["interpolationDegree"]) == ("HERMITE", 3)
    assert position["referenceFrame"] == "FIXED"
    assert datetime.fromisoformat(position["epoch"]) == epoch
    samples = np.reshape(position["cartesianVelocity"], (-1, 7))
    spline = CubicHermiteSpline(samples[:, 0], samples[:, 1:4], samples[:, 4:7])
    time_s = np.linspace(0.0, 600.0, 997)
    assert np.abs(spline(time_s) - flight.at(time_s)[0]).max() < 1e-3


def test_lagrange_samples_give_our_path_back_within_metres(marks, tracks, flight):
    """Degree 5 through six nodes, as Cesium does it in the middle of a path."""
    packet = json.loads(to_czml(marks, tracks=tracks, interpolation="LAGRANGE"))[1]
    assert packet["position"]["interpolationDegree"] == 5
    samples = np.reshape(packet["position"]["cartesian"], (-1, 4))
    polynomial = KroghInterpolator(samples[12:18, 0], samples[12:18, 1:])
    time_s = np.linspace(280.0, 300.0, 50)
    assert np.abs(polynomial(time_s) - flight.at(time_s)[0]).max() < 0.1


def test_nothing_is_a_document_too(marks):
    assert len(json.loads(to_czml(marks))) == 1


def test_another_time_zone_is_written_in_utc(marks, flight):
    from datetime import timezone

    summer = datetime(2018, 5, 25, 14, tzinfo=timezone(timedelta(hours=2)))
    packet = json.loads(to_czml(marks, tracks=[Track("x", "threat", flight, summer)]))[1]
    assert packet["position"]["epoch"] == "2018-05-25T12:00:00.000000Z"
    assert datetime.fromisoformat(packet["position"]["epoch"]) == datetime(2018, 5, 25, 12, tzinfo=UTC)


def test_an_open_span_has_far_ends(marks, areas):
    area = Area("x", "y", areas[0].shape, end=areas[0].end)
    packet = json.loads(to_czml(marks, [area]))[1]
    assert packet["availability"] == "0001-01-01T00:00:00Z/2020-01-01T00:00:00Z"
