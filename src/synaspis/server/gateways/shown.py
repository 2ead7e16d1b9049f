"""Messages that a gateway shows, so that those which are replaced can be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from synaspis.gateways.told import ToldMessage

MESSAGES_MAX = 1_000
"""Messages that are remembered; the one that came first is forgotten first."""


class Shown:
    """Remembers messages by their key, at most `MESSAGES_MAX`."""

    def __init__(self) -> None:
        self._told: dict[str, ToldMessage] = {}

    def __iter__(self) -> Iterator[ToldMessage]:
        return iter(self._told.values())

    def put(self, told: ToldMessage) -> None:
        """Remember a message in place of the former one of its key."""
        self._told.pop(told.key, None)
        self._told[told.key] = told
        while len(self._told) > MESSAGES_MAX:
            del self._told[next(iter(self._told))]

    def replaced_by(self, told: ToldMessage) -> list[ToldMessage]:
        """Messages that another one takes back, puts right or stands in place of; they are forgotten."""
        found = [each for each in self if each.key == told.key or each.name in told.replaces]
        for each in found:
            del self._told[each.key]
        return found

    def forget_before(self, at_us: int) -> None:
        """Forget messages that are of no interest any more at an instant."""
        for key in [key for key, each in self._told.items() if each.until_us < at_us]:
            del self._told[key]
