"""Backup of a running centre, and restoring it after the log in it was verified.

The store is copied by SQLite's online backup, one consistent moment of it, while the centre goes on. The
public log of the copy is built from the copied store, so that both are of the same moment; then it is
verified like any log. A list of all files with their SHA-256 goes with it.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import Field

from synaspis.core.clock import Clock, to_rfc3339
from synaspis.core.documents import FrozenModel, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import replace_directory, write_atomically
from synaspis.exchange.client.kit import write_private
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.sealing import Sealing
from synaspis.exchange.settings import load_settings
from synaspis.exchange.state import check_identity
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.log import Checkpoint, open_note, read_vkeys, verify_log
from synaspis.server.backing import SQLITE
from synaspis.server.folder import DataFolder
from synaspis.server.founding import LOG_VKEYS, private_folder

MANIFEST: Final = "backup.yaml"

_SETTINGS: Final = ("centre.yaml", "server.yaml", "agreements.yaml")
_CHUNK: Final = 1 << 20


class BackupDocument(FrozenModel):
    """What `backup.yaml` says."""

    schema_: Literal["synaspis.backup/1"] = Field(default="synaspis.backup/1", alias="schema")
    made_at: str = Field(description="When the backup began.")
    size: int = Field(ge=0, description="Leaves of the log in it; 0 before the first checkpoint.")
    root: str = Field(description="Root of that log, hex; empty before the first checkpoint.")
    with_keys: bool = Field(description="Whether the private keys are in it.")
    files: dict[str, str] = Field(description="SHA-256 of every file, hex, by path.")


@dataclass(frozen=True)
class Held:
    """Outcome of a backup or restore. folder: where it lies. size, root: of the log; root is empty for 0."""

    folder: Path
    size: int
    root: str


def back_up(data: DataFolder, target: Path | str, clock: Clock, *, with_keys: bool = True) -> Held:
    """Copy a centre, running or not, to a new folder of mode 700.

    with_keys: include ``keys``; without them a restore needs them from elsewhere. Kits under ``issued`` are
    not copied. Raises InputError if the target is there already, or if the copy's log does not verify.
    """
    data, target = data.require(), Path(target)
    if data.server().store != SQLITE:
        what = "the record of this centre is in PostgreSQL, which this command does not copy"
        remedy = "Use pg_basebackup or pg_dump, and keep a copy of this folder."
        raise InputError(Fault(what, "store", remedy, str(data.file("server.yaml"))))
    if target.exists():
        raise InputError(Fault("there is something already", "", "Name a new folder.", str(target)))
    began = to_rfc3339(clock.now_us())
    with replace_directory(target) as temporary:
        temporary.chmod(0o700)
        copy = DataFolder(temporary)
        # Cosignatures before the store: what was cosigned is then in the copied log.
        if (data.log / "cosignatures").is_dir():
            for path in sorted((data.log / "cosignatures").glob("[!.]*")):
                write_atomically(copy.log / "cosignatures" / path.name, path.read_bytes())
        write_atomically(copy.log / LOG_VKEYS, (data.log / LOG_VKEYS).read_bytes())
        if data.store.is_file():
            _copy_store(data.store, copy.store)
        for name in _SETTINGS:
            write_atomically(copy.file(name), data.file(name).read_bytes())
        private_folder(copy.file("partners"))
        for path in sorted(data.file("partners").glob("*.yaml")):
            write_atomically(copy.file("partners", path.name), path.read_bytes())
        _publish(copy, CentreKeys.load(data.file("keys")))
        size, root = _verified(copy)
        if with_keys:
            _copy_keys(data.file("keys"), private_folder(copy.file("keys")))
        document = BackupDocument(
            made_at=began, size=size, root=root, with_keys=with_keys, files=dict(_digests(temporary))
        )
        plain = document.model_dump(mode="json", by_alias=True)
        write_atomically(temporary / MANIFEST, yaml.safe_dump(plain, sort_keys=False, width=110))
    return Held(target, size, root)


def restore(
    backup: Path | str,
    folder: Path | str,
    *,
    keys: Path | str | None = None,
    newest: Path | str | None = None,
) -> Held:
    """Make the data folder of a centre from a backup, if everything in it holds.

    backup: made by `back_up`. folder: must not be there. keys: folder with the private keys, for a backup
    without them. newest: a checkpoint that a partner holds; a backup that is older than it is refused,
    because the centre would then contradict what was cosigned.
    Raises InputError where a file is missing, was added or altered, the log is not intact, the store is not
    that of the log, or keys are missing.
    """
    backup, folder = Path(backup), Path(folder)
    document = parse(BackupDocument, read_document(backup / MANIFEST))
    faults = list(_altered(backup, document))
    if folder.exists():
        faults.append(Fault("there is something already", "", "Name a new folder.", str(folder)))
    if not document.with_keys and keys is None:
        remedy = "Name the folder that holds them: --keys DIR."
        faults.append(Fault("this backup is without the private keys", "", remedy, str(backup)))
    if faults:
        raise InputError(faults)
    size, root = _verified(DataFolder(backup))
    if newest is not None:
        _check_newest(DataFolder(backup), Path(newest), size)
    with replace_directory(folder) as temporary:
        temporary.chmod(0o700)
        copy = DataFolder(temporary)
        for name in document.files:
            if not name.startswith("keys/"):
                place = temporary / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(backup / name, place)
        private_folder(copy.file("partners"))
        private_folder(copy.file("issued"))
        copy.store.chmod(0o600)
        _copy_keys(Path(keys) if keys is not None else backup / "keys", private_folder(copy.file("keys")))
        _publish(copy, CentreKeys.load(copy.file("keys")))
    folder.chmod(0o700)
    return Held(folder, size, root)


def _copy_store(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
    target.chmod(0o600)


def _publish(copy: DataFolder, keys: CentreKeys) -> None:
    """Build the public log of a copied store. Raises InputError if keys, store and log do not fit."""
    settings = load_settings(copy.file("centre.yaml"))
    with closing(SqliteStore(copy.store)) as store:
        check_identity(store, keys, settings)
        Sealing(copy.log, settings, keys, store)
    copy.store.with_name(f"{copy.store.name}.lock").unlink(missing_ok=True)


def _copy_keys(source: Path, target: Path) -> None:
    if not source.is_dir():
        raise InputError(Fault("there is no such folder", "--keys", source=str(source)))
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            private_folder(place)
        elif path.suffix == ".key":
            write_private(place, path.read_bytes())
        else:
            write_atomically(place, path.read_bytes())


def _verified(data: DataFolder) -> tuple[int, str]:
    """Size and root of a copied log. Raises InputError unless it is intact, or has nothing yet."""
    if not (data.log / "checkpoint").is_file():
        return 0, ""
    report = verify_log(data.log)
    if report.verdict != "intact":
        what = f"the log is {report.verdict}: {report.at}: {report.detail}"
        raise InputError(Fault(what, "", "Take another backup; keep this one as evidence.", str(data.log)))
    return report.size, report.root


def _check_newest(data: DataFolder, newest: Path, size: int) -> None:
    keys = read_vkeys((data.log / LOG_VKEYS).read_bytes())
    held = Checkpoint.parse(open_note(newest.read_bytes(), keys).text)
    if held.size > size:
        what = f"the backup ends at {size} leaves; the checkpoint given has {held.size}"
        remedy = (
            "A centre restored from it would contradict what was cosigned. Find a newer backup; if there is "
            "none, found a new centre with a new log."
        )
        raise InputError(Fault(what, "--newest", remedy, str(newest)))


def _altered(backup: Path, document: BackupDocument) -> Iterator[Fault]:
    found = dict(_digests(backup))
    for name in sorted({*found, *document.files}):
        if name not in found:
            yield Fault(f"the file {name} is missing", source=str(backup))
        elif name not in document.files:
            yield Fault(f"the file {name} was added", source=str(backup))
        elif found[name] != document.files[name]:
            yield Fault(f"the file {name} was altered", source=str(backup))


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name == MANIFEST:
            continue
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        yield name, digest.hexdigest()
