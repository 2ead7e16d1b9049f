import hashlib
import json

import pytest

from synaspis.exchange.answers import STATUS, Answer, Scribe, Ticket
from synaspis.exchange.draft import names
from synaspis.exchange.keys import CentreKeys
from synaspis.messages import REFUSAL_CODES, canonical_json

KEYS = CentreKeys.generate("example.org/centre")


@pytest.mark.parametrize("recipient", ["alpha", "a-1", "z" * 63])
@pytest.mark.parametrize("counter", [1, 10**9])
def test_the_record_of_a_release_is_canonical_json_although_it_is_written_by_hand(recipient, counter):
    event = hashlib.sha256(b"event").hexdigest()
    record = Scribe(KEYS).release(recipient, counter, event).record
    content = {"counter": counter, "event": event, "recipient": recipient, "type": "release"}
    assert record == canonical_json(content)


def test_a_salt_follows_from_the_record_and_the_secret_alone():
    scribe = Scribe(KEYS)
    one, two = scribe.entry(b"record"), scribe.entry(b"another record")
    assert scribe.entry(b"record") == one
    assert one.salt != two.salt
    assert Scribe(CentreKeys.generate("example.org/centre")).entry(b"record").salt != one.salt
    assert len(one.salt) == 32


def test_every_code_of_a_refusal_has_a_status_of_its_own_or_the_general_one():
    assert set(STATUS) <= set(REFUSAL_CODES)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_a_ticket_calls_once_whether_the_answer_is_there_or_comes():
    heard = []
    ticket = Ticket()
    ticket.on_answer(heard.append)
    ticket.resolve(Answer(201, b"receipt"))
    ticket.on_answer(heard.append)
    assert heard == [Answer(201, b"receipt")] * 2


def test_the_names_of_a_message_are_its_reference_and_where_all_of_it_is_shown_its_id_and_digest():
    envelope = '{"payload":""}'
    whole = {"reference": "r", "envelope": envelope, "message": {"id": "i"}}
    digest = hashlib.sha256(envelope.encode()).hexdigest()
    assert names("message", json.dumps(whole).encode()) == ("r", "i", digest)
    assert names("message", b'{"reference":"r","message":{}}') == ("r",)
    assert names("message", b'{"track":"t","message":{}}') == ()
    assert names("picture", b"never read") == ()
