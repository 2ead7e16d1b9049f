import io
import json
import logging

import pytest

from synaspis.core.clock import ManualClock
from synaspis.server.journal import FIELDS, Journal

SECRET = "a text of a message"


@pytest.fixture
def journal() -> tuple[Journal, io.StringIO]:
    stream = io.StringIO()
    return Journal(ManualClock(1_795_305_600_000_000), stream), stream


def test_line_is_one_json_object_with_time_and_event(journal):
    log, stream = journal
    log.write("refusal", partner="alpha", code="replay", bytes=612)
    # 1795305600 s is 2026-11-22T00:00:00Z by `date -u -d @1795305600`.
    assert stream.getvalue() == (
        '{"at": "2026-11-22T00:00:00.000000Z", "event": "refusal", "partner": "alpha", '
        '"code": "replay", "bytes": 612}\n'
    )


def test_field_that_is_not_listed_is_a_defect_of_the_program(journal):
    with pytest.raises(ValueError, match=r"\['digest', 'envelope'\] may not stand in the log"):
        journal[0].write("refusal", digest="00", envelope="{}")
    assert not {"digest", "envelope", "payload", "salt", "key", "message"} & FIELDS


def test_unforeseen_error_leaves_its_kind_and_place_and_not_its_text(journal):
    log, stream = journal
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        log.defect(error, "/v1/messages")
    line = json.loads(stream.getvalue())
    assert line["error"] == "KeyError"
    assert line["route"] == "/v1/messages"
    assert any(place.startswith("test_journal.py:") for place in line["places"])
    assert SECRET not in stream.getvalue()


def test_library_is_logged_without_the_arguments_of_its_messages(journal):
    log, stream = journal
    before = logging.root.handlers[:]
    try:
        log.take_over_logging()
        logging.getLogger("some.library").warning("cannot read %s", SECRET)
        logging.getLogger("some.library").info("nothing")
    finally:
        logging.root.handlers[:] = before
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["event"], line["source"], line["text"]) == ("library", "some.library", "cannot read %s")


def test_long_text_is_cut_and_a_closed_stream_does_no_harm(journal):
    log, stream = journal
    log.write("loop", text="x" * 10_000)
    assert len(stream.getvalue()) < 400
    stream.close()
    log.write("loop", text="y")
