"""The desk of a mirror: what it answers is read, what is handed in is sent elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.answers import Answer
from synaspis.exchange.log_copy import Contradiction, LogCopy
from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.answers import Problem
from synaspis.server.desk import Health

if TYPE_CHECKING:
    from synaspis.exchange.store.postgres_store import PostgresStore

Result = TypeVar("Result")

AWAY_S: Final = 2.0
"""After so long without an answer of the store the health is `store`."""

COSIGNED_EVERY_S: Final = 1.0


class MirrorDesk:
    """Reads feeds with one thread and the log with another, so that neither waits for the other.

    store: read only. log: its copy here. folder: of its public files. public_keys: what ``/v1/keys`` says.
    writer: address of the node that takes what is handed in.
    """

    def __init__(
        self,
        store: PostgresStore,
        log: LogCopy,
        folder: Path,
        public_keys: Mapping[str, Any],
        writer: str,
    ) -> None:
        self._store, self._log, self._folder = store, log, folder
        self._public_keys, self._writer = dict(public_keys), writer
        self._reader = ThreadPoolExecutor(1, "reader")
        self._keeper = ThreadPoolExecutor(1, "log")
        self._read_s = self._cosigned_s = monotonic()
        self._is_public = True
        self.is_stopping = False

    async def read(self, work: Callable[[], Result]) -> Result:
        """Read from the store, one at a time. Raises StorageError."""
        found = await asyncio.get_running_loop().run_in_executor(self._reader, work)
        self._read_s = monotonic()
        return found

    async def _keep(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._keeper, work)

    async def follow_log(self, witnesses: Mapping[str, str]) -> int:
        """Bring the public log up to the store; returns its size if it has grown, else 0.

        witnesses: verifier key of each partner's witness. Raises StorageError, and Contradiction where the
        store does not continue what was published here.
        """

        def work() -> int:
            try:
                has_grown = self._log.follow()
                if has_grown or monotonic() - self._cosigned_s > COSIGNED_EVERY_S:
                    self._log.keep_cosignatures(witnesses)
                    self._cosigned_s = monotonic()
            except Contradiction:
                raise
            except (OSError, InputError):
                self._is_public = False
                return 0
            self._is_public = True
            return self._log.size if has_grown else 0

        return await self._keep(work)

    async def submit(self, partner: str, raw: bytes) -> Answer:
        """Nothing is taken here. Raises Problem 421 (RFC 9110, 15.5.20) that names the node that writes."""
        self._misdirected()

    async def cosign(self, partner: str, lines: bytes) -> None:
        """Nothing is taken here. Raises Problem as `submit` does."""
        self._misdirected()

    def _misdirected(self) -> NoReturn:
        raise Problem(421, Fault("this node only delivers", "", f"Send it to {self._writer}."))

    async def feed(self, partner: str, after: int, limit: int) -> Sequence[FeedEvent]:
        """Events of a partner with a counter above `after`, in order, at most `limit`."""
        return await self.read(lambda: self._store.feed(partner, after, limit))

    async def checkpoint(self) -> bytes | None:
        """The newest checkpoint that is public here, with its cosignatures; None before there is one."""
        return await self._keep(self._log.checkpoint)

    async def proof(self, leaf: bytes) -> str | None:
        """Inclusion proof of a leaf hash; None while it is not sealed."""
        found = await self._keep(lambda: self._log.proof(leaf))
        return None if found is None else found.decode()

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """Consistency proof between two sizes. Raises InputError for sizes that the log has not."""
        return await self._keep(lambda: self._log.consistency(first, second))

    def log_file(self, path: str) -> bytes | None:
        """A file of the public log, such as ``tile/0/000``; None if there is none. path: was checked."""
        with suppress(OSError):
            return (self._folder / path).read_bytes()
        return None

    def keys(self) -> dict[str, Any]:
        """Public keys of the centre and its log."""
        return self._public_keys

    def health(self) -> Health:
        """How the mirror is now."""
        if self.is_stopping:
            return Health("stopping", "the node is being stopped")
        if monotonic() - self._read_s > AWAY_S:
            return Health("store", "the store does not answer; nothing new is delivered until it does")
        if not self._is_public:
            return Health("disk", "the public files of the log cannot be written")
        return Health("ok", "what the store has is delivered")

    def close(self) -> None:
        """Let go of the threads, after what they do."""
        self._reader.shutdown()
        self._keeper.shutdown()
