"""A statement holds its inputs and numbers, several may sign it, and whoever changes anything is found."""

import base64
import json
from functools import cache

import pytest
import yaml

from synaspis.analyses.assurance import (
    assurance,
    countersign,
    read_statement,
    state,
    verify_statement,
    write_envelope,
    write_statement,
)
from synaspis.analyses.assurance.document import assurance_path
from synaspis.analyses.assurance.statement import PAYLOAD_TYPE
from synaspis.core.errors import InputError
from synaspis.messages import SigningKey, open_envelope
from synaspis.scenario import load_scenario_document

EUROPE = load_scenario_document("europe")
OURS, THEIRS = SigningKey(bytes(range(32))), SigningKey(bytes(range(1, 33)))
KEYS = {"us": OURS.public, "ru": THEIRS.public}
ASKED = {
    "interceptor": "sm-3-iib",
    "burnout_speed_m_s": 6.3e3,
    "sensitivity": False,
    "limits": False,
    "phase": "2022",
}


@cache
def payload() -> bytes:
    """Computed when the first test asks, not when tests are collected."""
    return state(assurance(EUROPE, **ASKED), EUROPE)


@pytest.fixture
def signed(tmp_path):
    return write_statement(tmp_path / "statement.json", payload(), OURS)


def tampered(path, change):
    """The statement with its content changed and its signature left as it was."""
    outer = json.loads(path.read_bytes())
    content = json.loads(base64.b64decode(outer["payload"]))
    change(content)
    outer["payload"] = base64.b64encode(json.dumps(content).encode()).decode()
    path.write_text(json.dumps(outer), "utf-8")
    return path


def test_a_statement_with_one_signature_is_an_envelope_that_other_readers_open(signed):
    """Another reader: the exchange's own, after DSSE 1.0.2."""
    from synaspis.messages import Limits

    opened = open_envelope(
        signed.read_bytes().strip(), {"us": OURS.public}, payload_type=PAYLOAD_TYPE,
        limits=Limits(size_bytes=10**7, characters=10**7),
    )  # fmt: skip
    assert opened.payload == payload()


def test_the_numbers_come_out_again(signed):
    result = verify_statement(signed, {"us": OURS.public})
    assert not result.differences
    assert result.compared > 500
    assert any(notice.startswith("signed by us, key ") for notice in result.notices)


def test_the_other_side_signs_the_same_bytes(signed, tmp_path):
    statement = read_statement(signed)
    both = write_envelope(tmp_path / "both.json", countersign(statement, THEIRS))
    assert read_statement(both).payload == payload()
    assert not verify_statement(both, KEYS).differences
    again = read_statement(write_envelope(tmp_path / "again.json", countersign(read_statement(both), THEIRS)))
    assert len(again.signatures) == 2


def test_a_signature_that_is_needed_and_missing_is_a_difference(signed):
    (difference,) = verify_statement(signed, KEYS).differences
    assert difference.what == "signature by ru"
    assert difference.found == "there is none by this key"


def test_a_signature_without_its_public_key_is_told_and_not_believed(signed):
    result = verify_statement(signed)
    assert not result.differences
    assert any("not checked: a signature by the key" in notice for notice in result.notices)


def test_a_changed_number_breaks_the_signature_and_is_named(signed):
    def change(content):
        content["result"]["cases"][0]["margin_s"] += 1.0

    found = {difference.what for difference in verify_statement(tampered(signed, change), KEYS).differences}
    assert found == {"signature by us", "signature by ru", "result.cases[0].margin_s"}


def test_a_changed_verdict_and_hash_are_named(signed):
    def change(content):
        content["result"]["verdict"] = "no"
        content["inputs"][0]["sha256"] = "0" * 64

    found = {difference.what for difference in verify_statement(tampered(signed, change)).differences}
    assert found == {"result.verdict", f"input {json.loads(payload())['inputs'][0]['name']}"}


def test_files_of_ones_own_travel_inside(tmp_path):
    """The other side needs the statement alone."""
    about = yaml.safe_load(assurance_path(EUROPE).read_text("utf-8"))
    about["scenario"] = "mine"
    about["limits"], about["counts"], about["pairs"] = {}, [], {}
    (tmp_path / "about.yaml").write_text(yaml.safe_dump(about), "utf-8")
    changes = {"schema": "scenario/1", "id": "mine", "name": "m", "summary": "m", "extends": "europe"}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(changes), "utf-8")
    mine = load_scenario_document(tmp_path / "mine.yaml")
    result = assurance(mine, about=tmp_path / "about.yaml", **ASKED)
    path = write_statement(tmp_path / "s.json", state(result, mine, tmp_path / "about.yaml"), OURS)
    (tmp_path / "about.yaml").unlink()
    (tmp_path / "mine.yaml").unlink()
    assert not verify_statement(path, {"us": OURS.public}).differences


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.update(schema="x"), "`schema` must be 'assurance-statement/1'"),
        (lambda content: content.pop("version"), "payload.version: is missing or of the wrong kind"),
        (lambda content: content["inputs"].append({"name": "../x", "sha256": ""}), "payload.inputs"),
        (lambda content: content["inputs"].append({"name": "/x", "sha256": ""}), "payload.inputs"),
        (lambda content: content["result"].pop("settings"), "payload.result.settings"),
    ],
)
def test_what_is_no_statement_is_refused(signed, change, message):
    with pytest.raises(InputError, match="fault") as caught:
        read_statement(tampered(signed, change))
    assert message in str(caught.value)


def test_settings_that_cannot_be_asked_again_are_refused(signed):
    def change(content):
        content["result"]["settings"]["phase"] = 3
        content["result"]["settings"]["more"] = 1

    with pytest.raises(InputError, match="unknown, missing or of the wrong kind: phase, more"):
        verify_statement(tampered(signed, change))


@pytest.mark.parametrize(
    ("outer", "message"),
    [
        ({}, "it is no envelope of a statement"),
        ({"payload": "", "payloadType": "x", "signatures": []}, "'x' is not the type of an assurance"),
        ({"payload": "", "payloadType": PAYLOAD_TYPE, "signatures": []}, "1 to 16 signatures is needed"),
        ({"payload": "?", "payloadType": PAYLOAD_TYPE, "signatures": []}, "payload: is not standard base64"),
        (
            {"payload": "", "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": "a"}]},
            "signatures[0]: an object with exactly the members keyid and sig is needed",
        ),
        (
            {"payload": "", "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": "a", "sig": ""}] * 2},
            "two signatures name the same key",
        ),
    ],
)
def test_what_is_no_envelope_is_refused_with_the_file_named(tmp_path, outer, message):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(outer), "utf-8")
    with pytest.raises(InputError, match="fault") as caught:
        read_statement(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_or_no_json_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_statement(tmp_path / "none.json")
    (tmp_path / "x.json").write_text("{", "utf-8")
    with pytest.raises(InputError, match="at character"):
        read_statement(tmp_path / "x.json")


def test_a_seventeenth_signature_is_refused(signed):
    statement = read_statement(signed)
    many = tuple(type(statement.signatures[0])(f"{number:064x}", b"x" * 64) for number in range(16))
    full = type(statement)(statement.payload, statement.content, many)
    with pytest.raises(InputError, match="the statement has 16 signatures; at most 16 are taken"):
        countersign(full, THEIRS)
