import hashlib
import hmac
import stat

import pytest

from synaspis.core.errors import InputError
from synaspis.exchange.keys import CentreKeys


@pytest.fixture
def folder(tmp_path):
    CentreKeys.generate("example.org/centre").save(tmp_path / "keys")
    return tmp_path / "keys"


def test_keys_that_were_saved_are_loaded_again(tmp_path):
    keys = CentreKeys.generate("example.org/centre")
    keys.save(tmp_path / "keys")
    loaded = CentreKeys.load(tmp_path / "keys")
    assert loaded.commitment == keys.commitment
    assert loaded.message.public == keys.message.public
    assert [signer.vkey for signer in loaded.log] == [signer.vkey for signer in keys.log]
    assert [signer.algorithm for signer in keys.log] == ["ed25519", "ml-dsa-44"]


def test_nobody_but_the_owner_may_read_a_key(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_keys_that_others_can_read_are_all_refused_at_once(folder):
    for path in folder.iterdir():
        path.chmod(0o640)
    with pytest.raises(InputError, match=r"commitment.key: others than its owner may use this key") as caught:
        CentreKeys.load(folder)
    assert len(caught.value.faults) == 4


def test_a_missing_and_a_damaged_key_are_reported_together(folder):
    (folder / "centre.key").unlink()
    (folder / "commitment.key").write_text("no key")
    with pytest.raises(InputError, match="2 faults in the input") as caught:
        CentreKeys.load(folder)
    text = str(caught.value)
    assert "centre.key: cannot be read: No such file or directory" in text
    assert "commitment.key: not a commitment key: 64 hexadecimal digits" in text


def test_a_key_never_replaces_a_file(folder):
    for path in folder.iterdir():
        if path.name != "commitment.key":
            path.unlink()
    with pytest.raises(InputError, match=r"commitment.key: there is a file already. Move it away first"):
        CentreKeys.generate("example.org/centre").save(folder)


def test_the_keys_of_two_logs_are_not_taken_together(folder, tmp_path):
    CentreKeys.generate("example.org/other").save(tmp_path / "other")
    (folder / "log-ml-dsa-44.key").unlink()
    (tmp_path / "other" / "log-ml-dsa-44.key").rename(folder / "log-ml-dsa-44.key")
    with pytest.raises(InputError, match=r"bear different names: example.org/centre and example.org/other"):
        CentreKeys.load(folder)


def test_no_secret_shows_when_keys_are_printed():
    keys = CentreKeys.generate("example.org/centre")
    assert keys.commitment.hex() not in repr(keys)
    assert str(keys.commitment) not in repr(keys)


def test_what_is_derived_is_hmac_sha_256_of_purpose_and_parts():
    keys = CentreKeys.generate("example.org/centre")
    expected = hmac.new(keys.commitment, b"salt\x00abc", hashlib.sha256).digest()
    assert keys.derive("salt", b"a", b"bc") == expected
    assert keys.derive("order", b"a", b"bc") != expected
