"""The table of what is carried has no gap: what leaves no trace is listed, what is listed leaves none."""

import json
from dataclasses import replace

import pytest

from synaspis.core.errors import InputError
from synaspis.gateways import cot_of_report, left_out, to_cot
from synaspis.gateways.carriage import FORMATS, ITEMS, Row, items_of, rows_of
from synaspis.gateways.carriage.probe import probe_event
from synaspis.gateways.carriage.sites import sites_of_xml
from synaspis.gateways.carriage.studies import _THINGS, variants_of
from synaspis.gateways.carriage.table import LIVE, example_event, example_picture
from synaspis.gateways.carried import NotCarried
from synaspis.messages import BODIES, example_message, read_message
from synaspis.messages.strict import canonical_json

EVERY = [(format, item) for format in FORMATS for item in items_of(format)]


@pytest.mark.parametrize(("format", "item"), EVERY)
def test_nothing_is_dropped_in_silence_and_nothing_is_listed_that_is_carried(format, item):
    rows = rows_of(format, item)
    assert rows
    assert [row.part for row in rows if row.is_silent] == []
    assert [row.part for row in rows if row.is_wrongly_listed] == []


@pytest.mark.parametrize(("format", "item"), [(f, i) for f in ("cot", "dis", "kml", "czml") for i in ITEMS])
def test_labels_and_the_name_of_the_exercise_survive_in_every_live_format(format, item):
    """`oem` has no messages; its picture is the next test."""
    marks = [row for row in rows_of(format, item) if ".label." in row.part or row.part.endswith("exercise")]
    assert len(marks) == 7
    assert {row.carried for row in marks} == {"yes"}


def test_labels_survive_in_an_ephemeris_message_of_a_track():
    marks = [row for row in rows_of("oem", "picture") if ".label." in row.part or row.part == "exercise"]
    assert len(marks) == 7
    assert {row.carried for row in marks} == {"yes"}


def test_the_table_has_every_kind_of_message_and_every_format():
    assert ("picture", *BODIES) == ITEMS
    assert FORMATS == ("cot", "dis", "kml", "czml", "oem", "geojson", "cap")
    for format in LIVE:
        assert set(items_of(format)) >= set(ITEMS)


@pytest.mark.parametrize("kind", BODIES)
def test_every_part_of_a_message_has_a_row(kind):
    """Counted by hand from the JSON: each leaf once, lists of plain values once."""

    def parts(value, place):
        if isinstance(value, dict):
            return {part for name, each in value.items() for part in parts(each, f"{place}.{name}")}
        if isinstance(value, list):
            plain = not any(isinstance(each, dict | list) for each in value)
            return {part for each in value for part in parts(each, place if plain else f"{place}[]")}
        return {place[1:]}

    expected = parts(example_event(kind), "") - {"type", "message.label.Xmlns"}
    assert {row.part for row in rows_of("czml", kind)} == expected


@pytest.mark.parametrize("name", _THINGS)
def test_every_field_of_what_studies_give_is_tried(name):
    thing = _THINGS[name]
    tried = {part.split(".")[0].removesuffix("[]") for part, _ in variants_of(thing)}
    assert tried == set(thing.__dataclass_fields__)


def drops_speed(event):
    return {"number": [event["number"]]}, ()


def test_a_dropped_value_is_noticed():
    rows = probe_event({"number": 1, "speed": 2.0}, drops_speed, frozenset())
    assert rows == (Row("number", "yes", ("number",), ""), Row("speed", "no", (), ""))
    assert [row.is_silent for row in rows] == [False, True]


def test_a_value_that_is_carried_and_listed_is_noticed():
    def listed(event):
        return {"number": [event["number"]]}, (NotCarried("it", "number", "no room", "number"),)

    (row,) = probe_event({"number": 1}, listed, frozenset())
    assert row.is_wrongly_listed


def test_a_list_of_which_some_values_are_carried_is_carried_in_part():
    def first_alone(event):
        return {"x": [event["numbers"][0]]}, (NotCarried("it", "the others", "one field", "numbers"),)

    assert probe_event({"numbers": [1.0, 2.0]}, first_alone, frozenset()) == (
        Row("numbers", "in part", ("x",), "one field"),
    )


def test_a_track_report_by_itself_lists_what_an_event_drops():
    def encode(message):
        carried = cot_of_report(read_message(canonical_json(message)), stale_us=2**52)
        return sites_of_xml([to_cot(carried.product)]), carried.not_carried

    message = json.loads(example_message("track-report"))
    fixed = {"schema", "kind", "label.Xmlns", "id", "sender", "sent_at", "body.missile_class"}
    fixed |= {"body.estimate", "body.sensor", "body.time", "label.CreationTime"}
    rows = probe_event(message, encode, frozenset(fixed))
    assert [row.part for row in rows if row.is_silent or row.is_wrongly_listed] == []
    lost = {
        each.part for each in cot_of_report(read_message(canonical_json(message)), stale_us=1).not_carried
    }
    assert lost == {"body.covariance", "body.estimate", "body.quality", "id", "sent_at"}


def test_that_a_public_alert_bears_no_label_is_listed():
    assert [str(each) for each in left_out("cap", alert=_THINGS["alert"])] == [
        "alert northland-2: labels is not carried: an alert is for everybody; "
        "whether what it rests on may be told is for the state that warns"
    ]


def test_what_is_not_there_is_not_listed():
    place = _THINGS["place"]
    assert [each.part for each in left_out("czml", places=[place])] == ["place.phase"]
    assert left_out("czml", places=[replace(place, phase="")]) == ()
    assert str(left_out("geojson", tracks=[_THINGS["track"]])[0]) == (
        "track One: the track is not carried: paths in time have no form in GeoJSON; "
        "export them as CZML, KML or OEM"
    )


@pytest.mark.parametrize(
    ("format", "item", "said"),
    [
        ("cott", "picture", "'cott' is no format of this table. Did you mean 'cot'"),
        ("cot", "warnings", "'warnings' is no item of this table. Did you mean 'warning'"),
    ],
)
def test_what_is_not_in_the_table_is_refused_in_words(format, item, said):
    with pytest.raises(InputError, match=said):
        rows_of(format, item)


def test_the_example_picture_has_every_member_that_a_centre_writes():
    """`docs/methods/release-of-messages.md`, sections 4 and 5."""
    (track,) = example_picture()["tracks"]
    assert set(track) == {
        "number", "status", "time", "position_ecef_m", "velocity_ecef_m_s", "covariance", "launch", "impact",
        "sources", "quality", "label", "why",
    }  # fmt: skip
    assert set(example_event("warning")) >= {
        "type", "at", "policy", "quality", "why", "reference", "concerns", "message", "envelope",
        "submission", "findings", "correlation",
    }  # fmt: skip
