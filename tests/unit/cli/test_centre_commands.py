"""Commands of a centre: what they print for people and for programs, and how they refuse."""

import json

import pytest
from click.testing import CliRunner

from synaspis.cli import main


def call(*words: object):
    result = CliRunner().invoke(main, [str(word) for word in ("centre", *words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*words: object) -> dict:
    result = call(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def data(tmp_path):
    answer("init", tmp_path / "data", "--partners", "alpha,bravo", "--agreements", "demo")
    return tmp_path / "data"


def test_init_says_where_the_kits_are_and_what_comes_next(tmp_path):
    result = call("init", tmp_path / "data", "--partners", "alpha", "--partners", "bravo", "--port", 9443)
    assert result.exit_code == 0
    for text in ("issued/alpha", "issued/bravo", "No agreement is in force", "Then: synaspis centre serve"):
        assert text in result.stdout
    document = answer("init", tmp_path / "other", "--partners", "alpha bravo", "--host", "centre.example.org")
    assert document["url"] == "https://centre.example.org:8443"
    assert document["origin"] == "centre.example.org/synaspis"
    assert set(document["kits"]) == {"alpha", "bravo"}


def test_init_never_writes_over_anything(data):
    result = call("init", data, "--partners", "alpha", "--json")
    assert result.exit_code == 2
    (fault,) = json.loads(result.stdout)["error"]["faults"]
    assert fault["what"] == "there is something already; a centre is never written over"


def test_status_lists_everybody_and_what_needs_attention(data):
    document = answer("status", data)
    assert [each["id"] for each in document["partners"]] == ["alpha", "bravo", "operator"]
    assert document["size"] == 0
    text = call("status", data).stdout
    assert "Private keys of alpha lie in issued/alpha" in text
    assert "operator" in text


def test_a_partner_that_the_agreements_do_not_name_is_told(tmp_path):
    words = ("init", tmp_path / "data", "--partners", "alpha,echo", "--agreements", "demo")
    told = "The agreements do not name echo: it gets nothing, and nobody gets what it sends."
    assert told in call(*words).stdout.splitlines()
    assert told in answer("status", tmp_path / "data")["warnings"]
    assert "name alpha" not in call("status", tmp_path / "data").stdout


def test_partner_is_admitted_renewed_and_retired(data, tmp_path):
    made = CliRunner().invoke(main, ["partner", "request", str(tmp_path / "kit"), "delta"])
    assert made.exit_code == 0
    assert answer("admit", data, "--request", tmp_path / "kit" / "request.yaml")["partner"] == "delta"
    assert answer("rotate", data, "--partner", "delta", "--overlap-days", 3)["overlap_days"] == 3
    assert "hand it over by a safe way" in call("rotate", data, "--partner", "delta", "--message-key").stdout
    assert call("rotate", data, "--partner", "delta", "--witness-key").exit_code == 0
    assert answer("rotate", data, "--server")["server"] is True
    assert answer("retire", data, "delta")["partner"] == "delta"
    again = call("retire", data, "delta")
    assert again.exit_code == 2
    assert "delta was retired at" in again.stderr


@pytest.mark.parametrize(
    "words",
    [(), ("--server", "--partner", "alpha"), ("--partner", "alpha", "--message-key", "--witness-key")],
)
def test_rotate_needs_one_thing_to_renew(data, words):
    result = call("rotate", data, *words)
    assert result.exit_code == 2
    assert "give --server, or --partner with at most one of --message-key and --witness-key" in result.stderr


def test_backup_and_restore_say_how_far_the_log_goes(data, tmp_path):
    document = answer("backup", data, tmp_path / "backup", "--without-keys")
    assert (document["size"], document["with_keys"]) == (0, False)
    refused = call("restore", tmp_path / "backup", tmp_path / "restored")
    assert refused.exit_code == 2
    assert "this backup is without the private keys" in refused.stderr
    result = call("restore", tmp_path / "backup", tmp_path / "restored", "--keys", data / "keys")
    assert result.exit_code == 0
    assert "a log of 0 leaves, verified" in result.stdout


@pytest.mark.parametrize("command", ["serve", "status", "backup"])
def test_folder_that_is_no_centre_is_refused(tmp_path, command):
    more = [tmp_path / "backup"] if command == "backup" else []
    result = call(command, tmp_path, *more)
    assert result.exit_code == 2
    assert "this is not the data folder of a centre" in result.stderr
