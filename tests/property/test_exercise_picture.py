"""A nation's picture at any instant is the fold of what was delivered to it, read from the stores by hand."""

import json
import sqlite3
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.coordination import board_of
from synaspis.core.clock import from_rfc3339
from synaspis.exercise import load_exercise, run_exercise
from synaspis.exercise.review import picture_at, read_record

START_US = from_rfc3339("2026-11-30T09:00:00Z")
LASTS_US = 8 * 60_000_000
CUT_US = (START_US + 3 * 60_000_000, START_US + 5 * 60_000_000)

FILE = """schema: synaspis.exercise/1
id: pictures
name: PICTURES
summary: Two flights and a lost link.
scenario: europe
phase: "2018"
agreements: {data: first-exercise, coordination: first-exercise}
starts: 2026-11-30T09:00:00Z
lasts: 8 min
objectives:
  warn: {text: Warn in time.}
nations:
  us:
    cell: scripted
    doctrine: {reaction: 15 s, claims_within: 1500 km}
    sensors:
      redzikowo-radar: {range_sigma: 30 m, angle_sigma: 0.05 deg, interval: 10 s}
  pl: {cell: scripted}
  de: {cell: scripted, doctrine: {acknowledges: [warning]}}
flights:
  one:
    missile: srbm-700
    launch: {latitude: 57.5 deg, longitude: 19.5 deg}
    aim: {latitude: 52.2 deg, longitude: 21.0 deg}
  two:
    missile: srbm-700
    launch: {latitude: 57.2 deg, longitude: 18.0 deg}
    aim: {latitude: 53.0 deg, longitude: 15.0 deg}
events:
  only:
    name: Two flights
    objectives: [warn]
    incidents:
      both:
        name: Both
        injects:
          fly-one:
            at: 10 s
            sender: white
            channel: track-feed
            payload: {flight: one}
            expected: [{by: [pl], action: warning, within: 5 min}]
          fly-two: {at: 50 s, sender: white, channel: track-feed, payload: {flight: two}}
          cut: {at: 3 min, sender: white, channel: fault,
                payload: {fault: lost-link, nation: de, lasts: 2 min}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pictures")
    (place / "pictures.yaml").write_text(FILE, encoding="utf-8")
    run_exercise(load_exercise(place / "pictures.yaml"), place / "run", seed=5)
    return place / "run"


@pytest.fixture(scope="module")
def record(folder):
    return read_record(folder)


@pytest.fixture(scope="module")
def feeds(folder):
    """What each centre released to each nation, in the order of its counters; no code of ours reads it."""
    found = {}
    for centre in ("data", "coordination"):
        with sqlite3.connect(f"file:{folder / centre / 'centre.sqlite'}?mode=ro", uri=True) as store:
            rows = store.execute(
                "SELECT recipient, data FROM feed JOIN body ON body.number = feed.body ORDER BY counter"
            )
            for recipient, data in rows:
                found.setdefault((recipient, centre), []).append(json.loads(data))
    return found


def instant_us(text):
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1e6)


def known_us(nation, event):
    """When an event reached a nation: at once, or when the link of Germany was back."""
    at_us = instant_us(event["at"])
    return CUT_US[1] if nation == "de" and CUT_US[0] <= at_us < CUT_US[1] else at_us


def folded(events, nation, time_us):
    live = {}
    for event in events:
        if event["type"] != "picture" or known_us(nation, event) > time_us:
            continue
        for track in event["tracks"]:
            live[track["number"]] = track
    return {number: track for number, track in live.items() if track["status"] != "ended"}


INSTANTS = st.integers(START_US, START_US + LASTS_US)
NATIONS = st.sampled_from(("us", "pl", "de"))


@settings(max_examples=150, deadline=None)
@given(nation=NATIONS, time_us=INSTANTS)
def test_the_picture_is_the_fold_of_what_was_delivered(record, feeds, nation, time_us):
    own = [each for each in record.delivered[nation] if each.centre == "data"]
    assert picture_at(own, time_us) == folded(feeds[nation, "data"], nation, time_us)


@settings(max_examples=30, deadline=None)
@given(nation=NATIONS, time_us=INSTANTS)
def test_a_board_at_that_instant_rests_on_nothing_else(record, feeds, nation, time_us):
    """One made of the stores by hand equals one made of what the review takes as known by then."""
    by_hand = [
        (centre, event)
        for centre in ("data", "coordination")
        for event in feeds[nation, centre]
        if known_us(nation, event) <= time_us
    ]
    known = [(each.centre, each.event) for each in record.delivered[nation] if each.known_us <= time_us]
    assert board_of(nation, by_hand).to_bytes() == board_of(nation, known).to_bytes()


def test_the_fold_is_not_empty_and_differs_while_a_link_is_lost(feeds):
    time_us = CUT_US[0] + 60_000_000
    pictures = {nation: folded(feeds[nation, "data"], nation, time_us) for nation in ("pl", "de")}
    assert pictures["pl"]
    assert pictures["pl"] != pictures["de"]
