"""`synaspis log verify`: verdicts, places, keys and exit statuses."""

import json

import pytest

from synaspis.log import Checkpoint, LogTree, generate_signer, sign_note, write_vkeys

KEY = generate_signer("centre.example/log", "ed25519", b"k" * 32)


@pytest.fixture
def log(tmp_path):
    tree = LogTree(tmp_path / "log")
    (tmp_path / "log" / "log.vkeys").write_bytes(write_vkeys([KEY.verifier]))
    tree.append([bytes([number]) * 32 for number in range(5)])
    tree.publish(sign_note(Checkpoint("centre.example/log", 5, tree.root()).text(), [KEY]))
    return tmp_path / "log"


def test_an_intact_log_ends_with_0_and_says_whose_keys_were_used(call, log):
    done = call("log", "verify", str(log))
    assert done.status == 0
    assert "Verdict:   intact" in done.out
    assert "centre.example/log, 5 leaves" in done.out
    assert (
        "Keys:      from the log itself: they prove only that it agrees with itself; give --vkey" in done.out
    )


@pytest.mark.parametrize("how", ["--vkey", "--vkeys"])
def test_keys_may_be_given_as_text_or_in_a_file(call, log, tmp_path, how):
    (tmp_path / "kept").write_bytes(write_vkeys([KEY.verifier]))
    done = call("log", "verify", str(log), how, KEY.vkey if how == "--vkey" else str(tmp_path / "kept"))
    assert done.status == 0
    assert "Keys:      given" in done.out


def test_an_altered_log_ends_with_1_and_names_the_place(call, log):
    path = log / "tile/entries/000.p/5"
    raw = bytearray(path.read_bytes())
    raw[70] ^= 1
    path.write_bytes(raw)
    done = call("log", "verify", str(log))
    assert done.status == 1
    assert (
        "altered: tile/entries/000.p/5 at leaf 2, byte 68: this entry is not the one that was signed"
        in done.out
    )
    found = json.loads(call("log", "verify", str(log), "--json").out)
    assert found["verdict"] == "altered"
    assert found["at"] == "tile/entries/000.p/5 at leaf 2, byte 68"
    assert (found["size"], len(found["root"])) == (5, 64)
    assert found["findings"][0]["path"] == "tile/entries/000.p/5"


def test_of_an_intact_log_no_place_is_told_in_json(call, log):
    found = json.loads(call("log", "verify", str(log), "--json").out)
    assert (found["verdict"], found["size"], len(found["root"])) == ("intact", 5, 64)
    assert found["at"] is None


def test_a_centre_that_has_sealed_nothing_yet_is_not_taken_for_an_altered_log(call, tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "log.vkeys").write_bytes(write_vkeys([KEY.verifier]))
    (tmp_path / "centre.yaml").touch()
    done = call("log", "verify", str(tmp_path), "--json")
    found = json.loads(done.out)
    assert (done.status, found["verdict"], found["root"]) == (1, "incomplete", None)
    assert [each["path"] for each in found["findings"]] == ["checkpoint"]


def test_a_certificate_file_that_is_not_there_is_named(call):
    done = call("log", "verify", "https://localhost:9", "--ca", "nowhere.pem")
    assert done.status == 2
    assert "Invalid value for '--ca': File 'nowhere.pem' does not exist" in done.err


def test_an_incomplete_log_ends_with_1(call, log):
    (log / "tile/0/000.p/5").unlink()
    done = call("log", "verify", str(log), "--json")
    assert (done.status, json.loads(done.out)["verdict"]) == (1, "incomplete")


def test_bad_input_ends_with_2_and_tells_all_faults(call, log, tmp_path):
    (tmp_path / "one").write_text("x\n")
    done = call(
        "log", "verify", str(log), "--vkeys", str(tmp_path / "one"), "--vkeys", str(tmp_path / "none")
    )
    assert done.status == 2
    assert "'x' is not a verifier key" in done.err
    assert "the keys cannot be read: No such file or directory" in done.err
    assert call("log", "verify", str(tmp_path / "nowhere")).status == 2
    assert call("log", "verify", "http://localhost:9").status == 2
    assert call("log", "verify", str(log), "--vkey", "x").status == 2
