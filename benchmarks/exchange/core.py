"""The centre without a network: the same load given to it by hand, in simulated time, with a real folder."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from centre import found
from workload import Crowd, reports

from synaspis.agreement import Item, load_book
from synaspis.core.clock import ManualClock
from synaspis.exchange.centre import Centre
from synaspis.exchange.describe import describe
from synaspis.exchange.examine import examine
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.settings import load_settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.messages import SigningKey, read_message, seal
from synaspis.messages.rulebook import packaged_rules
from synaspis.messages.rules import notification_findings
from synaspis.server import DataFolder
from synaspis.server.keeping import partners_of

BEGIN_US = 1_800_000_000_000_000


@dataclass
class Spent:
    """Seconds of wall time by step; counts of what was done."""

    submit_s: float = 0.0
    tick_s: list[float] = field(default_factory=list)
    seal_s: list[float] = field(default_factory=list)
    messages: int = 0
    events: int = 0


class Core:
    """A centre on a new folder, and the envelopes that its partners send."""

    def __init__(self, folder: Path, *, partners: int = 200, senders: int = 20, flights: int = 25) -> None:
        crowd = Crowd.of(partners, senders)
        found(folder, crowd)
        data = DataFolder(folder)
        self.book, self.day = data.book, datetime.fromtimestamp(BEGIN_US / 1e6, UTC).date()
        self.senders, self.flights = crowd.senders(senders), flights
        self.clock = ManualClock(BEGIN_US)
        self.store = SqliteStore(data.store)
        self.keys = CentreKeys.load(data.file("keys"))
        self.centre = Centre(
            load_settings(data.file("centre.yaml")),
            load_book(data.book),
            self.keys,
            self.store,
            self.clock,
            log_folder=data.log,
            partners=partners_of(data.partners()),
            rules=partial(notification_findings, rulebook=packaged_rules()),
            questioner=examine,
            announce=self._announced,
        )
        self._signing = [SigningKey.load(data.issued(name) / "message.key") for name, _ in self.senders]
        self.spent = Spent()

    def _announced(self, events: object) -> None:
        self.spent.events += sum(map(len, events.values()))  # type: ignore[attr-defined]

    def envelopes(self, seconds: float, rate: float = 1.0) -> Iterator[tuple[int, str, bytes]]:
        for report in reports(self.senders, self.flights, rate, BEGIN_US, seconds, seed=1):
            yield (
                report.due_us,
                self.senders[report.sender][0],
                seal(report.payload, self._signing[report.sender]),
            )

    def items(self, count: int) -> list[Item]:
        """What the agreements look at, of the first reports."""
        book = load_book(self.book)
        raws = [raw for _, _, raw in islice(self.envelopes(1.0), count)]
        return [describe(read_message(b64decode(json.loads(raw)["payload"])), book) for raw in raws]

    def warm_up(self, seconds: float) -> None:
        """Have every decision made, every track opened and all code loaded."""
        self._ahead = list(self.envelopes(seconds + 30.0))
        self.run(self._taken(BEGIN_US + round(1e6 * seconds)), BEGIN_US + round(1e6 * seconds))

    def seconds(self, count: int) -> Iterator[tuple[list[tuple[int, str, bytes]], int]]:
        """What `run` is to be given for one second of load after the other."""
        for _ in range(count):
            until_us = self.clock.now_us() + 1_000_000
            yield self._taken(until_us), until_us

    def _taken(self, until_us: int) -> list[tuple[int, str, bytes]]:
        taken = [each for each in self._ahead if each[0] < until_us]
        self._ahead = self._ahead[len(taken) :]
        return taken

    def run(self, envelopes: list[tuple[int, str, bytes]], until_us: int) -> Spent:
        """Give what is due and tick on the grid until an instant; returns what was spent on it."""
        centre, clock, spent = self.centre, self.clock, Spent()
        self.spent = spent
        step_us, seal_us = centre.settings.tick_us, centre.settings.seal_us
        at = 0
        due_us = (clock.now_us() // step_us + 1) * step_us
        while due_us <= until_us:
            while at < len(envelopes) and envelopes[at][0] < due_us:
                given_us, sender, raw = envelopes[at]
                clock.advance(max(0, given_us - clock.now_us()))
                began = time.perf_counter()
                centre.submit(sender, raw)
                spent.submit_s += time.perf_counter() - began
                at += 1
            clock.advance(due_us - clock.now_us())
            began = time.perf_counter()
            centre.tick()
            spent.tick_s.append(time.perf_counter() - began)
            if due_us % seal_us == 0:
                began = time.perf_counter()
                centre.seal()
                spent.seal_s.append(time.perf_counter() - began)
            due_us += step_us
        spent.messages = at
        return spent
