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
        ("acknowledges: [warning]}", "acknowledges: [warnings]}", "'warnings' is no kind of message"),
        ("flights:\n", SPARE, "no inject launches the flight 'spare'"),
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


def test_a_sensor_is_simulated_for_its_owner_alone(tmp_path):
    told = faults_of(tmp_path, ("husum-radar:", "mantua-radar:"))
    assert "'mantua-radar' belongs to 'it', not to 'de'" in told


def test_an_outage_of_a_sensor_is_one_of_the_senders(tmp_path):
    told = faults_of(
        tmp_path, ("sensor: kurecik-radar, lasts", "sensor: mantua-radar, lasts"), name="blind-radar"
    )
    assert "'mantua-radar' is no sensor of 'us' in the exercise" in told


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
