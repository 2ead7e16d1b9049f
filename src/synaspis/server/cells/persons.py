"""Persons who enter by a certificate of their own: issued by the operator, for a while, taken back at will.

Browsers take no Ed25519, so a person's key is on the curve P-256; the authority of the data exchange centre
signs for it. What a certificate may do does not stand in it alone: it is looked up by its SHA-256 at every
request, so that one that was taken back opens nothing from then on. The file is shared by the command that
issues and the server that looks up; SQLite keeps them apart.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from synaspis.agreement import load_book
from synaspis.core.clock import SECOND_US
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.messages import WHITE
from synaspis.server.cells.access import ROLES, Role, name_fault
from synaspis.server.cells.grounds import SETTINGS
from synaspis.server.certificates import fingerprint
from synaspis.server.folder import DataFolder
from synaspis.server.founding import load_authority

FILE: Final = "persons.sqlite"
DAYS_MAX: Final = 397
PASSWORD_LEAST: Final = 8
HANDLE: Final = 16
"""Digits of the fingerprint that name a certificate."""

_DAY_US: Final = 86_400 * SECOND_US
_BUSY_S: Final = 10.0
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS person (
    fingerprint TEXT PRIMARY KEY, cell TEXT, role TEXT NOT NULL, name TEXT NOT NULL,
    since_us INTEGER NOT NULL, until_us INTEGER NOT NULL, revoked_us INTEGER
);
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A certificate that was issued.

    fingerprint: SHA-256 of it, hex. cell: for which the person acts; None for an observer or operator.
    role, name: as in a `Pass`. since_us, until_us: when it was issued, and until when it is good.
    revoked_us: when it was taken back, None if it was not.
    """

    fingerprint: str
    cell: str | None
    role: Role
    name: str
    since_us: int
    until_us: int
    revoked_us: int | None = None

    @property
    def id(self) -> str:
        """What it is called."""
        return self.fingerprint[:HANDLE]

    def is_good(self, now_us: int) -> bool:
        """Whether it opens anything at an instant."""
        return self.revoked_us is None and now_us < self.until_us


class Persons:
    """Certificates of persons in a file.

    path: of the file, made with mode 600. Raises InputError if it cannot be used.
    """

    def __init__(self, path: Path) -> None:
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_S)
            self._base.executescript(_TABLE)
        except (OSError, sqlite3.Error) as error:
            what = f"the file of persons cannot be used: {error}"
            raise InputError(Fault(what, source=str(path))) from None

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def add(self, person: Person) -> None:
        """Write down a certificate that was issued."""
        row = (person.fingerprint, person.cell, person.role, person.name, person.since_us, person.until_us)
        self._base.execute("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, NULL)", row)

    def find(self, fingerprint: str, now_us: int) -> Person | None:
        """The person of a certificate that is good at an instant."""
        row = self._base.execute("SELECT * FROM person WHERE fingerprint = ?", (fingerprint,)).fetchone()
        person = None if row is None else Person(*row)
        return person if person is not None and person.is_good(now_us) else None

    def revoke(self, id: str, now_us: int) -> Person:
        """Take a certificate back. Raises InputError where none of this name is left to be taken back."""
        row = self._base.execute(
            "UPDATE person SET revoked_us = ? WHERE substr(fingerprint, 1, ?) = ? AND revoked_us IS NULL "
            "RETURNING *",
            (now_us, HANDLE, id),
        ).fetchone()
        if row is None:
            open_ones = [each.id for each in self.all() if each.revoked_us is None]
            what = f"there is no certificate {id[:40]!r} that could be taken back"
            raise InputError(Fault(what, remedy=nearest(id, open_ones) or "`synaspis person list` has them."))
        return Person(*row)

    def all(self) -> list[Person]:
        """Every certificate, in the order in which they were issued."""
        return [
            Person(*row)
            for row in self._base.execute("SELECT * FROM person ORDER BY since_us, fingerprint").fetchall()
        ]


def issue_person(
    folder: Path, who: str, *, name: str, password: str, days: int, now_us: int
) -> tuple[bytes, Person]:
    """Make a key and certificate for a person, and write down what they open.

    folder: of `synaspis serve`. who: a cell, `observer` or `operator`. name: of the person; it goes into the
    certificate and into everything that the person does. password: of the file, at least 8 characters. days:
    1 to 397. now_us: microseconds since the epoch.
    Returns a PKCS #12 file, which browsers import, and the person. Raises InputError with every fault.
    """
    data = _data(folder)
    cells = tuple(load_book(data.book).membership.partners)
    known = (*cells, *(role for role in ROLES if role in ("observer", "operator")))
    faults = [fault for fault in (name_fault(name),) if fault is not None]
    if who not in known:
        what = f"{who[:40]!r} is neither a cell nor observer or operator"
        faults.append(Fault(what, "who", nearest(who, known) or f"Allowed: {', '.join(known)}."))
    if not 1 <= days <= DAYS_MAX:
        faults.append(Fault(f"{days} days; allowed are 1 to {DAYS_MAX}", "days"))
    if len(password) < PASSWORD_LEAST:
        what = f"a password of {len(password)} characters; at least {PASSWORD_LEAST} are needed"
        faults.append(Fault(what, "password"))
    if faults:
        raise InputError(faults)
    cell = who if who in cells else None
    role: Role = "white" if who == WHITE else "nation" if cell else who  # type: ignore[assignment]
    authority, key = load_authority(data), ec.generate_private_key(ec.SECP256R1())
    certificate = authority.person(
        name.strip(), f"{role} {cell or ''}".strip(), key.public_key(), now_us, days
    )
    until_us = now_us + days * _DAY_US
    person = Person(fingerprint(certificate), cell, role, name.strip(), now_us, until_us)
    persons = Persons(folder / FILE)
    try:
        persons.add(person)
    finally:
        persons.close()
    encryption = BestAvailableEncryption(password.encode())
    shown = f"{name.strip()}, {who}".encode()
    return pkcs12.serialize_key_and_certificates(
        shown, key, certificate, [authority.certificate], encryption
    ), person


def open_persons(folder: Path) -> Persons:
    """The persons of a folder of `synaspis serve`. Raises InputError where it is none."""
    _data(folder)
    return Persons(folder / FILE)


def _data(folder: Path) -> DataFolder:
    if not (folder / SETTINGS).is_file():
        remedy = "Name the folder that `synaspis serve` made."
        raise InputError(Fault("this is no folder of `synaspis serve`", source=str(folder), remedy=remedy))
    return DataFolder(folder / "data").require()
