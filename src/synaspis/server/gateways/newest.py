"""The newest of each object for readers of any speed: a slow one misses states in between, not the last."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")

OBJECTS_MAX = 10_000


class Newest(Generic[T]):
    """Holds one item for each key; memory does not grow with readers or with time.

    most: objects that are held; the one that was renewed longest ago goes first.
    """

    def __init__(self, most: int = OBJECTS_MAX) -> None:
        self._most = most
        self._items: dict[str, tuple[int, int, int, T]] = {}
        self._changed = asyncio.Event()
        self.version = 0
        """Counts every change."""

    def __len__(self) -> int:
        return len(self._items)

    def put(self, key: str, item: T, at_us: int, until_us: int | None = None) -> None:
        """Hold an item in place of the former one of its key, if that is not newer.

        at_us: its own time: what comes out of order changes nothing. until_us: when it is of no interest any
        more, `at_us` by default.
        """
        known = self._items.get(key)
        if known is not None and known[1] > at_us:
            return
        self._items.pop(key, None)
        self.version += 1
        self._items[key] = (self.version, at_us, at_us if until_us is None else until_us, item)
        while len(self._items) > self._most:
            del self._items[next(iter(self._items))]
        self._changed.set()
        self._changed = asyncio.Event()

    def forget_before(self, at_us: int) -> None:
        """Forget items that were of interest until before an instant."""
        for key in [key for key, (_, _, until, _) in self._items.items() if until < at_us]:
            del self._items[key]

    def items(self) -> list[T]:
        """Every item, the one that was renewed last at the end."""
        return [item for _, _, _, item in self._items.values()]

    def since(self, version: int) -> list[T]:
        """Items that were put after a version."""
        found = []
        for put, _, _, item in reversed(self._items.values()):
            if put <= version:
                break
            found.append(item)
        return found[::-1]

    async def changed(self, version: int, timeout_s: float) -> bool:
        """Wait until something was put after a version; returns whether it was within the time."""
        if self.version > version:
            return True
        try:
            await asyncio.wait_for(self._changed.wait(), timeout_s)
        except TimeoutError:
            return False
        return True
