"""What is kept of messages, so that others can refer to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

    @property
    def until_us(self) -> int:
        """Last instant at which something can refer to it."""
        return self.received_us + REMEMBERED_US.get(self.subject, REMEMBERED_ELSE_US)

    def forgotten(self, instant_us: int) -> bool:
        """Whether nothing can refer to it any more at an instant."""
        return instant_us > self.until_us


REMEMBERED_MAX: Final = 5_000
"""Messages of one sender that are remembered; of more, its oldest are forgotten first."""


class Memory:
    """Messages by each of their names: id, digest of the envelope, reference.

    references: names that extracts tell.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._entries: dict[str, Remembered] = {}
        self._references_of: dict[str, str] = {}
        self._ids: dict[str, list[str]] = {}
        self._of_sender: dict[str, dict[str, None]] = {}
        self._old_from_us: dict[str, int] = {}

    def entries(self) -> Iterator[Remembered]:
        """All of it, in the order in which it was received."""
        yield from self._entries.values()

    def remember(self, entry: Remembered) -> None:
        """Keep what others may refer to."""
        self._entries[entry.digest] = entry
        self._references_of.setdefault(self._references.message(entry.sender, entry.id), entry.digest)
        self._ids.setdefault(entry.id, []).append(entry.digest)
        own = self._of_sender.setdefault(entry.sender, {})
        own[entry.digest] = None
        old_from_us = self._old_from_us.get(entry.sender, 0)
        self._old_from_us[entry.sender] = min(old_from_us, entry.until_us)
        if len(own) > REMEMBERED_MAX:
            self._make_room(entry.sender, entry.received_us)

    def own(self, sender: str, id: str, instant_us: int) -> Remembered | None:
        """The message of a sender that has an id, at an instant."""
        return self._valid(self._references_of.get(self._references.message(sender, id)), instant_us)

    def find(
        self, name: str, instant_us: int, namer: str, has: Callable[[Remembered], bool]
    ) -> Remembered | None:
        """The message that a name means to whoever refers to it at an instant.

        namer: who refers to it. has: whether a message has been given to the namer. An id is drawn by its
        sender, so that two senders can have the same: it means the namer's own message, or else the first
        that the namer was given.
        """
        if (own := self.own(namer, name, instant_us)) is not None:
            return own
        if (found := self._valid(self._references_of.get(name, name), instant_us)) is not None:
            return found
        same = (self._valid(digest, instant_us) for digest in self._ids.get(name, ()))
        return next((entry for entry in same if entry is not None and has(entry)), None)

    def _valid(self, digest: str | None, instant_us: int) -> Remembered | None:
        entry = None if digest is None else self._entries.get(digest)
        return None if entry is None or entry.forgotten(instant_us) else entry

    def forget_before(self, instant_us: int) -> None:
        """Drop what nobody can refer to from an instant on."""
        for entry in [entry for entry in self._entries.values() if entry.forgotten(instant_us)]:
            self._drop(entry)

    def _make_room(self, sender: str, instant_us: int) -> None:
        """Drop the oldest of a sender that has said too much, at the instant of its newest message.

        When `forget_before` comes round depends on others too: so what is too old goes first, and does not
        count.
        """
        own = self._of_sender[sender]
        if instant_us > self._old_from_us[sender]:
            for entry in [self._entries[digest] for digest in own]:
                if entry.forgotten(instant_us):
                    self._drop(entry)
            self._old_from_us[sender] = min(self._entries[digest].until_us for digest in own)
        if len(own) > REMEMBERED_MAX:
            self._drop(self._entries[next(iter(own))])

    def _drop(self, entry: Remembered) -> None:
        del self._entries[entry.digest], self._of_sender[entry.sender][entry.digest]
        reference = self._references.message(entry.sender, entry.id)
        if self._references_of.get(reference) == entry.digest:
            del self._references_of[reference]
        self._ids[entry.id].remove(entry.digest)
        if not self._ids[entry.id]:
            del self._ids[entry.id]
