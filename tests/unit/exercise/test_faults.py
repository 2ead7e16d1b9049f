"""Each fault that an inject can begin does what it says and nothing else: two runs differ in that alone."""

import json
from collections import Counter

import pytest

from synaspis.core.clock import from_rfc3339
from synaspis.exercise import load_exercise, run_exercise
from synaspis.exercise.review import read_record
from synaspis.exercise.review.failures import failures

START_US = from_rfc3339("2026-11-30T09:00:00Z")
MINUTE_US = 60_000_000

BASE = """schema: synaspis.exercise/1
id: fault
name: FAULT EXERCISE
summary: A flight toward Warsaw, with one fault or none.
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
    doctrine: {reaction: 15 s, warns: false, claims_within: 1500 km}
    sensors:
      redzikowo-radar: {range_sigma: 30 m, angle_sigma: 0.05 deg, interval: 10 s, delay: 1 s}
  pl:
    cell: scripted
    doctrine: {reaction: 30 s, acknowledges: [engagement-claim]}
  de:
    cell: scripted
    doctrine: {reaction: 20 s, acknowledges: [launch-report]}
flights:
  one:
    missile: srbm-700
    launch: {latitude: 57.5 deg, longitude: 19.5 deg}
    aim: {latitude: 52.2 deg, longitude: 21.0 deg}
events:
  only:
    name: A flight
    objectives: [warn]
    incidents:
      one:
        name: The flight
        injects:
          fly:
            at: 1 min
            sender: white
            channel: track-feed
            payload: {flight: one}
            expected: [{by: [pl], action: warning, within: 5 min}]
"""

FAULT = """          fault:
            at: 2 min
            sender: %s
            channel: fault
            payload: %s
"""

REPORT = (
    "{fault: %s, kind: launch-report, body: {launch_time: {time: start + %s, sigma_s: 5}, "
    "missile_class: srbm, sources: [other], "
    "launch: {latitude_deg: %s, longitude_deg: 19.5, covariance_m2: [250000, 0, 250000]}%s}}"
)
IMPACT = ", impact: {latitude_deg: 50.4, longitude_deg: 21.3, covariance_m2: [1000000, 0, 1000000]}"
NOTICE = (
    "{fault: late-notification, kind: post-launch-notification, body: {missile_class: srbm, "
    "number: single, launch_time: start + 1 min, "
    "launch_area: {centre: {latitude_deg: 57.5, longitude_deg: 19.5}, radius_m: 9000}}}"
)


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    """Record of the exercise with one fault; each is played once."""
    known = {}

    def played(sender="", payload=""):
        if payload not in known:
            place = tmp_path_factory.mktemp("fault")
            (place / "fault.yaml").write_text(BASE + (FAULT % (sender, payload) if payload else ""))
            run_exercise(load_exercise(place / "fault.yaml"), place / "run", seed=3)
            known[payload] = read_record(place / "run")
        return known[payload]

    return played


def said(record):
    """Every message that a centre took: who sent it, when it was taken, what it says."""
    return Counter(
        (sent.sender, sent.kind, sent.at_us, json.dumps(sent.body, sort_keys=True))
        for sent in record.sent
        if sent.body.get("action") != "start"  # it bears the digest of the file
    )


def more(faulty, whole):
    """Sender and kind of what was said in one run alone, and of what was left unsaid."""
    one, other = said(faulty), said(whole)
    return [sorted(each[:2] for each in left.elements()) for left in (one - other, other - one)]


def feed(record, nation, centre="data"):
    return [each.data for each in record.delivered[nation] if each.centre == centre]


def effect(record):
    (found,) = failures(record)
    return found


def test_a_lost_link_delays_what_one_nation_gets_and_changes_nothing_that_others_get(play):
    whole, cut = play(), play("white", "{fault: lost-link, nation: de, centre: data, lasts: 3 min}")
    for nation in ("us", "pl"):
        assert feed(cut, nation) == feed(whole, nation)
    # The same events, each as it was; those of the three minutes are known when the link is back.
    assert feed(cut, "de") == feed(whole, "de")
    back_us = START_US + 5 * MINUTE_US
    known = {each.counter: each.known_us for each in cut.delivered["de"] if each.centre == "data"}
    for before in whole.delivered["de"]:
        if before.centre == "data" and START_US + 2 * MINUTE_US <= before.at_us < back_us:
            assert (before.known_us, known[before.counter]) == (before.at_us, back_us)
    assert effect(cut)["waited"] == sum(
        START_US + 2 * MINUTE_US <= each.at_us < back_us
        for each in whole.delivered["de"]
        if each.centre == "data"
    )
    assert effect(cut)["longest_s"] == pytest.approx(180.0, abs=60.0)


def test_a_nation_without_a_link_sends_its_words_later_and_its_tracks_not_at_all(play):
    whole, cut = play(), play("white", "{fault: lost-link, nation: us, lasts: 2 min}")
    span = (START_US + 2 * MINUTE_US, START_US + 4 * MINUTE_US)
    assert not [sent for sent in cut.sent if sent.sender == "us" and span[0] <= sent.at_us < span[1]]
    tracks = [
        {sent.body["time"] for sent in record.sent if sent.kind == "track-report"} for record in (whole, cut)
    ]
    # Tracks that fell into the time are gone: by then they are of no use. All others came as they were.
    assert tracks[1] < tracks[0]
    missing = [from_rfc3339(time) + 1_000_000 for time in tracks[0] - tracks[1]]
    assert all(span[0] <= at_us < span[1] for at_us in missing)


def test_a_dead_centre_takes_and_gives_nothing_and_the_other_centre_does_not_notice(play):
    whole, dead = play(), play("white", "{fault: dead-centre, centre: coordination, lasts: 2 min}")
    for nation in ("us", "pl", "de"):
        assert feed(dead, nation) == feed(whole, nation)
    found = effect(dead)
    assert (found["taken"], found["delivered"]) == (0, 0)
    kinds = [
        Counter((sent.sender, sent.kind) for sent in record.sent if sent.kind != "exercise-control")
        for record in (whole, dead)
    ]
    assert kinds[0] == kinds[1]
    assert found["taken_when_back"] > 0


def test_a_sensor_that_fails_reports_nothing_and_its_nation_says_so(play):
    whole, blind = play(), play("us", "{fault: sensor-outage, sensor: redzikowo-radar, lasts: 1 min}")
    new, gone = more(blind, whole)
    assert ("us", "sensor-status") in new
    assert ("us", "track-report") in gone
    assert not [each for each in new if each == ("us", "track-report")]
    assert (effect(blind)["reports"], effect(blind)["unseen"]) == (0, ["one"])


def test_a_false_report_is_one_message_more_and_what_it_moves_others_to(play):
    new, gone = more(play("pl", REPORT % ("false-report", "90 s", "53.0", "")), play())
    assert new == [
        ("de", "acknowledgement"),
        ("pl", "launch-report"),
        ("white", "exercise-control"),
    ]
    assert gone == []


def test_a_contradictory_report_makes_the_centre_ask_and_those_who_reported_answer(play):
    """It says an impact some 200 km away from where the radar expects it to 12 km, one sigma."""
    record = play("pl", REPORT % ("contradictory-report", "1 min", "57.5", IMPACT))
    new, gone = more(record, play())
    assert gone == []
    assert ("pl", "launch-report") in new
    assert set(new) <= {
        ("pl", "launch-report"), ("de", "acknowledgement"), ("white", "exercise-control"),
        ("centre", "ambiguity-query"), ("pl", "ambiguity-answer"), ("us", "ambiguity-answer"),
    }  # fmt: skip
    assert ("centre", "ambiguity-query") in new
    assert {("pl", "ambiguity-answer"), ("us", "ambiguity-answer")} <= set(new)
    assert "answered with" in effect(record)["text"]


def test_a_late_notification_is_one_message_more_and_the_review_says_how_late(play):
    record = play("pl", NOTICE)
    assert more(record, play()) == [[("pl", "post-launch-notification"), ("white", "exercise-control")], []]
    assert effect(record)["late_s"] == 60.0
