"""Test records: whole numbers, no more hits than attempts."""

import pytest

from synaspis.catalogue import TrialRecord, load_catalogue
from synaspis.core.documents import parse, read_document
from synaspis.core.errors import InputError

RECORD = """\
covers: All of them.
until: 2020-01-01
hits: {{value: {hits}, unit: '1', basis: assumed, note: x}}
attempts: {{value: {attempts}, unit: '1', basis: assumed, note: x}}
"""


def record(tmp_path, hits, attempts):
    path = tmp_path / "record.yaml"
    path.write_text(RECORD.format(hits=hits, attempts=attempts), "utf-8")
    return parse(TrialRecord, read_document(path))


def test_a_record_is_read(tmp_path):
    assert record(tmp_path, 3, 4).hits.si == 3.0


def test_more_hits_than_attempts_are_refused(tmp_path):
    with pytest.raises(InputError, match="there are 5 hits in 4 attempts"):
        record(tmp_path, 5, 4)


def test_half_a_test_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"2.5 is not a whole number. Tests are counted one by one."
    ) as caught:
        record(tmp_path, 2.5, 4.5)
    assert "4.5 is not a whole number" in str(caught.value)


def test_the_public_records_are_those_of_the_published_numbers():
    """Section 6.4 of the published numbers."""
    records = {
        name: item.test_record for name, item in load_catalogue().interceptors.items() if item.test_record
    }
    found = {name: (each.hits.si, each.attempts.si) for name, each in records.items()}
    assert found["thaad"] == (14, 14)
    assert found["sm-3-iia"] == (1, 3)
    assert found["sm-3-ia"] == found["sm-3-ib"] == (22, 27)
    assert found["gbi"] == (7, 14)
