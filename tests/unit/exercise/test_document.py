"""An exercise file is checked as a whole, and every fault is told in words."""

import re

import pytest

from synaspis.core.documents import Document
from synaspis.core.errors import InputError
from synaspis.exercise import check_exercise, exercise_ids, load_exercise

SPARE = """flights:
  spare:
    missile: mrbm-2000
    launch: {latitude: 38 deg, longitude: 46 deg}
    aim: {latitude: 45 deg, longitude: 26 deg}
"""


def faults_of(tmp_path, *changes, name="first-exercise"):
    text = load_exercise(name).path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="in the input") as raised:
        load_exercise(path)
    return str(raised.value)


def test_the_four_exercises_come_with_the_package():
    assert exercise_ids() == ("blind-radar", "disputed-launch", "fifteen-sites", "first-exercise")


@pytest.mark.parametrize("name", exercise_ids())
def test_every_packaged_exercise_may_start(name):
    loaded = load_exercise(name)
    assert loaded.document.id == name
    assert {each.payload.flight for *_, each in loaded.document.injects()} >= set(loaded.document.flights)


def test_first_exercise_has_three_nations_and_thirty_minutes_and_fifteen_sites_eight_and_fifteen():
    first, fifteen = load_exercise("first-exercise"), load_exercise("fifteen-sites")
    assert (len(first.document.nations), first.document.lasts.si) == (3, 1800.0)
    radars = [
        sensor
        for nation in fifteen.document.nations.values()
        for sensor, entry in nation.sensors.items()
        if entry.range_sigma is not None
    ]
    sites = {asset.entry.site for asset in fifteen.scenario.radars if asset.id in radars}
    assert (len(fifteen.document.nations), len(sites)) == (8, 15)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("scenario: europe", "scenario: europ", "there is no scenario 'europ'"),
        ('phase: "2018"', 'phase: "2019"', "'2019' is no phase of the scenario"),
        ("data: first-exercise,", "data: first-exercis,", "there is no agreement book 'first-exercis'"),
        ("data: first-exercise,", "data: demo,", "has no partner 'white'"),
        ("name: FIRST EXERCISE", "name: First exercise", "'First exercise' cannot mark an exercise"),
        ("lasts: 30 min", "lasts: 30 s", "it lasts 30 s; 1 min to 12 h are allowed"),
        ("starts: 2026-11-30T09:00:00Z", "starts: today", "'today' is not a time such as"),
        ("kurecik-radar:", "kurecik-radr:", "'kurecik-radr' is no radar or satellite in service"),
        ("angle_sigma: 0.03 deg, ", "", "the key 'angle_sigma' is missing; a radar needs it"),
        ("position_sigma: 3 km", "range_sigma: 3 km", "a satellite has no range_sigma"),
        ("missile: srbm-700", "missile: srbm-70", "'srbm-70' is no missile class"),
        ("missile: srbm-700", "published: v-2-longest", "a flight is flown in one of two ways"),
        ("{flight: first-flight}", "{flight: firstflight}", "'firstflight' is no flight of the exercise"),
        ("{flight: first-flight}", "{flight: second-flight}", "is launched by fly-first already"),
        ("{flight: first-flight}", "{text: Hello}", "the key 'flight' is missing; track-feed needs it"),
        ("sender: pl", "sender: pll", "'pll' is no nation of the exercise"),
        ("by: [pl], action: warning", "by: [pl], action: warn", "'warn' is no kind of message"),
        ("objectives: [announced]", "objectives: [announce]", "'announce' is no objective of the exercise"),
        ("at: 28 min", "at: 31 min", "planned at 31 min, and the exercise lasts 30 min"),
        ("number: single", "number: seven", "'seven' is not allowed"),
        (
            "acknowledges: [warning, text]",
            "acknowledges: [warnings, text]",
            "'warnings' is no kind of message",
        ),
        ("flights:\n", SPARE, "no inject launches the flight 'spare'"),
        ("schema: synaspis.exercise/1", "schema: synaspis.exercise/2", "'synaspis.exercise/1'"),
        ("summary: >-", "sumary: >-", "unknown key 'sumary'"),
        ("id: first-exercise", "id: First exercise", "id"),
        ("responses: first-exercise", "responses: first-exercis", "there are no responses 'first-exercis'"),
        ("lasts: 30 min", "lasts: 30", "30 has no unit. Write the unit after it"),
        ("lasts: 30 min", "lasts: 30 km", "30 km is a length; a time is needed"),
        (
            "starts: 2026-11-30T09:00:00Z",
            "starts: 2026-13-30T09:00:00Z",
            "'2026-13-30T09:00:00Z' is no instant: month",
        ),
        ("objectives:\n", "objectives: {}\nothers:\n", "unknown key 'others'"),
        ("  us:\n    cell: scripted", "  xx:\n    cell: scripted", "'xx' is no partner of the book"),
        ("    cell: scripted", "    cell: robot", "'robot' is not allowed"),
        ("reaction: 15 s", "reaction: 15 min", "15 min"),
        ("warns: false", "warns: 0", "true or false"),
        ("claims_within: 1500 km", "claims_within: 15000 km", "15000 km"),
        ("claims_within: 1500 km", "claim_within: 1500 km", "unknown key 'claim_within'"),
        ("range_sigma: 30 m", "range_sigma: -30 m", "-30 m"),
        ("angle_sigma: 0.03 deg", "angle_sigma: 0.03 m", "0.03 m is a length; an angle is needed"),
        ("interval: 5 s", "interval: 5 min", "5 min"),
        ("delay: 5 s}", "outages: [{from: 5 min, until: 3 min}]}", "it ends at 3 min and begins at 5 min"),
        ("delay: 5 s}", "outages: [{from: 31 min, until: 32 min}]}", "it begins at 31 min, and the exercise"),
        ("latitude: 55.6 deg", "latitude: 95.6 deg", "95.6 deg"),
        ("battery: deveselu-sm-3-ib", "battery: sulze-pac-3-cri", "is no battery of 'us' in service"),
        ("radars: [sulze-radar]", "radars: [sulze-rader]", "'sulze-rader' is no radar in service"),
        ("radius_m: 350000}", "radius_m: -1}", "radius_m"),
        ("tasks: []", "tasks: none", "plan.tasks"),
        ("invokes: [tell-the-border]", "invokes: [tell-them]", "'tell-them' is no pre-planned response"),
        ("latest engagement-claim of us", "latest engagement-clam of us", "'engagement-clam' is no kind"),
        (
            "latest engagement-claim of us",
            "latest engagement-claim of xx",
            "'xx' is no nation of the exercise",
        ),
        ("latest engagement-claim of us", "the claim of us", "body.claim"),
        ("kind: hand-over", "kind: handover", "'handover' is no kind of message"),
        ("kind: hand-over", "kind: exercise-control", "body"),
        ("earliest: start + 4 min", "earliest: 2026-11-30", "body.window.earliest"),
        ("channel: free-text", "channel: radio", "'radio' is not allowed"),
        (
            "payload: {flight: first-flight}",
            "payload: {flight: first-flight, text: Hi}",
            "track-feed has no text",
        ),
        (
            "payload: {flight: first-flight}",
            "payload: {flight: first-flight}\n            to: [de]",
            "'to' would change",
        ),
        (
            "sender: us\n            channel: notification",
            "sender: us\n            label: {classification: SECRET}\n            channel: notification",
            "'SECRET' is no classification of the book",
        ),
        (
            "by: [de, pl], action: acknowledgement, within: 2 min",
            "by: [], action: acknowledgement, within: 2 min",
            "by",
        ),
        ("by: [de, pl], action", "by: [de, xx], action", "'xx' is no nation of the exercise"),
        ("within: 12 min}", "within: 0 min}", "0 min"),
        ("hand-over: {text:", "hand-overs: {text:", "'hand-over' is no objective of the exercise"),
        ("at: 24 min", "at: -1 min", "-1 min"),
        ("at: 24 min", "at: noon", "at"),
        ("  plan: {text:", "  other: {text: Nothing.}\n  plan: {text:", "so that it is not trained"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, old, new, text):
    told = faults_of(tmp_path, (old, new))
    assert re.search(re.escape(text), told), told


def test_all_faults_come_together(tmp_path):
    told = faults_of(
        tmp_path,
        ("scenario: europe", "scenario: europ"),
        ("lasts: 30 min", "lasts: 30 s"),
        ("sender: pl", "sender: pll"),
        ("missile: srbm-700", "missile: srbm-70"),
    )
    assert told.startswith("4 faults in the input") or told.count("\n") >= 4
    for text in ("'europ'", "it lasts 30 s", "'pll'", "'srbm-70'"):
        assert text in told


def test_what_does_not_fit_together_comes_with_the_faults_of_single_injects(tmp_path):
    """The inject `offer` has a fault of its own; `end-of-play` comes too late, an event no objective."""
    told = faults_of(
        tmp_path,
        ("kind: hand-over", "kind: handover"),
        ("at: 28 min", "at: 31 min"),
        ("objectives: [warn, agree]", "objectives: [warn, agreed]"),
    )
    assert told.startswith("3 faults in the input")
    assert "'handover' is no kind of message" in told
    assert "planned at 31 min, and the exercise lasts 30 min" in told
    assert "'agreed' is no objective of the exercise" in told
    # Nobody is told that the flight of an inject with a fault is launched by none.
    told = faults_of(tmp_path, ("{flight: first-flight}", "{flight: first-flight, text: Hi}"))
    assert told.startswith("1 fault in the input")


def test_a_sensor_is_simulated_for_its_owner_alone(tmp_path):
    told = faults_of(tmp_path, ("husum-radar:", "mantua-radar:"))
    assert "'mantua-radar' belongs to 'it', not to 'de'" in told


def test_an_outage_of_a_sensor_is_one_of_the_senders(tmp_path):
    told = faults_of(
        tmp_path, ("sensor: kurecik-radar, lasts", "sensor: mantua-radar, lasts"), name="blind-radar"
    )
    assert "'mantua-radar' is no sensor of 'us' in the exercise" in told


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("fault: false-report", "fault: contradictory-report", "so that it contradicts nothing"),
        (
            "fault: contradictory-report",
            "fault: false-report",
            "which takes place; a false report is of none",
        ),
        ("fault: false-report", "fault: late-notification", "is a notification, not a launch-report"),
        ("at: 63 min", "at: 55 min", "sent at 55 min, before the launch may take place; that is not late"),
        ("fault: false-report", "fault: lost-link", "the key 'lasts' is missing; lost-link needs it"),
        ("fault: false-report", "fault: dead-centre", "dead-centre has no body"),
    ],
)
def test_a_fault_has_to_be_what_it_says(tmp_path, old, new, text):
    told = faults_of(tmp_path, (old, new), name="disputed-launch")
    assert text in told, told


def test_every_fault_names_its_line_and_its_place_in_the_file(tmp_path):
    told = faults_of(tmp_path, ("warns: false", "warns: 0"), ("at: 24 min", "at: noon"))
    assert re.search(r"mine\.yaml:\d+: nations\.us\.doctrine\.warns: ", told)
    assert re.search(r"mine\.yaml:\d+: events\.two-flights\.incidents\.hand-over\.injects\.offer\.at: ", told)


def test_an_id_of_an_inject_is_used_once(tmp_path):
    told = faults_of(tmp_path, ("          fly-second:", "          fly-first:"))
    assert "the id 'fly-first' is used by" in told


def test_an_exercise_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(
        InputError, match=r"there is no exercise 'first-exercis'.*Did you mean 'first-exercise'"
    ):
        load_exercise("first-exercis")


def test_an_empty_document_names_what_is_missing(tmp_path):
    with pytest.raises(InputError, match="the key 'nations' is missing"):
        check_exercise(Document({"schema": "synaspis.exercise/1"}), tmp_path / "x.yaml", b"")
