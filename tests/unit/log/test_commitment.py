"""The leaf of a record: salted, and bound to its purpose."""

import subprocess

import pytest

from synaspis.log import commitment


def test_the_commitment_is_the_hash_that_the_format_says(tmp_path):
    salt, record = bytes(range(32)), b'{"type":"release"}'
    (tmp_path / "in").write_bytes(b"synaspis commitment v1\n" + salt + record)
    by_coreutils = subprocess.run(["sha256sum", tmp_path / "in"], capture_output=True, text=True, check=True)
    assert commitment(record, salt).hex() == by_coreutils.stdout.split()[0]


def test_another_salt_or_record_gives_another_leaf():
    leaves = {commitment(record, salt) for record in (b"a", b"b") for salt in (bytes(32), b"\1" * 32)}
    assert len(leaves) == 4


def test_a_salt_of_another_length_is_refused():
    # Otherwise salt "ab" with record "c" and salt "a" with record "bc" would open one leaf.
    with pytest.raises(ValueError, match="a salt of 31 bytes; it has 32"):
        commitment(b"record", bytes(31))
