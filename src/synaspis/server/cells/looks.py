"""The log as a cell's own witness sees it, looked at again and again; every claim of the page rests on this.

The witness is that of the partner's client, with its memory beside the cell's kit. Of what was delivered the
newest event is proven at each look; an audit of all of it is `synaspis partner audit`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from synaspis.core.clock import Clock
from synaspis.core.errors import InputError
from synaspis.exchange.client.events import release_leaf
from synaspis.exchange.client.partner_state import Unproven
from synaspis.exchange.client.verify import LogReader
from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.cells.side import DeskLink, Side

if TYPE_CHECKING:
    from synaspis.exchange.client.link import Link
    from synaspis.exchange.client.partner_state import PartnerState

_FINDINGS_MAX = 20


class _Owed:
    """What the log owes the cell a proof for: the newest event, no more."""

    def __init__(self) -> None:
        self.owed: Unproven | None = None
        self.evidence: list[str] = []

    def unproven(self) -> list[Unproven]:
        return [] if self.owed is None else [self.owed]

    def remember_proofs(self, proofs: Iterable[tuple[Unproven, str]]) -> None:
        if any(each == self.owed for each, _ in proofs):
            self.owed = None

    def remember_evidence(self, _at_us: int, what: str, _first: bytes, _second: bytes) -> None:
        self.evidence.append(what)


class LogLook:
    """Looks at the log of one centre for one cell.

    side: the centre. cell: id. clock: of the centre. What was once found broken stays found.
    Raises InputError if the memory of the witness cannot be used.
    """

    def __init__(self, side: Side, cell: str, clock: Clock) -> None:
        self._side, self._cell, self._clock = side, cell, clock
        self._owed = _Owed()
        # Both ask no more of the other than what stands here.
        state, link = cast("PartnerState", self._owed), cast("Link", DeskLink(side.desk, cell))
        self._reader = LogReader(side.kits[cell], state, link, clock)
        self._findings: list[str] = []
        self.shown: dict[str, Any] = self._told(None, (), ())

    def delivered(self, event: FeedEvent) -> None:
        """Have the newest event proven by a later look, unless an older one is still owed."""
        if self._owed.owed is None:
            leaf = release_leaf(self._cell, event.counter, event.salt.hex(), event.data)
            what = f"release of event {event.counter}"
            self._owed.owed = Unproven("event", leaf, self._clock.now_us(), what)

    async def look(self) -> bool:
        """Look once; returns whether there is something new to show. Raises Problem while it is stopping."""
        try:
            found = await self._reader.look()
        except InputError as error:
            self._note(str(each.what) for each in error.faults)
            return self._show({**self.shown, "holds": False, "findings": list(self._findings)})
        self._note(found.findings)
        head = found.checkpoint
        place = None if head is None else (head.size, head.root.hex())
        return self._show(self._told(place, found.signed_by, found.cosigners))

    def _note(self, findings: Iterable[str]) -> None:
        for each in findings:
            if each not in self._findings and len(self._findings) < _FINDINGS_MAX:
                self._findings.append(each)

    def _told(
        self, place: tuple[int, str] | None, signed_by: tuple[str, ...], cosigners: tuple[str, ...]
    ) -> dict[str, Any]:
        return {
            "centre": self._side.name,
            "origin": self._reader.origin,
            "size": None if place is None else place[0],
            "root": None if place is None else place[1],
            "signed_by": list(signed_by),
            "cosigners": list(cosigners),
            "holds": not self._findings,
            "findings": list(self._findings),
        }

    def _show(self, told: dict[str, Any]) -> bool:
        is_new, self.shown = told != self.shown, told
        return is_new
