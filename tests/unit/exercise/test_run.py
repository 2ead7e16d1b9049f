"""A run on two centres: the same bytes from one seed, nothing lost, all of it marked."""

import json
from base64 import b64decode

import pytest

from synaspis.agreement import load_book
from synaspis.core.clock import from_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exercise import load_exercise, run_exercise
from synaspis.exercise.review import read_record
from synaspis.exercise.run import with_book

START_US = from_rfc3339("2026-11-30T09:00:00Z")


def files_of(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_one_seed_gives_the_same_bytes_in_every_file(played, short_file, tmp_path):
    run_exercise(load_exercise(short_file), tmp_path / "again", seed=7)
    again, first = files_of(tmp_path / "again"), files_of(played)
    assert set(again) == {name for name in first if not name.startswith("review")}
    assert [name for name in again if again[name] != first[name]] == []


def test_another_seed_gives_other_messages(played, short_file, tmp_path):
    run_exercise(load_exercise(short_file), tmp_path / "other", seed=8)
    one, other = (read_record(folder).sent for folder in (played, tmp_path / "other"))
    tracks = [[each.body for each in sent if each.kind == "track-report"] for sent in (one, other)]
    assert [body["time"] for body in tracks[0]] == [body["time"] for body in tracks[1]]
    assert tracks[0] != tracks[1]


def test_every_message_and_every_event_is_marked_with_the_exercise(played):
    record = read_record(played)
    assert len(record.sent) > 100
    assert {sent.message["exercise"] for sent in record.sent} == {"SHORT EXERCISE"}
    for events in record.delivered.values():
        for delivered in events:
            event = delivered.event
            marked = event if event["type"] == "picture" else event.get("message", {})
            assert marked["exercise"] == "SHORT EXERCISE"


def test_no_nation_learns_from_the_white_cell_that_something_begins(played):
    record = read_record(played)
    done = [sent for sent in record.sent if sent.body.get("action") == "inject-done"]
    assert len(done) > 1
    told = {
        cell
        for cell, events in record.delivered.items()
        for delivered in events
        if delivered.event.get("message", {}).get("body", {}).get("action") == "inject-done"
    }
    assert told == set()


def test_the_centres_of_an_exercise_refuse_what_does_not_bear_its_name(short_file, tmp_path):
    from dataclasses import replace

    from synaspis.exchange.rehearsal import Line, Rehearsal
    from synaspis.exercise.run import settings_of
    from synaspis.messages import Text

    loaded = load_exercise(short_file)
    rehearsal = Rehearsal(loaded.books["data"], START_US, tmp_path, settings=settings_of(loaded, "data"))
    label = loaded.books["data"].default_label()
    line = Line("pl", Text(text="In earnest."), label, START_US + 1_000_000, START_US + 1_000_000)
    codes = {}
    for name in (None, "OTHER EXERCISE", "SHORT EXERCISE"):
        rehearsal.clock.set(max(rehearsal.clock.now_us(), line.sent_at_us))
        ticket = rehearsal.submit(replace(line, exercise=name))
        rehearsal.clock.advance(2_000_000)
        rehearsal.centre.tick()
        codes[name] = (ticket.answer.status, ticket.answer.code)
        if name is None:
            told = json.loads(b64decode(json.loads(ticket.answer.body)["payload"]))
            assert (
                "sent in earnest; this centre takes what is sent in the exercise 'SHORT EXERCISE' alone"
                in (told["faults"][0]["what"])
            )
    assert codes == {
        None: (422, "wrong-exercise"),
        "OTHER EXERCISE": (422, "wrong-exercise"),
        "SHORT EXERCISE": (201, ""),
    }


def test_every_message_is_taken_although_a_centre_was_dead(played):
    lines = [json.loads(line) for line in (played / "journal.jsonl").read_text().splitlines()]
    assert {line["status"] for line in lines} == {201}
    record = read_record(played)
    assert len(record.sent) == len(lines)
    dead = [each for each in record.sent if each.centre == "coordination"]
    assert not [each for each in dead if START_US + 120e6 <= each.at_us < START_US + 240e6]
    assert list(record.done) == ["fly", "cut", "dead", "hello"]


def test_what_fell_into_the_dead_time_is_said_afterwards(played):
    """The control of the inject `hello` fell into it; the exercise's time in it is that of the inject."""
    (control,) = (
        each
        for each in read_record(played).sent
        if each.kind == "exercise-control" and each.body.get("inject") == "hello"
    )
    assert control.at_us == START_US + 240_000_000
    assert from_rfc3339(control.body["exercise_time"]) == START_US + 180_000_000


def test_a_message_for_one_recipient_reaches_nobody_else(played):
    record = read_record(played)
    texts = {
        nation: [each for each in events if each.event.get("message", {}).get("kind") == "text"]
        for nation, events in record.delivered.items()
    }
    assert {nation: len(found) for nation, found in texts.items()} == {"us": 1, "pl": 1, "de": 0}


def test_nothing_is_written_into_a_folder_in_use(short_file, tmp_path):
    (tmp_path / "something").write_text("mine")
    with pytest.raises(InputError, match="the folder is not empty"):
        run_exercise(load_exercise(short_file), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["something"]


def test_a_book_without_a_nation_is_refused_by_name(short_file):
    with pytest.raises(InputError, match="'us' is no partner of the book 'demo'"):
        with_book(load_exercise(short_file), load_book("demo"))


def test_a_run_by_the_clock_gives_the_same_messages(short_file, played, tmp_path):
    """What waits is told each second in order, and changes nothing."""
    waited = []
    run_exercise(load_exercise(short_file), tmp_path / "slow", seed=7, wait=waited.append)
    assert waited == list(range(waited[0], waited[-1] + 1, 1_000_000))
    assert (tmp_path / "slow" / "journal.jsonl").read_bytes() == (played / "journal.jsonl").read_bytes()


def test_both_stores_open_again(played):
    for centre in ("data", "coordination"):
        store = SqliteStore.to_read(played / centre / "centre.sqlite")
        assert store.last_seal() is not None
        store.close()
