"""Those who enter by certificate: persons at browsers, and programs with the kit of a partner or operator."""

from __future__ import annotations

from collections.abc import Callable

from synaspis.core.clock import Clock
from synaspis.server.cells.access import SESSION_US, Pass, Role, Session
from synaspis.server.cells.persons import HANDLE, Persons
from synaspis.server.sessions import Roster

Views = Callable[[object, object], tuple[str, ...]]


class Entrance:
    """Finds who a certificate is of, at every request anew.

    roster: gives the partners of the data exchange centre. persons: to whom certificates were issued. clock:
    of the machine.
    """

    def __init__(self, roster: Callable[[], Roster], persons: Persons, clock: Clock) -> None:
        self._roster, self._persons, self._clock = roster, persons, clock

    def session(self, fingerprint: str, white: str, views: Views) -> Session | None:
        """The session of a certificate; None for one that opens nothing.

        fingerprint: SHA-256 of it, hex, empty without one. white: cell that runs the exercise. views: gives
        the cells that a role and cell may look at.
        """
        if not fingerprint:
            return None
        now_us = self._clock.now_us()
        name = f"certificate-{fingerprint[:HANDLE]}"
        if (person := self._persons.find(fingerprint, now_us)) is not None:
            seen = Pass(person.cell, person.role, person.name, views(person.role, person.cell))
            return Session(name, seen, person.until_us, fingerprint)
        party = self._roster().find(fingerprint, now_us)
        if party is None:
            return None
        role: Role = "operator" if party.role == "operator" else "nation"
        if party.id == white:
            role = "white"
        cell = None if role == "operator" else party.id
        given = Pass(cell, role, f"Certificate of {party.id}", views(role, cell))
        return Session(name, given, now_us + SESSION_US, fingerprint)

    def close(self) -> None:
        """Let go of the file of persons."""
        self._persons.close()
