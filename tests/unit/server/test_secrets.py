"""Secrets: on disk for their owner alone, whatever was done; in memory shown by no object and no error."""

import base64
import json
import os
import pickle
import stat
import traceback
from pathlib import Path
from typing import Any

import pytest

from synaspis.core.clock import SystemClock
from synaspis.core.errors import InputError
from synaspis.exchange.client.kit import PartnerKit
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.release.events import References
from synaspis.log import Signer
from synaspis.messages import SigningKey
from synaspis.server import init_centre
from synaspis.server.admission import admit, make_request
from synaspis.server.backup import back_up, restore
from synaspis.server.certificates import load_private_pem
from synaspis.server.folder import DataFolder
from synaspis.server.founding import load_authority
from synaspis.server.renewal import rotate_certificate, rotate_message_key, rotate_server, rotate_witness_key

CLOCK = SystemClock()


@pytest.fixture
def permissive_umask():
    """The worst case: a shell that gives every new file to everybody."""
    former = os.umask(0)
    yield
    os.umask(former)


def assert_private(folder: Path) -> None:
    """Every key, and the record, have mode 600, and every folder above a private key mode 700."""
    keys = [path for path in folder.rglob("*") if path.name.endswith((".key", ".sqlite", "-wal", "-shm"))]
    assert keys
    for path in keys:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700, path.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.usefixtures("permissive_umask")
def test_keys_are_their_owners_alone_after_everything_that_makes_or_copies_them(
    tmp_path, make_founding, serve_real
):
    data = init_centre(tmp_path / "data", ["alpha", "bravo"], make_founding(book="demo"), CLOCK)
    assert_private(data.path)
    make_request(tmp_path / "charlie", "charlie")
    assert_private(tmp_path / "charlie")
    admit(data, tmp_path / "charlie" / "request.yaml", CLOCK)
    rotate_server(data, CLOCK)
    rotate_certificate(data, "alpha", CLOCK)
    rotate_message_key(data, "alpha", CLOCK)
    rotate_witness_key(data, "alpha")
    serving = serve_real(data)
    with serving.client("bravo") as bravo:
        raw = serving.envelope("bravo", "hello")
        assert bravo.post(
            "/v1/messages", content=raw, headers={"content-type": "application/json"}
        ).is_success
    assert_private(data.path)
    back_up(data, tmp_path / "backup", CLOCK)
    assert_private(tmp_path / "backup")
    serving.stop()
    assert_private(data.path)
    restore(tmp_path / "backup", tmp_path / "restored")
    assert_private(tmp_path / "restored")


def holders(data: DataFolder) -> dict[str, Any]:
    """Every object that holds a secret."""
    kit, keys = data.issued("alpha"), CentreKeys.load(data.file("keys"))
    return {
        "message key": SigningKey.load(kit / "message.key"),
        "witness key": Signer.load(kit / "witness.key"),
        "keys of the centre": keys,
        "log key": keys.log[1],
        "authority": load_authority(data),
        "TLS key": load_private_pem(data.key("server.key").read_bytes(), "server.key"),
        "references": References(keys.derive("references")),
        "kit": PartnerKit.load(kit),
    }


def spellings(data: DataFolder) -> list[str]:
    found = []
    for path in data.path.rglob("*.key"):
        text = path.read_text()
        if "PRIVATE KEY-----" in text:
            raw = base64.b64decode("".join(text.splitlines()[1:-1]))[-32:]
        elif text.startswith("PRIVATE+KEY+"):
            raw = base64.b64decode(text.strip().split("+", 4)[-1])[-32:]
        else:
            raw = bytes.fromhex(text.strip())
        assert len(raw) == 32, path
        found += [raw.hex(), base64.b64encode(raw).decode().rstrip("="), repr(raw), text.splitlines()[-1]]
        found += [line for line in text.splitlines() if "-----" not in line]
    return [each for each in found if "-----" not in each]


def test_no_object_that_holds_a_secret_shows_it(founded: DataFolder):
    secrets = spellings(founded)
    assert len(secrets) > 40
    for name, holder in holders(founded).items():
        shown = [repr(holder), str(holder), f"{holder}", ascii([holder]), repr({"it": holder})]
        try:
            raise InputError(f"what went wrong with {holder}")
        except InputError as error:
            shown += traceback.format_exception(error)
        assert not [each for each in secrets for text in shown if each in text], name


@pytest.mark.parametrize("name", ["message key", "authority", "TLS key"])
def test_a_private_key_is_neither_pickled_nor_put_into_json(founded: DataFolder, name: str):
    holder = holders(founded)[name]
    with pytest.raises(TypeError, match=r"pickle|not pickled"):
        pickle.dumps(holder)
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(holder)


@pytest.mark.parametrize(
    ("file", "load"),
    [
        ("keys/centre.key", SigningKey.load),
        ("keys/log-ed25519.key", Signer.load),
        ("keys/commitment.key", lambda path: CentreKeys.load(path.parent)),
        ("keys/ca.key", lambda path: load_private_pem(path.read_bytes(), str(path))),
    ],
)
def test_what_is_said_of_a_damaged_key_shows_none_of_it(own_centre: DataFolder, file: str, load: Any):
    path = own_centre.file(*file.split("/"))
    secret = path.read_text()
    # The first line that holds some of the secret, without a character at its end.
    body = secret.splitlines()[1] if "-----" in secret else secret.strip()
    path.write_text(secret.replace(body, body[:-9]))
    with pytest.raises(InputError, match=r"key|bytes|digits") as caught:
        load(path)
    told = "".join(traceback.format_exception(caught.value))
    pieces = [body[at : at + 12] for at in range(len(body) - 44, len(body) - 20)]
    assert not [piece for piece in pieces if piece in told]
