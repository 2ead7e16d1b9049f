"""Commands of a partner against a centre in service on this machine."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from time import sleep

import pytest
from click.testing import CliRunner

from synaspis.agreement import Label
from synaspis.cli import main
from synaspis.cli.centre_demo import serving
from synaspis.core.clock import SystemClock
from synaspis.exchange.client import link as client_link
from synaspis.messages import example_message
from synaspis.server import DataFolder, Founding, admit, init_centre

LABEL = Label("DEMO", "UNCLASSIFIED").to_json()


def call(*words: object, given: str | bytes | None = None):
    result = CliRunner().invoke(main, [str(word) for word in ("partner", *words)], input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def put_address(kit: Path, url: str) -> Path:
    settings = kit / "partner.yaml"
    lines = [f"centre: {url}" if x.startswith("centre:") else x for x in settings.read_text().splitlines()]
    settings.write_text("\n".join(lines) + "\n")
    return kit


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> DataFolder:
    founding = Founding("Test", "test.example/centre", ("localhost",), "demo")
    folder = tmp_path_factory.mktemp("centre") / "centre"
    return init_centre(folder, ("alpha", "bravo", "charlie"), founding, SystemClock())


@pytest.fixture(scope="module")
def url(data):
    with serving(data, SystemClock()) as (_, url, _):
        yield url


@pytest.fixture(scope="module")
def alpha(data, url) -> Path:
    return put_address(data.issued("alpha"), url)


@pytest.fixture(scope="module")
def bravo(data, url) -> Path:
    return put_address(data.issued("bravo"), url)


@pytest.fixture
def label(tmp_path: Path) -> Path:
    path = tmp_path / "label.json"
    path.write_text(json.dumps(LABEL))
    return path


def test_a_body_with_a_label_is_sent_and_seen_by_the_others(alpha, bravo, label):
    sent = call("send", alpha, "text", "-", "--label", label, given='{"text": "Radio check."}')
    assert sent.exit_code == 0, sent.stderr
    assert " was received 20" in sent.stdout
    assert "The log will hold the leaf " in sent.stdout
    seen = call("watch", bravo, "--count", 1)
    assert seen.exit_code == 0, seen.stderr
    assert "alpha: text, covariance by announcements/consultation: Radio check." in seen.stdout


def test_watching_goes_on_where_it_left_off_and_can_begin_again(alpha, bravo, label):
    call("watch", bravo, "--count", 1, "--since", 0)
    before = json.loads(call("watch", bravo, "--count", 1, "--since", 0, "--json").stdout)
    call("send", alpha, "text", "-", "--label", label, given='{"text": "Next."}')
    after = json.loads(call("watch", bravo, "--count", 1, "--json").stdout)
    assert before["id"] == 1
    assert before["alarms"] == []
    assert after["event"]["message"]["body"]["text"] == "Next."
    assert after["id"] > before["id"]


def test_a_whole_message_brings_its_own_label_and_gets_our_name_and_time(alpha):
    message = json.loads(example_message("text"))
    message["label"] = LABEL
    del message["body"]["about"]  # it names a message that nobody sent here
    sent = call("send", alpha, "text", "-", "--json", given=json.dumps(message))
    assert sent.exit_code == 0, sent.stderr
    receipt = json.loads(sent.stdout)
    assert set(receipt) == {"id", "received_at", "policy", "findings", "leaf", "known"}
    assert receipt["id"] != message["id"]


def test_a_label_that_is_named_takes_the_place_of_that_of_a_whole_message(alpha, label):
    message = json.loads(example_message("text"))
    assert message["label"] != LABEL
    del message["body"]["about"]
    sent = call("send", alpha, "text", "-", "--label", label, given=json.dumps(message))
    assert sent.exit_code == 0, sent.stderr


def test_a_label_in_the_kit_is_that_of_bodies_without_one(alpha, label):
    usual = label.rename(alpha / "label.json")
    try:
        sent = call("send", alpha, "text", "-", given='{"text": "As usual."}')
    finally:
        usual.unlink()
    assert sent.exit_code == 0, sent.stderr


@pytest.mark.parametrize(
    ("kind", "given", "options", "told"),
    [
        (
            "text",
            '{"text": "a"}',
            (),
            "a body alone has no label. Name a file with it, put it into ",
        ),
        ("warning", example_message("text"), (), "the message is of the kind 'text', asked for is 'warning'"),
        ("text", '{"txt": "a"}', ("--label", "LABEL"), "unknown key 'txt'"),
        ("gossip", '{"text": "a"}', ("--label", "LABEL"), "'gossip' is no kind"),
        ("text", "{", ("--label", "LABEL"), "-: this is no JSON that may be sent: at character 1: "),
        (
            "text",
            '{"text": "a"}',
            ("--label", "NO-JSON"),
            "no-json: this is no JSON that may be sent: at char",
        ),
        ("text", '{"text": "a"}', ("--label", "nowhere"), "File 'nowhere' does not exist"),
    ],
)
def test_what_is_no_message_is_bad_input_and_is_not_sent(alpha, label, kind, given, options, told):
    no_json = label.with_name("no-json")
    no_json.write_text("policy: DEMO\n")
    options = [{"LABEL": label, "NO-JSON": no_json}.get(word, word) for word in options]
    result = call("send", alpha, kind, "-", *options, given=given)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_refusal_of_the_centre_is_bad_input_with_its_reasons(alpha, label):
    query = '{"query": "00000000000000000000000000000000", "position": "maintained", "answer": "It stands."}'
    result = call("send", alpha, "ambiguity-answer", "-", "--label", label, "--json", given=query)
    assert result.exit_code == 2, result.stdout
    (fault,) = json.loads(result.stdout)["error"]["faults"]
    assert fault["what"]


def test_verifying_and_auditing_find_everything_in_order(alpha):
    for _ in range(600):  # the first seal comes a second after the first message
        found = call("verify", alpha, "--json")
        assert found.exit_code == 0, found.stdout
        if json.loads(found.stdout)["size"]:
            break
        sleep(0.1)
    assert json.loads(found.stdout)["holds"]
    text = call("verify", alpha).stdout
    assert text.startswith("Log test.example/centre: ")
    assert "Signed by:   test.example/centre (ed25519), test.example/centre (ml-dsa-44)" in text
    audit = call("audit", alpha, "--json")
    assert audit.exit_code == 0, audit.stdout
    document = json.loads(audit.stdout)
    assert document["receipts"] == document["sent"] - document["refusals"] > 0
    assert "Sent:     " in call("audit", alpha).stdout


def test_a_witness_key_of_somebody_else_is_found_and_said(alpha, bravo, tmp_path):
    kit = tmp_path / "kit"
    shutil.copytree(alpha, kit)
    for _ in range(600):
        if json.loads(call("verify", kit, "--json").stdout)["size"]:
            break
        sleep(0.1)
    (kit / "witness.key").write_bytes((bravo / "witness.key").read_bytes())
    result = call("verify", kit)
    assert result.exit_code == 1
    assert "FINDING: the centre does not take the cosignatures of our witness (the centre answered 400: " in (
        result.stdout
    )
    assert "the kit, bravo/witness, is not the one that the centre has of alpha" in result.stdout
    assert call("verify", alpha).exit_code == 0


def test_an_audit_that_finds_something_says_it_and_ends_with_1(alpha, tmp_path):
    kit = tmp_path / "kit"
    shutil.copytree(alpha, kit)
    with sqlite3.connect(kit / "state.sqlite") as base:
        base.execute("UPDATE sent SET envelope = CAST('{}' AS BLOB) WHERE rowid = 1")
    base.close()
    result = call("audit", kit)
    assert result.exit_code == 1
    assert "FINDING: the envelope of message " in result.stdout
    assert "is not the one that was sent" in result.stdout


def test_a_centre_that_is_gone_is_said_and_what_was_to_be_sent_is_kept(alpha, label, tmp_path, monkeypatch):
    monkeypatch.setattr(client_link, "pause_s", lambda attempt, share: 0.0)
    kit = tmp_path / "kit"
    shutil.copytree(alpha, kit, ignore=shutil.ignore_patterns("state.sqlite*"))
    url = (alpha / "partner.yaml").read_text().split("centre: ")[1].split()[0]
    put_address(kit, "https://localhost:9")
    result = call("send", kit, "text", "-", "--label", label, given='{"text": "Anybody?"}')
    assert result.exit_code == 1
    assert "no answer from https://localhost:9 in 6 attempts" in result.stderr
    put_address(kit, url)
    result = call("send", kit, "text", "-", "--label", label, given='{"text": "Again."}')
    assert result.exit_code == 0, result.stderr
    assert ", sent before without an answer, was received " in result.stdout


def test_a_partner_makes_its_own_keys_and_is_admitted_without_showing_them(data, url, label, tmp_path):
    kit = tmp_path / "delta"
    made = call("request", kit, "delta", "--json")
    assert made.exit_code == 0
    document = json.loads(made.stdout)
    assert len(document["digest"]) == 64
    assert "PRIVATE" not in Path(document["request"]).read_text()
    assert f"Put what comes back (partner.yaml, ca.pem, client.pem) into {tmp_path / 'echo'}." in (
        call("request", tmp_path / "echo", "echo").stdout
    )
    again = call("request", kit, "delta")
    assert again.exit_code == 2
    assert "there is a key already" in again.stderr
    admit(data, document["request"], SystemClock())
    for name in ("partner.yaml", "ca.pem", "client.pem"):
        shutil.copy(data.issued("delta") / name, kit)
    put_address(kit, url)
    for _ in range(600):  # the server looks for new partners once a second
        result = call("verify", kit, "--json")
        if result.exit_code == 0:
            break
        sleep(0.1)
    assert result.exit_code == 0, result.stdout + result.stderr


def test_a_kit_with_faults_is_bad_input(tmp_path):
    result = call("watch", tmp_path / "none")
    assert result.exit_code == 2
    assert "there is no such folder. Name the folder that the operator of the centre issued to you." in (
        result.stderr
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no area is given. Give --country or --area at least once."),
        (("--country", "ZQ"), "--country: country code 'ZQ' has no land on the map"),
        (("--area", "Capital"), "'Capital' is not NAME=LAT,LON,KM"),
        (("--area", "Capital=99,26,10"), "99"),
    ],
)
def test_areas_to_warn_that_cannot_be_read(alpha, words, said):
    result = call("warn", alpha, *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_feed_without_an_impact_gives_no_alert(data, url, tmp_path):
    kit = put_address(data.issued("charlie"), url)
    result = call("warn", kit, "--area", "Capital=59.3,18.0,40", "--out", tmp_path / "alerts")
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    assert not (tmp_path / "alerts").exists()
