from __future__ import annotations

from math import radians

import pytest

from synaspis.engine.earth import geodetic_to_ecef
from synaspis.exchange.client.events import Event
from synaspis.exchange.client.wording import NOTHING, clock_of, ecef_words, gist, lines_of
from synaspis.messages import BODIES, example_message, strict_json

AT = "2026-06-15T12:01:07.250000Z"
WHY = [{"agreement": "neighbour", "clause": "warnings"}]


def test_a_message_says_who_what_how_well_and_why():
    content = {
        "type": "message",
        "at": AT,
        "quality": "impact-area",
        "why": WHY,
        "message": {"kind": "launch-report", "sender": "bravo", "exercise": "Dawn"},
        "extract": {
            "impact": {"latitude_deg": 71.004, "longitude_deg": -5.5},
            "impact_time": {"time": "2026-06-15T12:11:48.000000Z"},
        },
        "findings": [{"rule": "r", "text": "The notice came late."}],
    }
    assert lines_of(Event(5, "message", content)) == [
        "    5  2026-06-15 12:01:07.250  bravo: launch-report (exercise Dawn), impact-area by "
        "neighbour/warnings: impact 71.00 N 5.50 W; impact at 2026-06-15 12:11:48",
        "       finding: The notice came late.",
    ]


def test_a_question_is_shown_with_what_it_rests_on_and_by_when_an_answer_is_asked_for():
    body = {
        "about": ["0" * 64],
        "question": "Which holds?",
        "findings": [{"rule": "compare/range", "text": "The range differs by 310 km."}],
        "answer_by": "2026-06-15T13:00:00.000000Z",
    }
    message = {"kind": "ambiguity-query", "sender": "centre", "body": body}
    content = {"type": "message", "at": AT, "quality": "covariance", "why": WHY, "message": message}
    assert lines_of(Event(4, "message", content)) == [
        "    4  2026-06-15 12:01:07.250  centre: ambiguity-query, covariance by neighbour/warnings: "
        "Which holds?; answer by 2026-06-15 13:00:00",
        "       finding: The range differs by 310 km.",
    ]


@pytest.mark.parametrize("fraction", ["", ".000", ".000000"])
def test_times_of_whole_seconds_have_no_blanks_and_no_letters_behind(fraction: str):
    assert clock_of(f"2026-06-15T05:33:00{fraction}Z") == "2026-06-15 05:33:00"


def test_a_picture_has_a_line_for_each_track():
    position = [float(x) for x in geodetic_to_ecef(radians(60.0), radians(-15.0), 250e3)]
    track = {
        "number": 3,
        "status": "updated",
        "position_ecef_m": position,
        "quality": "position",
        "sources": ["alpha", "bravo"],
        "why": WHY,
        "impact": {"latitude_deg": -1.0, "longitude_deg": 2.0, "time": AT},
    }
    first, second = lines_of(Event(1, "picture", {"type": "picture", "at": AT, "tracks": [track]}))
    assert first == "    1  2026-06-15 12:01:07.250  picture: 1 track"
    assert second == (
        "       track 3 updated, 60.00 N 15.00 W 250 km high, from alpha, bravo, position by "
        "neighbour/warnings; impact 1.00 S 2.00 E at 2026-06-15 12:01:07.250"
    )


def test_a_notice_is_shown_as_it_is():
    content = {"type": "notice", "at": AT, "code": "rights", "text": "New agreements are in force."}
    assert lines_of(Event(2, "notice", content)) == [
        "    2  2026-06-15 12:01:07.250  notice rights: New agreements are in force."
    ]


def test_presence_says_no_more_than_that():
    assert gist("text", {}) == NOTHING


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_kind_of_message_has_something_to_say(kind: str):
    body = strict_json(example_message(kind))["body"]
    said = gist(kind, body)
    assert said
    assert said != NOTHING or kind in {"track-report", "correction"}
    assert "\n" not in said
    assert len(said) <= 240


@pytest.mark.parametrize("height_m", [0.0, 100e3, 1_000e3])
@pytest.mark.parametrize("latitude_deg", [-89.0, -45.0, 0.0, 30.0, 71.0])
def test_positions_in_words_are_right_to_the_last_digit_or_one_beside(latitude_deg: float, height_m: float):
    """Against the exact conversion of the engine, whose own tests hold it against pyproj."""
    words = ecef_words(geodetic_to_ecef(radians(latitude_deg), radians(20.0), height_m).tolist())
    latitude, hemisphere, longitude, east, height, *_ = words.replace(",", "").split()
    assert abs(float(latitude) * (1 if hemisphere == "N" else -1) - latitude_deg) <= 0.0101
    assert (longitude, east) == ("20.00", "E")
    assert abs(float(height) - height_m / 1e3) <= 1.0


def test_times_lose_what_is_not_needed():
    assert clock_of("2026-06-15T12:01:07.000000Z") == "2026-06-15 12:01:07"
    assert clock_of("2026-06-15T12:01:07Z") == "2026-06-15 12:01:07"
    assert clock_of("") == ""


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("picture", {"tracks": [{"number": 1}]}),
        ("picture", {"tracks": "none", "exercise": [1]}),
        ("picture", {"tracks": [{"position_ecef_m": [0, 0, 0], "sources": [], "number": 1, "status": 1}]}),
        ("message", {"message": {"kind": "launch-report", "body": {"launch": 5}}, "findings": [3]}),
        ("message", {"message": [], "why": [{"agreement": 1}, 7], "quality": {}}),
        ("message", {"message": {"kind": "text", "body": "text"}, "why": None}),
        ("never heard of", {"code": None}),
    ],
)
def test_events_that_are_none_are_said_to_be_so_and_raise_nothing(kind: str, content: dict):
    lines = lines_of(Event(7, kind, {"at": AT, **content}))
    assert lines[0].startswith("    7  2026-06-15 12:01:07.250  ")


def test_an_event_without_the_parts_of_its_kind_is_told():
    (line,) = lines_of(Event(7, "picture", {"at": AT, "tracks": [{"number": 1}]}))
    assert line.endswith("picture that cannot be put into words: it does not have the parts of one")


def test_a_terminal_obeys_nothing_that_a_centre_or_a_partner_wrote():
    (line,) = lines_of(Event(2, "notice", {"at": AT, "code": "x", "text": "\x1b]0;title\x07\x1b[2J\u202ego"}))
    assert line.endswith("notice x: \ufffd]0;title\ufffd\ufffd[2J\ufffdgo")
    (line,) = lines_of(Event(2, "notice", {"at": AT, "code": "x", "text": "a" * 100_000}))
    assert len(line) == 2_000
