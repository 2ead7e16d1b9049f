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
        keys = [told.key] if told.key in self._told else []
        # Only plans have another key than their name; that a message refers to others is rare.
        keys += [each.key for each in self if each.name in told.replaces] if told.replaces else []
        return [self._told.pop(key) for key in dict.fromkeys(keys)]

    def forget_before(self, at_us: int) -> None:
        """Forget messages that are of no interest any more at an instant."""
        for key in [key for key, each in self._told.items() if each.until_us < at_us]:
            del self._told[key]
