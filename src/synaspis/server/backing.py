"""What stands behind a node: its store and its broker, from the words of `server.yaml` to what is open.

Addresses hold no passwords; those stand in a file or in the environment, and in no message, log or error.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator

from synaspis.core.documents import Rejected
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import AnotherWrites

if TYPE_CHECKING:
    from synaspis.exchange.store.postgres_store import PostgresStore
    from synaspis.server.folder import DataFolder, ServerDocument
    from synaspis.server.journal import Journal

SQLITE: Final = "sqlite"

Stored: TypeAlias = "SqliteStore | PostgresStore"

_WAIT_S: Final = 0.25
_SECRET_BYTES_MAX: Final = 4096


def _address(text: str, schemes: Collection[str], example: str, secret: str) -> str:
    """Return an address; no fault quotes it, because it may hold a password where none should be."""
    try:
        parts = urlsplit(text)
        names = parse_qs(parts.query)
        is_secret = parts.password is not None or "password" in names
        is_user = parts.username is not None
    except ValueError:
        raise Rejected(Fault("this is no address", remedy=f"Give {example}.")) from None
    if parts.scheme not in schemes or not parts.netloc:
        raise Rejected(
            Fault("this is not an address of a kind that is known here", remedy=f"Give {example}.")
        )
    if is_secret or (is_user and secret == "nats_token"):
        remedy = f"Take it out and say where it is kept: {secret}: file:NAME or env:NAME."
        raise Rejected(Fault("a password stands in the address", remedy=remedy))
    return text


def _store(text: str) -> str:
    example = f"{SQLITE}, or an address such as postgresql://synaspis@db.example.org/centre"
    return text if text == SQLITE else _address(text, ("postgresql", "postgres"), example, "store_password")


def _broker(text: str) -> str:
    return _address(text, ("nats", "tls"), "an address such as nats://127.0.0.1:4222", "nats_token")


def _place(text: str) -> str:
    kind, _, name = text.partition(":")
    if kind not in ("file", "env") or not name:
        remedy = "Give file:NAME of a file with mode 600 in the data folder, or env:NAME of the environment."
        raise Rejected(Fault("this does not say where a secret is kept", remedy=remedy))
    return text


StoreAddress = Annotated[str, AfterValidator(_store)]
BrokerAddress = Annotated[str, AfterValidator(_broker)]
SecretPlace = Annotated[str, AfterValidator(_place)]


def read_secret(place: str | None, folder: Path, where: str) -> str:
    """Return a secret; empty where no place is given.

    place: ``file:NAME``, below the folder unless it is absolute, or ``env:NAME``. where: key that says so.
    Raises InputError if it is not there, is empty, or if others than its owner may read the file.
    """
    if place is None:
        return ""
    kind, _, name = place.partition(":")
    if kind == "env":
        secret = os.environ.get(name, "")
        if not secret:
            what = f"the variable {name} of the environment is empty or not set"
            raise InputError(Fault(what, where, "Set it for the process that serves."))
        return secret
    path = folder / name
    try:
        loose = stat.S_IMODE(path.stat().st_mode) & 0o077
        secret = path.read_bytes()[:_SECRET_BYTES_MAX].decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(Fault(f"the secret cannot be read: {said}", where, source=str(path))) from None
    if loose:
        what = f"others than its owner may read this secret (mode {loose:03o} too much)"
        raise InputError(Fault(what, where, f"Run: chmod 600 {path.name}", str(path)))
    if not secret:
        raise InputError(Fault("the file of the secret is empty", where, source=str(path)))
    return secret


def open_store(data: DataFolder, document: ServerDocument, journal: Journal, *, waits: bool) -> Stored:
    """Open the store for the node that writes.

    waits: while another node writes, until it does no more. Raises AnotherWrites if it is not to wait, and
    InputError if the store cannot be opened.
    """
    is_told = False
    while True:
        try:
            if document.store == SQLITE:
                return SqliteStore(data.store)
            return open_postgres(data, document, writes=True)
        except AnotherWrites:
            if not waits:
                raise
        if not is_told:
            journal.write("waiting", reason="another-writes")
            is_told = True
        time.sleep(_WAIT_S)


def open_to_read(data: DataFolder, document: ServerDocument) -> Stored:
    """Open the store of a centre beside the one who writes to it. Raises InputError."""
    if document.store == SQLITE:
        return SqliteStore.to_read(data.store)
    return open_postgres(data, document, writes=False)


def open_postgres(data: DataFolder, document: ServerDocument, *, writes: bool) -> PostgresStore:
    """Open the store in PostgreSQL. Raises InputError, also where what it needs is not installed."""
    password = read_secret(document.store_password, data.path, "store_password")
    try:
        from synaspis.exchange.store.postgres_store import PostgresStore
    except ImportError:
        what = "the store is in PostgreSQL, and psycopg is not installed"
        raise InputError(Fault(what, "store", "Run: pip install 'synaspis[postgres]'")) from None
    return PostgresStore(document.store, password=password, writes=writes)
