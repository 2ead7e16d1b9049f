"""A house that is opened again when one of its centres has failed; it lives with its process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from synaspis.server.cells.house import House, OnOpen
from synaspis.server.journal import Journal
from synaspis.server.service import KeeperLost

LEAST_S: Final = 30.0
"""A house that stood for less is not opened again: what ended it would end the next one too."""


async def keep_open(make: Callable[[], House], journal: Journal, on_open: OnOpen) -> None:
    """Serve until stopped; where a centre fails, open all of it again from what is stored.

    make: gives a house that is not open. on_open: called when the first one is open, as by `House.run`; links
    that were not used stay good. Raises InputError as `House.run` does.
    """
    say = on_open
    while True:
        begun_s = time.monotonic()
        try:
            await make().run(say)
        except KeeperLost:
            if time.monotonic() - begun_s < LEAST_S:
                raise
            journal.write("opened-again")
            say = _say_nothing
        else:
            return


def _say_nothing(_url: str, _links: dict[str, str]) -> None:
    return
