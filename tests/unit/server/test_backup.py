import json
import resource
import shutil
import stat
import time
from base64 import b64decode

import pytest
import yaml

from synaspis.core.clock import SystemClock
from synaspis.core.errors import InputError
from synaspis.log import verify_log
from synaspis.server import back_up, init_centre, restore

JSON = {"content-type": "application/json"}


def until_sealed(partner, raw: bytes) -> None:
    """Wait until the leaf of an envelope that was taken is under a checkpoint."""
    receipt = json.loads(partner.post("/v1/messages", content=raw, headers=JSON).content)
    leaf = json.loads(b64decode(receipt["payload"]))["leaf"]
    until_s = time.monotonic() + 60
    while not partner.get(f"/v1/log/proof?leaf={leaf}").is_success:
        assert time.monotonic() < until_s
        time.sleep(0.05)


@pytest.fixture
def busy(demo_centre, serve_real):
    """A centre that runs and has sealed something."""
    serving = serve_real(demo_centre)
    with serving.client("alpha") as alpha:
        for number in range(3):
            raw = serving.envelope("alpha", f"number {number}")
            assert alpha.post("/v1/messages", content=raw, headers=JSON).status_code == 201
        until_sealed(alpha, raw)
    return serving


def test_centre_restored_from_a_backup_taken_while_it_ran_goes_on(busy, tmp_path, serve_real):
    data = busy.data
    held = back_up(data, tmp_path / "backup", SystemClock())
    before = verify_log(data.log)
    assert (held.size, held.root) == (before.size, before.root)
    assert held.size > 0
    with busy.client("bravo") as bravo:
        events = bravo.get("/v1/feed/batch").json()
    note = data.log.joinpath("checkpoint").read_bytes()
    busy.stop()
    shutil.move(data.path, tmp_path / "lost")
    assert restore(tmp_path / "backup", data.path) == type(held)(data.path, held.size, held.root)
    shutil.copytree(tmp_path / "lost" / "issued", data.path / "issued", dirs_exist_ok=True)
    again = serve_real(data)
    with again.client("bravo") as bravo:
        assert bravo.get("/v1/feed/batch").json() == events
        assert bravo.get("/v1/log/checkpoint").content == note
        raw = again.envelope("bravo", "on we go")
        assert bravo.post("/v1/messages", content=raw, headers=JSON).status_code == 201


def test_backup_and_what_is_restored_from_it_are_their_owners_alone(busy, tmp_path):
    back_up(busy.data, tmp_path / "backup", SystemClock())
    restore(tmp_path / "backup", tmp_path / "restored")
    for folder in (tmp_path / "backup", tmp_path / "restored"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for path in (*folder.rglob("*.key"), folder / "centre.sqlite"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    # Kits hold private keys of partners; they are not the centre's to keep.
    assert list((tmp_path / "restored" / "issued").iterdir()) == []


def test_backup_without_keys_needs_them_for_a_restore(busy, tmp_path):
    back_up(busy.data, tmp_path / "backup", SystemClock(), with_keys=False)
    assert list((tmp_path / "backup").rglob("*.key")) == []
    with pytest.raises(InputError, match=r"without the private keys.*--keys DIR"):
        restore(tmp_path / "backup", tmp_path / "restored")
    restore(tmp_path / "backup", tmp_path / "restored", keys=busy.data.file("keys"))
    assert (tmp_path / "restored" / "keys" / "commitment.key").is_file()


def test_keys_of_another_centre_are_refused(busy, tmp_path, make_founding):
    back_up(busy.data, tmp_path / "backup", SystemClock(), with_keys=False)
    other = init_centre(tmp_path / "other", ["alpha"], make_founding(), SystemClock())
    with pytest.raises(InputError, match="to another commitment key"):
        restore(tmp_path / "backup", tmp_path / "restored", keys=other.file("keys"))
    with pytest.raises(InputError, match="there is no such folder"):
        restore(tmp_path / "backup", tmp_path / "restored", keys=tmp_path / "nowhere")
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize(
    "name", ["centre.sqlite", "log/checkpoint", "agreements.yaml", "partners/alpha.yaml"]
)
def test_backup_of_which_a_byte_was_changed_is_refused(busy, tmp_path, name: str):
    back_up(busy.data, tmp_path / "backup", SystemClock())
    path = tmp_path / "backup" / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(InputError, match=f"the file {name} was altered"):
        restore(tmp_path / "backup", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_backup_that_lacks_a_file_or_has_one_too_many_is_refused(busy, tmp_path):
    back_up(busy.data, tmp_path / "backup", SystemClock())
    (tmp_path / "backup" / "agreements.yaml").unlink()
    (tmp_path / "backup" / "log" / "more").write_text("x")
    with pytest.raises(InputError, match=r"(?s)agreements\.yaml is missing.*log/more was added"):
        restore(tmp_path / "backup", tmp_path / "restored")


def test_backup_whose_list_was_forged_with_the_log_is_caught_by_the_log_itself(busy, tmp_path):
    """Who can write the backup can write its list too; the signatures of the log are what counts."""
    import hashlib

    back_up(busy.data, tmp_path / "backup", SystemClock())
    tile = next((tmp_path / "backup" / "log" / "tile").rglob("000*"))
    tile = next(tile.iterdir()) if tile.is_dir() else tile
    raw = bytearray(tile.read_bytes())
    raw[5] ^= 1
    tile.write_bytes(raw)
    manifest = tmp_path / "backup" / "backup.yaml"
    document = yaml.safe_load(manifest.read_text())
    document["files"][tile.relative_to(tmp_path / "backup").as_posix()] = hashlib.sha256(raw).hexdigest()
    manifest.write_text(yaml.safe_dump(document))
    with pytest.raises(InputError, match="the log is altered"):
        restore(tmp_path / "backup", tmp_path / "restored")


def test_backup_older_than_a_checkpoint_that_a_partner_holds_is_refused(busy, tmp_path):
    held = back_up(busy.data, tmp_path / "backup", SystemClock())
    with busy.client("alpha") as alpha:
        raw = busy.envelope("alpha", "later")
        alpha.post("/v1/messages", content=raw, headers=JSON)
        until_sealed(alpha, raw)
        newest = alpha.get("/v1/log/checkpoint").content
    (tmp_path / "newest").write_bytes(newest)
    with pytest.raises(InputError, match=f"the backup ends at {held.size} leaves; the checkpoint given has"):
        restore(tmp_path / "backup", tmp_path / "restored", newest=tmp_path / "newest")
    (tmp_path / "newest").write_bytes((tmp_path / "backup" / "log" / "checkpoint").read_bytes())
    assert restore(tmp_path / "backup", tmp_path / "restored", newest=tmp_path / "newest").size == held.size


def test_a_backup_for_which_there_is_no_room_says_so_and_leaves_nothing(own_centre, tmp_path):
    """A limit on the size of files stands for the end of the disk."""
    (own_centre.log / "cosignatures").mkdir()
    (own_centre.log / "cosignatures" / ("0" * 32)).write_bytes(bytes(4_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, before[1]))
    try:
        with pytest.raises(InputError, match=r"cannot write .*/cosignatures/0{32}: File too large"):
            back_up(own_centre, tmp_path / "backup", SystemClock())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [path for path in tmp_path.iterdir() if "backup" in path.name]


def test_nothing_is_written_over(busy, tmp_path):
    with pytest.raises(InputError, match="there is something already"):
        back_up(busy.data, busy.data.path, SystemClock())
    back_up(busy.data, tmp_path / "backup", SystemClock())
    with pytest.raises(InputError, match="there is something already"):
        restore(tmp_path / "backup", busy.data.path)


def test_centre_that_never_ran_is_backed_up_as_well(own_centre, tmp_path):
    held = back_up(own_centre, tmp_path / "backup", SystemClock())
    assert (held.size, held.root) == (0, "")
    assert restore(tmp_path / "backup", tmp_path / "restored").size == 0
    assert json.loads(json.dumps(str(held.folder))) == str(tmp_path / "backup")
