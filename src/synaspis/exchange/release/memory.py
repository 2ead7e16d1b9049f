"""What is kept of messages, so that others can refer to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from synaspis.agreement import Item
from synaspis.core.clock import SECOND_US
from synaspis.exchange.release.events import References
from synaspis.exchange.release.rights import Basis

_DAY_US: Final = 86_400 * SECOND_US

REMEMBERED_US: Final = {
    "pre-launch-notification": 400 * _DAY_US,
    "post-launch-notification": 400 * _DAY_US,
    "sensor-status": _DAY_US // 24,
}
"""How long after a message others can refer to it; `REMEMBERED_ELSE_US` for other kinds. Only time and the
number of the sender's own messages decide: what is told of a message must not depend on what others send."""

REMEMBERED_ELSE_US: Final = 30 * _DAY_US


class Remembered(NamedTuple):
    """What is kept of a message for those that refer to it.

    subject: its kind. item: its own. basis: on what its release rests; empty if it goes to its sender alone.
    """

    digest: str
    sender: str
    id: str
    subject: str
    item: Item
    basis: Basis
    received_us: int

    def forgotten(self, instant_us: int) -> bool:
        """Whether nothing can refer to it any more at an instant."""
        return instant_us - self.received_us > REMEMBERED_US.get(self.subject, REMEMBERED_ELSE_US)


REMEMBERED_MAX: Final = 5_000
"""Messages of one sender that are remembered; of more, its oldest are forgotten first."""


class Memory:
    """Messages by each of their names: id, digest of the envelope, reference.

    references: names that extracts tell.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._entries: dict[str, Remembered] = {}
        self._digests: dict[str, str] = {}
        self._of_sender: dict[str, dict[str, None]] = {}

    def entries(self) -> Iterator[Remembered]:
        """All of it, in the order in which it was received."""
        yield from self._entries.values()

    def remember(self, entry: Remembered) -> None:
        """Keep what others may refer to; the first of two messages with one id is meant by it."""
        self._entries[entry.digest] = entry
        for name in self._names(entry):
            self._digests.setdefault(name, entry.digest)
        own = self._of_sender.setdefault(entry.sender, {})
        own[entry.digest] = None
        if len(own) > REMEMBERED_MAX:
            self._drop(self._entries[next(iter(own))])

    def find(self, name: str, instant_us: int) -> Remembered | None:
        """The message that a name means to whoever refers to it at an instant."""
        entry = self._entries.get(self._digests.get(name, name))
        return None if entry is None or entry.forgotten(instant_us) else entry

    def forget_before(self, instant_us: int) -> None:
        """Drop what nobody can refer to from an instant on."""
        for entry in [entry for entry in self._entries.values() if entry.forgotten(instant_us)]:
            self._drop(entry)

    def _drop(self, entry: Remembered) -> None:
        del self._entries[entry.digest], self._of_sender[entry.sender][entry.digest]
        for name in self._names(entry):
            if self._digests.get(name) == entry.digest:
                del self._digests[name]

    def _names(self, entry: Remembered) -> tuple[str, str]:
        return entry.id, self._references.message(entry.sender, entry.id)
