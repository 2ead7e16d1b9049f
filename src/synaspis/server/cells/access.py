"""Who may enter: one-time tickets and sessions, kept as hashes, so that who reads the disk enters nowhere.

A ticket is 32 random bytes as text; it is redeemed once, in the same transaction that makes the session, so
that a crash between the two neither burns a ticket nor lets it work twice. Owned by one thread.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from synaspis.core.clock import SECOND_US, Clock
from synaspis.core.errors import Fault, InputError

Role = Literal["nation", "white", "observer", "operator"]

ROLES: Final[tuple[Role, ...]] = ("nation", "white", "observer", "operator")

TICKET_US: Final = 3_600 * SECOND_US
"""How long a link can be used."""

SESSION_US: Final = 8 * 3_600 * SECOND_US
"""How long a session lasts, whatever is done in it."""

NAME_MAX: Final = 80
"""Characters in the name of a person."""

_SECRET_BYTES: Final = 32
_SECRET_CHARACTERS: Final = 43
_HANDLE: Final = 16

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS ticket (digest TEXT PRIMARY KEY, pass TEXT NOT NULL, until_us INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS session (digest TEXT PRIMARY KEY, pass TEXT NOT NULL, until_us INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Pass:
    """What somebody may do here.

    cell: partner that the person acts for; None where the role acts for nobody. role: one of `ROLES`. name:
    of the person, empty if it is not known yet. view_as: cells whose feed may be looked at, the first one by
    default.
    """

    cell: str | None
    role: Role
    name: str
    view_as: tuple[str, ...]

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps([self.cell, self.role, self.name, list(self.view_as)])

    @classmethod
    def from_json(cls, text: str) -> Pass:
        """From what `to_json` gave."""
        cell, role, name, view_as = json.loads(text)
        return cls(cell, role, name, tuple(view_as))


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has entered.

    id: names the session and does not open it. until_us: its end. fingerprint: of the certificate that opened
    it, empty for a link.
    """

    id: str
    given: Pass
    until_us: int
    fingerprint: str = ""


def name_fault(name: object) -> Fault | None:
    """What is wrong with the name of a person; None if nothing is."""
    if isinstance(name, str) and name.strip() and len(name) <= NAME_MAX and name.isprintable():
        return None
    return Fault(
        "this is no name", "name", f"Give 1 to {NAME_MAX} printable characters; it goes into messages."
    )


class Access:
    """Tickets and sessions in a file.

    path: of the file, made with mode 600. clock: of the machine. entropy: gives random bytes.
    Raises InputError if the file cannot be used.
    """

    def __init__(self, path: Path, clock: Clock, entropy: Callable[[int], bytes] = os.urandom) -> None:
        self._clock, self._entropy = clock, entropy
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._base.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            what = f"the file of links and sessions cannot be used: {error}"
            raise InputError(Fault(what, source=str(path))) from None

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def issue(self, given: Pass, lasts_us: int = TICKET_US) -> tuple[str, int]:
        """Make a ticket; returns it and the instant of its end, microseconds since the epoch."""
        ticket, until_us = self._secret(), self._clock.now_us() + lasts_us
        self._base.execute(
            "INSERT INTO ticket VALUES (?, ?, ?)", (_digest(ticket), given.to_json(), until_us)
        )
        return ticket, until_us

    def redeem(self, ticket: str) -> tuple[str, Session] | None:
        """Make a session of a ticket, once; returns its secret and itself, None for a ticket that is none."""
        now_us, secret = self._clock.now_us(), self._secret()
        self._base.execute("BEGIN IMMEDIATE")
        try:
            self._base.execute("DELETE FROM ticket WHERE until_us <= ?", (now_us,))
            self._base.execute("DELETE FROM session WHERE until_us <= ?", (now_us,))
            found = self._base.execute(
                "DELETE FROM ticket WHERE digest = ? RETURNING pass", (_digest(ticket),)
            ).fetchone()
            if found is not None:
                row = (_digest(secret), found[0], now_us + SESSION_US)
                self._base.execute("INSERT INTO session VALUES (?, ?, ?)", row)
            self._base.execute("COMMIT")
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        return None if found is None else (secret, _session(row))

    def find(self, secret: str) -> Session | None:
        """The session of a secret; None if there is none or it has ended."""
        if len(secret) != _SECRET_CHARACTERS:
            return None
        found = self._base.execute(
            "SELECT digest, pass, until_us FROM session WHERE digest = ? AND until_us > ?",
            (_digest(secret), self._clock.now_us()),
        ).fetchone()
        return None if found is None else _session(found)

    def rename(self, session: Session, name: str) -> Session:
        """Say who the person of a session is."""
        given = replace(session.given, name=name)
        self._base.execute(
            "UPDATE session SET pass = ? WHERE substr(digest, 1, ?) = ?",
            (given.to_json(), _HANDLE, session.id),
        )
        return replace(session, given=given)

    def end(self, session: str) -> bool:
        """End a session by its id; returns whether there was one."""
        done = self._base.execute(
            "DELETE FROM session WHERE substr(digest, 1, ?) = ?", (_HANDLE, session)
        ).rowcount
        return done > 0

    def sessions(self) -> list[Session]:
        """Sessions that last still, by their end."""
        rows = self._base.execute(
            "SELECT digest, pass, until_us FROM session WHERE until_us > ? ORDER BY until_us, digest",
            (self._clock.now_us(),),
        )
        return [_session(row) for row in rows]

    def _secret(self) -> str:
        return base64.urlsafe_b64encode(self._entropy(_SECRET_BYTES)).decode().rstrip("=")


def _digest(secret: str) -> str:
    # Of 32 random bytes: guessing is out of reach, so that a slow hash would add nothing.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _session(row: tuple[str, str, int]) -> Session:
    digest, given, until_us = row
    return Session(digest[:_HANDLE], Pass.from_json(given), until_us)
