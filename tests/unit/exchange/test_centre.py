"""The centre from envelope to feed, and what it does when store, clock or partner do not do their part."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from datetime import date

import pytest

from synaspis.agreement import Category, Label, load_book
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.answers import REFUSAL_TYPE
from synaspis.exchange.centre import Centre
from synaspis.exchange.describe import book_text, read_book
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.partners import Partner
from synaspis.exchange.rehearsal import Line, Rehearsal, answers
from synaspis.exchange.settings import Limits, Settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import StorageError
from synaspis.log import commitment, leaf_hash
from synaspis.messages import (
    AmbiguityAnswer,
    Cancellation,
    PublicKey,
    Reference,
    SigningKey,
    Text,
    new_message,
    open_envelope,
    seal,
    write_message,
)

START_US = from_rfc3339("2026-12-01T12:00:00.000000Z")
BOOK = load_book("demo")
LABEL = BOOK.default_label()


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(BOOK, START_US, tmp_path / "log")


def text(sender: str, words: str, at_us: int, **more) -> Line:
    return Line(sender, Text(text=words), LABEL, at_us, at_us, **more)


def said(answer) -> dict:
    return json.loads(base64.b64decode(json.loads(answer.body)["payload"]))


def one(rehearsal: Rehearsal, line: Line):
    """The answer to one line that arrives now."""
    ticket = rehearsal.submit(line)
    rehearsal.play((), rehearsal.clock.now_us() + 2 * rehearsal.settings.tick_us)
    return ticket.answer


def refusal(rehearsal: Rehearsal, sender: str, raw: bytes) -> dict:
    ticket = rehearsal.centre.submit(sender, raw)
    rehearsal.play((), rehearsal.clock.now_us() + 2 * rehearsal.settings.tick_us)
    opened = open_envelope(
        ticket.answer.body, {"centre": rehearsal.centre_keys.message.public}, payload_type=REFUSAL_TYPE
    )
    content = json.loads(opened.payload)
    assert content["code"] == ticket.answer.code
    return content


def test_a_receipt_opens_the_leaf_that_the_log_then_proves(rehearsal):
    answer = one(rehearsal, text("alpha", "Radio check.", START_US))
    receipt = said(answer)
    assert answer.status == 201
    record = json.loads(receipt["record"])
    assert (record["type"], record["sender"], record["policy"]) == ("submission", "alpha", receipt["policy"])
    leaf = leaf_hash(commitment(receipt["record"].encode(), bytes.fromhex(receipt["salt"])))
    assert leaf.hex() == receipt["leaf"]
    assert rehearsal.centre.proof(leaf) is None
    rehearsal.centre.seal()
    assert rehearsal.centre.proof(leaf).startswith(b"c2sp.org/tlog-proof@v1\n")


def test_nothing_is_answered_or_delivered_before_the_commit(rehearsal):
    ticket = rehearsal.submit(text("alpha", "Radio check.", START_US))
    assert ticket.answer is None
    assert rehearsal.received == {"alpha": [], "bravo": [], "charlie": []}
    rehearsal.play((), START_US + 100_000)
    assert ticket.answer.status == 201
    assert len(rehearsal.received["bravo"]) == 1


def test_the_same_envelope_again_gets_the_same_receipt_also_after_a_restart(rehearsal):
    line = text("alpha", "Radio check.", START_US)
    first, twin = rehearsal.submit(line), rehearsal.submit(line)
    rehearsal.play((), START_US + SECOND_US)
    again = one(rehearsal, line)
    rehearsal.restart()
    later = one(rehearsal, line)
    assert [each.status for each in (first.answer, twin.answer, again, later)] == [201, 200, 200, 200]
    assert {each.body for each in (first.answer, twin.answer, again, later)} == {first.answer.body}
    assert len(rehearsal.received["bravo"]) == 1


def test_an_envelope_of_another_partner_gives_no_receipt_away(rehearsal):
    raw = rehearsal.envelope(text("alpha", "Radio check.", START_US))
    rehearsal.centre.submit("alpha", raw)
    rehearsal.play((), START_US + SECOND_US)
    assert refusal(rehearsal, "bravo", raw)["code"] == "wrong-partner"


def test_an_id_is_used_once_by_a_sender_and_freely_by_another(rehearsal):
    taken = "0" * 31 + "1"
    assert one(rehearsal, text("alpha", "First.", START_US, id=taken)).status == 201
    assert one(rehearsal, text("bravo", "Mine.", START_US, id=taken)).status == 201
    content = refusal(rehearsal, "alpha", rehearsal.envelope(text("alpha", "Second.", START_US, id=taken)))
    assert content["code"] == "replay"
    assert f"a message with the id {taken} has been received before" in content["faults"][0]["what"]


@pytest.mark.parametrize(
    ("offset_us", "said_so"),
    [
        (
            -301 * SECOND_US,
            "sent 301.000 s before 2026-12-01T12:00:00.000000Z, the centre's time; from 300 s",
        ),
        (6 * SECOND_US, "sent 6.000 s after 2026-12-01T12:00:00.000000Z, the centre's time"),
    ],
)
def test_a_message_of_another_time_is_refused_with_the_time_of_the_centre(rehearsal, offset_us, said_so):
    content = refusal(rehearsal, "alpha", rehearsal.envelope(text("alpha", "Late.", START_US + offset_us)))
    assert content["code"] == "clock-skew"
    assert said_so in content["faults"][0]["what"]


@pytest.mark.parametrize("offset_us", [-300 * SECOND_US, 5 * SECOND_US])
def test_a_message_at_the_edge_of_the_allowed_time_is_taken(rehearsal, offset_us):
    assert one(rehearsal, text("alpha", "Just so.", START_US + offset_us)).status == 201


@pytest.mark.parametrize(
    ("label", "what"),
    [
        (Label("OTHER", "UNCLASSIFIED"), "the policy 'OTHER' is not 'DEMO'"),
        (Label("DEMO", "COSMIC"), "'COSMIC' is no classification of 'DEMO'"),
        (
            Label("DEMO", "SECRET", (Category("Releasable to", "PERMISSIVE", ("nobody",)),)),
            "'nobody' is no value of the category 'Releasable to'",
        ),
    ],
)
def test_a_label_without_a_meaning_here_is_refused_and_not_kept_from_everybody_in_silence(
    rehearsal, label, what
):
    line = Line("alpha", Text(text="For whom?"), label, START_US, START_US)
    content = refusal(rehearsal, "alpha", rehearsal.envelope(line))
    assert (content["code"], content["faults"][0]["what"]) == ("bad-label", what)


def test_what_the_sender_signs_must_be_its_own(rehearsal):
    raw = rehearsal.envelope(text("alpha", "Radio check.", START_US))
    assert "is signed by another partner than 'bravo'" in str(refusal(rehearsal, "bravo", raw)["faults"])
    payload = base64.b64decode(json.loads(raw)["payload"])
    forged = seal(payload, rehearsal.keys["bravo"])
    content = refusal(rehearsal, "bravo", forged)
    assert content["code"] == "wrong-partner"
    assert "says that 'alpha' sends it; it comes from 'bravo'" in content["faults"][0]["what"]
    stranger = seal(payload, SigningKey.generate())
    assert refusal(rehearsal, "alpha", stranger)["code"] == "unknown-signer"
    assert refusal(rehearsal, "nobody", raw)["code"] == "partner-retired"


def test_a_retired_partner_is_refused_and_a_former_key_holds_until_its_end(rehearsal):
    old = rehearsal.keys["alpha"]
    new = SigningKey.generate()
    end_us = START_US + 10 * SECOND_US
    rehearsal.centre.partners = {"alpha": Partner(new.public, former=((old.public, end_us),))}
    assert one(rehearsal, text("alpha", "Old key.", START_US)).status == 201
    rehearsal.clock.set(end_us + 1)
    raw = rehearsal.envelope(text("alpha", "Old key, too late.", end_us))
    assert refusal(rehearsal, "alpha", raw)["code"] == "unknown-signer"
    rehearsal.centre.partners = {"alpha": Partner(new.public, active=False)}
    rehearsal.keys["alpha"] = new
    raw = rehearsal.envelope(text("alpha", "New key.", end_us))
    assert refusal(rehearsal, "alpha", raw)["code"] == "partner-retired"


def test_a_refusal_is_logged_and_its_leaf_opened(rehearsal):
    content = refusal(rehearsal, "alpha", b"rubbish")
    assert content["code"] == "bad-json"
    record = json.loads(content["record"])
    assert record["envelope"] == hashlib.sha256(b"rubbish").hexdigest()
    rehearsal.centre.seal()
    assert rehearsal.centre.proof(bytes.fromhex(content["leaf"])) is not None


def test_a_reference_to_what_was_never_sent_looks_like_one_to_what_may_not_be_seen(rehearsal):
    hidden = text("alpha", "For nobody else.", START_US, id="a" * 32)
    one(rehearsal, hidden)
    found = []
    for about in ("a" * 32, "b" * 32):
        body = Cancellation(refers_to=Reference(id=about, kind="text"))
        raw = rehearsal.envelope(Line("charlie", body, LABEL, START_US, START_US))
        found.append(refusal(rehearsal, "charlie", raw)["faults"][0]["what"].replace(about, "X"))
    assert found == ["charlie has sent no text with the id X"] * 2


def test_a_cancellation_must_name_the_kind_of_what_it_takes_back(rehearsal):
    one(rehearsal, text("alpha", "Radio check.", START_US, id="a" * 32))
    wrong = Cancellation(refers_to=Reference(id="a" * 32, kind="warning"))
    raw = rehearsal.envelope(Line("alpha", wrong, LABEL, START_US, START_US))
    assert refusal(rehearsal, "alpha", raw)["code"] == "refers-to-unknown"
    right = Cancellation(refers_to=Reference(id="a" * 32, kind="text"))
    assert one(rehearsal, Line("alpha", right, LABEL, START_US, START_US)).status == 201


def test_a_message_can_be_named_by_those_who_were_shown_it_and_only_by_those(rehearsal):
    secret = Line("alpha", Text(text="Pact."), LABEL, START_US, START_US, "a" * 32)
    one(rehearsal, secret)
    event = json.loads(rehearsal.received["bravo"][0].data)
    digest = hashlib.sha256(event["envelope"].encode()).hexdigest()
    for name in ("a" * 32, event["reference"], digest):
        line = Line("bravo", Text(text="About it.", about=(name,)), LABEL, START_US, START_US)
        assert one(rehearsal, line).status == 201
    unknown = Line("bravo", Text(text="About it.", about=("c" * 64,)), LABEL, START_US, START_US)
    assert refusal(rehearsal, "bravo", rehearsal.envelope(unknown))["code"] == "refers-to-unknown"
    answer = AmbiguityAnswer(query="d" * 32, position="not-known", answer="What question?")
    raw = rehearsal.envelope(Line("bravo", answer, LABEL, START_US, START_US))
    assert refusal(rehearsal, "bravo", raw)["code"] == "refers-to-unknown"


def test_too_large_is_logged_and_too_much_is_not(tmp_path):
    limits = Limits(envelope_bytes=2048, messages_per_s=1.0, burst=2)
    rehearsal = Rehearsal(BOOK, START_US, tmp_path, settings=Settings(limits=limits))
    content = refusal(rehearsal, "alpha", b"x" * 2049)
    assert (content["code"], "record" in content) == ("oversize", True)
    one(rehearsal, text("alpha", "One more.", START_US))
    ticket = rehearsal.submit(text("alpha", "One too many.", START_US))
    assert (ticket.answer.status, ticket.answer.code) == (429, "rate-limited")
    assert "record" not in said(ticket.answer)
    assert one(rehearsal, text("bravo", "Unharmed.", START_US)).status == 201


class Failing(SqliteStore):
    """A store whose disk is full for a while."""

    is_full = False

    def _transact(self, write):
        if self.is_full:
            error = sqlite3.OperationalError("database or disk is full")
            raise StorageError(str(error), full=True) from error
        super()._transact(write)


@pytest.fixture
def failing(tmp_path):
    store = Failing(tmp_path / "centre.sqlite")
    yield Rehearsal(BOOK, START_US, tmp_path / "log", store=store)
    store.close()


def test_when_the_disk_is_full_everything_is_refused_and_nothing_released_and_then_it_goes_on(failing):
    assert one(failing, text("alpha", "Before.", START_US)).status == 201
    failing.store.is_full = True
    tickets = [failing.submit(text(name, "Meanwhile.", START_US)) for name in ("alpha", "bravo")]
    failing.play((), failing.clock.now_us() + SECOND_US)
    assert [(each.answer.status, each.answer.code) for each in tickets] == [(507, "storage-full")] * 2
    assert "record" not in said(tickets[0].answer)
    assert not failing.centre.is_storing
    assert len(failing.received["charlie"]) == 1
    failing.store.is_full = False
    again = one(failing, text("alpha", "Meanwhile.", START_US))
    assert again.status == 201
    assert failing.centre.is_storing
    assert [event.counter for event in failing.received["charlie"]] == [1, 2]
    assert failing.centre.feed("charlie", 0, 9) == failing.received["charlie"]


def test_what_was_due_while_the_disk_was_full_is_released_once_afterwards(failing, tmp_path):
    quiet = Rehearsal(BOOK, START_US, tmp_path / "other")
    line = text("alpha", "Held back by the disk alone.", START_US + 10_000)
    for each, breaks in ((failing, True), (quiet, False)):
        each.play((), START_US + 50_000)
        each.submit(line)
        each.play((), START_US + 100_000)
        if breaks:
            each.store.is_full = True
        each.submit(text("bravo", "Lost." if breaks else "Kept.", START_US + 100_000))
        each.play((), START_US + 500_000)
        if breaks:
            each.store.is_full = False
        each.play((), START_US + SECOND_US)
    counters = [event.counter for event in failing.received["charlie"]]
    assert counters == [1]
    assert failing.received["charlie"] == quiet.received["charlie"][:1]


def test_a_seal_that_cannot_be_stored_is_public_nowhere_and_made_later(failing, tmp_path):
    one(failing, text("alpha", "Radio check.", START_US))
    failing.store.is_full = True
    with pytest.raises(StorageError, match="database or disk is full"):
        failing.centre.seal()
    assert failing.centre.checkpoint() is None
    assert not (tmp_path / "log" / "checkpoint").exists()
    failing.store.is_full = False
    assert failing.centre.seal().size == 64
    assert (tmp_path / "log" / "checkpoint").read_bytes() == failing.centre.checkpoint()


def test_a_disk_of_a_few_hundred_pages_fills_up_and_loses_nothing(tmp_path):
    store = SqliteStore(tmp_path / "centre.sqlite")
    store._writer.execute("PRAGMA max_page_count=120")
    rehearsal = Rehearsal(BOOK, START_US, tmp_path / "log", store=store)
    tickets = [
        rehearsal.submit(text("alpha", f"{number} " + "x" * 3000, START_US, id=f"{number:032x}"))
        for number in range(60)
    ]
    rehearsal.play((), START_US + 200_000)
    answered = answers(tickets)
    for number in range(60, 90):
        line = text("alpha", f"{number} " + "x" * 3000, rehearsal.clock.now_us())
        answered.append(one(rehearsal, line))
    taken = [each for each in answered if each.status == 201]
    full = [each for each in answered if each.code == "storage-full"]
    assert full
    assert len(taken) + len(full) == 90
    store._writer.execute("PRAGMA max_page_count=100000")
    assert one(rehearsal, text("alpha", "Room again.", rehearsal.clock.now_us())).status == 201
    stored = {submission.receipt for submission, _ in store.submissions(0, 1000)}
    assert {each.body for each in taken} < stored
    assert len(stored) == len(taken) + 1
    assert len(rehearsal.received["bravo"]) == len(stored)
    store.close()


def test_a_fault_of_the_program_refuses_the_tick_goes_up_and_leaves_memory_as_stored(rehearsal, monkeypatch):
    one(rehearsal, text("alpha", "Before.", START_US))
    ticket = rehearsal.submit(text("alpha", "Unlucky.", START_US))
    with monkeypatch.context() as patched:

        def broken(*_):
            raise RuntimeError("a fault for the test")

        patched.setattr(rehearsal.centre._state.releaser, "advance", broken)
        with pytest.raises(RuntimeError, match="a fault for the test"):
            rehearsal.play((), rehearsal.clock.now_us() + 100_000)
    assert ticket.answer.code == "storage-full"
    assert one(rehearsal, text("alpha", "After.", START_US)).status == 201
    assert [event.counter for event in rehearsal.received["bravo"]] == [1, 2]


def test_a_clock_that_is_put_back_neither_stops_the_centre_nor_turns_time_back(rehearsal):
    one(rehearsal, text("alpha", "One.", START_US))
    rehearsal.clock.advance(-10 * SECOND_US)
    assert rehearsal.centre.ahead_us > 9 * SECOND_US
    tickets = [rehearsal.submit(text("alpha", "Two.", START_US))]
    for _ in range(6):
        rehearsal.clock.advance(50_000)
        rehearsal.centre.tick()
    assert tickets[0].answer.status == 201
    instants = [json.loads(event.data)["at"] for event in rehearsal.received["bravo"]]
    assert len(instants) == 2
    assert instants == sorted(instants)


def test_a_clock_that_was_put_back_is_caught_up_with_at_half_pace(rehearsal):
    rehearsal.play((), START_US + SECOND_US)
    rehearsal.clock.advance(-SECOND_US)
    ahead = []
    for _ in range(45):
        rehearsal.clock.advance(50_000)
        rehearsal.centre.tick()
        ahead.append(rehearsal.centre.ahead_us)
    # One second is made up for at half pace: after two seconds, which are forty ticks.
    assert ahead[19] == 500_000
    assert ahead[-1] == 0


def test_a_clock_that_jumps_forward_is_believed_and_the_refusals_say_the_time(rehearsal):
    rehearsal.clock.advance(3600 * SECOND_US)
    content = refusal(rehearsal, "alpha", rehearsal.envelope(text("alpha", "On time.", START_US)))
    assert content["code"] == "clock-skew"
    assert "2026-12-01T13:00:00" in content["faults"][0]["what"]


def test_the_centre_ticks_once_in_each_cell_of_the_grid(rehearsal):
    assert rehearsal.centre.next_tick_us() == START_US + 50_000
    rehearsal.clock.set(START_US + 60_000)
    assert rehearsal.centre.tick()
    rehearsal.submit(text("alpha", "In the next cell.", START_US))
    rehearsal.clock.set(START_US + 99_999)
    assert not rehearsal.centre.tick()
    assert rehearsal.centre.pending == 1
    rehearsal.clock.set(START_US + 100_000)
    assert rehearsal.centre.tick()


def changed(**partners: str):
    """The demonstration book with other clearances."""
    data = json.loads(book_text(BOOK))
    for name, level in partners.items():
        data["partners"][name]["cleared_to"] = level
    return read_book(json.dumps(data))


def test_new_agreements_are_logged_told_and_kept_over_a_restart(rehearsal):
    one(rehearsal, text("alpha", "Old rules.", START_US))
    rehearsal.centre.adopt(changed(charlie="UNCLASSIFIED"))
    rehearsal.play((), rehearsal.clock.now_us() + 200_000)
    restricted = type(LABEL)("DEMO", "RESTRICTED")
    now_us = rehearsal.clock.now_us()
    one(rehearsal, Line("alpha", Text(text="Restricted."), restricted, now_us, now_us))
    rehearsal.restart()
    now_us = rehearsal.clock.now_us()
    one(rehearsal, Line("alpha", Text(text="Restricted again."), restricted, now_us, now_us))
    kinds = [event.type for event in rehearsal.received["charlie"]]
    assert kinds == ["message", "notice"]
    assert [event.type for event in rehearsal.received["bravo"]] == [
        "message",
        "notice",
        "message",
        "message",
    ]
    versions = [policy.version for policy in rehearsal.store.policies()]
    assert len(set(versions)) == 2
    records = [json.loads(entry.record) for _, entry in rehearsal.store.entries(0, 100)]
    assert [each["version"] for each in records if each["type"] == "policy"] == versions


def test_a_centre_that_starts_with_another_book_adopts_it_at_its_first_tick(tmp_path):
    store = SqliteStore.in_memory()
    first = Rehearsal(BOOK, START_US, tmp_path, store=store)
    one(first, text("alpha", "Old rules.", START_US))
    second = Rehearsal(changed(charlie="UNCLASSIFIED"), first.clock.now_us(), tmp_path, store=store)
    second.play((), second.clock.now_us() + 200_000)
    assert len(store.policies()) == 2
    assert [event.type for event in second.received["bravo"]] == ["notice"]


def test_agreements_of_the_next_day_hold_from_midnight_on(tmp_path):
    data = json.loads(book_text(BOOK))
    for agreement in data["agreements"].values():
        agreement["valid_until"] = "2026-12-01"
    book = read_book(json.dumps(data))
    midnight_us = from_rfc3339("2026-12-02T00:00:00Z")
    rehearsal = Rehearsal(book, midnight_us - 100_000, tmp_path)
    script = [
        text("alpha", "Yesterday.", midnight_us - 60_000, id="a" * 32),
        text("alpha", "Today.", midnight_us + 10_000, id="b" * 32),
    ]
    rehearsal.play(script, midnight_us + SECOND_US)
    shown = [json.loads(event.data) for event in rehearsal.received["bravo"] if event.type == "message"]
    assert [each["message"]["id"] for each in shown] == ["a" * 32]
    assert [policy.day for policy in rehearsal.store.policies()] == ["2026-12-01", "2026-12-02"]
    records = [json.loads(entry.record) for _, entry in rehearsal.store.entries(0, 100)]
    assert to_rfc3339(midnight_us) in [each["at"] for each in records if each["type"] == "policy"]


def test_a_book_that_was_stored_decides_as_the_one_that_was_given():
    again = read_book(book_text(BOOK))
    day = date(2026, 12, 1)
    assert again.policy_on(day).version == BOOK.policy_on(day).version
    assert again.document == BOOK.document
    assert book_text(again) == book_text(BOOK)


def test_a_store_without_agreements_needs_a_book(tmp_path):
    store = SqliteStore.in_memory()
    keys = CentreKeys.generate("synaspis.example/centre")
    with pytest.raises(InputError, match="a store without agreements needs a book to start with"):
        Centre(Settings(), None, keys, store, FixedClock(), log_folder=tmp_path, partners={})


class FixedClock:
    def now_us(self) -> int:
        return START_US


def test_a_store_is_not_opened_with_the_keys_of_another_centre(rehearsal, tmp_path):
    one(rehearsal, text("alpha", "Radio check.", START_US))
    with pytest.raises(
        InputError, match=r"belongs to the log synaspis.example/centre or to another commitment"
    ):
        Rehearsal(BOOK, START_US, tmp_path / "log", store=rehearsal.store, seed=2)


def test_a_replay_that_gives_other_bytes_is_not_started(rehearsal):
    one(rehearsal, text("alpha", "Radio check.", START_US))
    one(rehearsal, text("alpha", "Again.", START_US))
    link = rehearsal.store._writer
    record = b'{"counter":2,"event":"' + b"0" * 64 + b'","recipient":"bravo","type":"release"}'
    link.execute(
        "UPDATE entry SET record=? WHERE number IN "
        "(SELECT entry FROM feed WHERE recipient='bravo' AND counter=2)",
        (record,),
    )
    with pytest.raises(
        InputError, match=r"the replay of tick \d+ makes 3 releases, stored are 3; they differ"
    ):
        rehearsal.restart()


def test_partner_keys_are_those_of_the_instant():
    old, new = SigningKey.generate().public, SigningKey.generate().public
    partner = Partner(new, former=((old, 10),))
    assert partner.keys_at(10) == (new, old)
    assert partner.keys_at(11) == (new,)
    assert isinstance(partner.key, PublicKey)


def test_the_tally_counts_outcomes_and_shows_no_content(rehearsal):
    line = text("alpha", "Radio check.", START_US)
    one(rehearsal, line)
    one(rehearsal, line)
    refusal(rehearsal, "alpha", b"rubbish")
    rehearsal.centre.seal()
    tally = rehearsal.centre.tally
    assert tally.submitted == {"accepted": 1, "known": 1, "bad-json": 1}
    assert (tally.released, tally.seals, tally.failures) == (3, 1, 0)


def test_equal_inputs_at_equal_times_give_equal_bytes(tmp_path):
    script = [text("alpha", f"{number}", START_US + 7_000 * number) for number in range(30)]
    runs = [Rehearsal(BOOK, START_US, tmp_path / name) for name in ("one", "two")]
    bodies = [[answer.body for answer in answers(each.play(script, START_US + SECOND_US))] for each in runs]
    assert bodies[0] == bodies[1]
    assert runs[0].received == runs[1].received


def test_the_messages_of_the_centre_are_signed_with_its_key(rehearsal):
    payload = write_message(
        new_message(Text(text="All well."), sender="centre", label=LABEL, sent_at_us=START_US, id="e" * 32)
    )
    raw = rehearsal.centre._scribe.own(payload)
    assert open_envelope(raw, {"centre": rehearsal.centre_keys.message.public}).payload == payload
