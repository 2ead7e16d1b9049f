"""Partners, and their operator, who do what nobody meant them to do; held against the centre as a whole."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest

from synaspis.agreement import AgreementBook, check_book, load_book
from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.core.documents import Document
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import Batch, StorageError
from synaspis.messages import (
    Cancellation,
    Correction,
    Reference,
    SigningKey,
    Text,
    new_message,
    seal,
    write_message,
)

START_US = from_rfc3339("2026-12-01T23:59:59.000000Z")
MIDNIGHT_US = START_US + SECOND_US
PARTNERS = ("alpha", "bravo", "charlie")
ID = "ab" * 16


def book(readers: tuple[str, ...], *, more_from: date) -> AgreementBook:
    """Alpha's texts go to readers, and from a day on bravo's to alpha."""

    def agreement(since: date, giver: str, to: tuple[str, ...]) -> dict[str, object]:
        clause = {"product": "consultation", "from": (giver,), "to": to, "delay": "0 s"}
        return {
            "name": "Made up",
            "parties": PARTNERS,
            "valid_from": since,
            "clauses": {"clause": clause},
            "basis": "assumed",
            "note": "Made up.",
        }

    return check_book(
        Document(
            {
                "schema": "agreements/1",
                "id": "made-up",
                "name": "Made up",
                "partners": {name: {"name": name} for name in PARTNERS},
                "agreements": {
                    "first": agreement(date(2026, 12, 1), "alpha", readers),
                    "second": agreement(more_from, "bravo", ("alpha",)),
                },
            }
        )
    )


@pytest.mark.parametrize("when", ["before the first tick", "in the first tick of a day"])
def test_agreements_adopted_when_others_come_into_force_survive_a_restart(tmp_path, when):
    old, new = (book(readers, more_from=date(2026, 12, 2)) for readers in (("bravo",), ("bravo", "charlie")))
    rehearsal = Rehearsal(old, START_US, tmp_path)
    if when == "in the first tick of a day":
        rehearsal.play((), MIDNIGHT_US - 500_000)
        rehearsal.clock.set(MIDNIGHT_US + 900_000)
    rehearsal.centre.adopt(new)
    rehearsal.play((), MIDNIGHT_US + SECOND_US)
    rehearsal.restart()
    at_us = rehearsal.clock.now_us()
    line = Line("alpha", Text(text="Who reads this?"), new.default_label(), at_us, at_us)
    rehearsal.play([line], at_us + SECOND_US)
    assert [each.type for each in rehearsal.received["charlie"]][-1] == "message"
    versions = [json.loads(each.data)["policy"] for each in rehearsal.received["charlie"]]
    assert versions[-1] == new.policy_on(date(2026, 12, 2)).version


def test_nobody_speaks_as_the_centre_even_over_a_connection_of_that_name(tmp_path):
    demo = load_book("demo")
    rehearsal = Rehearsal(demo, START_US, tmp_path)
    message = new_message(
        Text(text="All clear."), sender="centre", label=demo.default_label(), sent_at_us=START_US, id=ID
    )
    ticket = rehearsal.centre.submit("centre", seal(write_message(message), SigningKey(bytes(32))))
    rehearsal.play((), START_US + SECOND_US)
    assert (ticket.answer.status, ticket.answer.code) == (403, "wrong-partner")
    refusal = json.loads(base64.b64decode(json.loads(ticket.answer.body)["payload"]))
    assert refusal["faults"][0]["what"] == "the centre takes nothing in its own name"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (None, "GAME", "was sent in earnest, this in the exercise 'GAME'"),
        ("GAME", None, "was sent in the exercise 'GAME', this in earnest"),
        ("GAME", "TEST", "was sent in the exercise 'GAME', this in the exercise 'TEST'"),
        ("GAME", "GAME", None),
    ],
)
@pytest.mark.parametrize("corrects", [True, False])
def test_an_exercise_takes_back_and_corrects_nothing_but_its_own(
    tmp_path, together, first, second, what, corrects
):
    demo = load_book("demo")
    rehearsal = Rehearsal(demo, START_US, tmp_path)
    label, reference = demo.default_label(), Reference(id=ID, kind="text")
    body = Cancellation(refers_to=reference)
    if corrects:
        body = Correction(refers_to=reference, replacement=Text(text="Changed."))
    later_us = START_US + (1_000 if together else 200_000)
    script = [
        Line("alpha", Text(text="Said."), label, START_US, START_US + 500, ID, first),
        Line("alpha", body, label, START_US, later_us, "cd" * 16, second),
    ]
    answer = rehearsal.play(script, START_US + SECOND_US)[1].answer
    assert answer.code == ("" if what is None else "refers-to-unknown")
    if what is not None:
        fault = json.loads(base64.b64decode(json.loads(answer.body)["payload"]))["faults"][0]
        assert fault["what"] == f"what it refers to {what}"


class Torn:
    """A store that has stored a tick when its word of it is lost, once, as a server can."""

    def __init__(self) -> None:
        self.store, self.tears = SqliteStore.in_memory(), False

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def commit(self, batch: Batch) -> None:
        self.store.commit(batch)
        if self.tears and batch.submissions:
            self.tears = False
            raise StorageError("the connection was lost")


def test_events_of_a_commit_whose_word_was_lost_reach_the_feeds_in_order(tmp_path):
    demo = load_book("demo")
    label, store = demo.default_label(), Torn()
    rehearsal = Rehearsal(demo, START_US, tmp_path, store=store)
    rehearsal.play((), START_US + 100_000)
    store.tears = True
    at_us = rehearsal.clock.now_us()
    first = Line("alpha", Text(text="First."), label, at_us, at_us + 1_000)
    answer = rehearsal.play([first], at_us + 200_000)[0].answer
    assert answer.code == "storage-full"
    refusal = json.loads(base64.b64decode(json.loads(answer.body)["payload"]))
    assert refusal["faults"][0]["what"] == "the centre cannot say that the message is stored"
    again = rehearsal.submit(first)
    at_us = rehearsal.clock.now_us()
    second = Line("alpha", Text(text="Second."), label, at_us, at_us + 1_000)
    rehearsal.play([second], at_us + SECOND_US)
    assert again.answer.status == 200
    for name, events in rehearsal.received.items():
        assert events == rehearsal.centre.feed(name, 0, 100)
    assert [each.counter for each in rehearsal.received["bravo"]] == [1, 2]


@pytest.mark.parametrize(("own", "others", "buckets"), [(30, 1, 1), (31, 1, 1), (32, 0, 1), (32, 1, 2)])
def test_who_fills_a_bucket_learns_no_more_than_the_page_on_the_log_says(tmp_path, own, others, buckets):
    # A message makes two entries here: its submission and its release to its sender.
    agreements = book(("bravo",), more_from=date(2027, 1, 1))
    rehearsal = Rehearsal(agreements, START_US, tmp_path)
    rehearsal.play((), START_US + 100_000)
    rehearsal.centre.seal()
    at_us, label = rehearsal.clock.now_us(), agreements.default_label()
    script = [Line("charlie", Text(text=f"{number}"), label, at_us, at_us + number) for number in range(own)]
    script += [Line("bravo", Text(text=f"{number}"), label, at_us, at_us) for number in range(others)]
    rehearsal.play(script, at_us + 200_000)
    before = rehearsal.store.last_seal().size
    assert rehearsal.centre.seal().size - before == buckets * 64
