"""What came, held against what the stores of both centres say was delivered, and how long it took."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from synaspis.agreement import Item
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exchange.describe import describe
from synaspis.exercise import Loaded
from synaspis.gateways.dis import EntityState, read_datagram
from synaspis.messages import read_message

CENTRES = ("data", "coordination")
NEAR_US = 1_000
"""Formats of gateways round the time of a track, the coarsest to a millisecond."""

Key = tuple[str, int, int]


@dataclass
class Received:
    """A submission: from whom, when the centre received it, when it says that it was sent."""

    item: Item
    at_us: int
    sent_us: int
    by_hand: bool


@dataclass
class Stores:
    """Both stores, read after the run.

    feeds: events by centre and cell, as they must come. due: instant of the exercise at which what is shown
    of a track was received and its delay over, by cell, number and time of the track in milliseconds.
    """

    loaded: Loaded
    feeds: dict[tuple[str, str], list[tuple[str, bytes]]] = field(default_factory=dict)
    received: dict[str, Received] = field(default_factory=dict)
    tracks: dict[str, list[Received]] = field(default_factory=dict)
    due: dict[Key, int] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Path, loaded: Loaded) -> Stores:
        """Read `data/centre.sqlite` and `coordination/centre.sqlite` in the folder of `synaspis serve`."""
        made = cls(loaded)
        for centre in CENTRES:
            (path,) = (data / centre).glob("*.sqlite")
            base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            for digest, raw, received_us in base.execute(
                "SELECT digest, envelope, received_us FROM submission"
            ):
                made._take(centre, digest, raw, received_us)
            for cell, kind, body in base.execute(
                "SELECT recipient, type, data FROM feed JOIN body ON body = number ORDER BY counter"
            ):
                made.feeds.setdefault((centre, cell), []).append((kind, body))
            base.close()
        for (centre, cell), events in made.feeds.items():
            for kind, body in events:
                if kind == "picture":
                    made._shown(centre, cell, json.loads(body))
        return made

    def _take(self, centre: str, digest: str, raw: bytes, received_us: int) -> None:
        message = read_message(b64decode(json.loads(raw)["payload"]))
        by_hand = message.kind == "text" and str(getattr(message.body, "text", "")).endswith(")")
        found = Received(
            describe(message, self.loaded.books[centre]), received_us, message.sent_at_us, by_hand
        )
        self.received[digest] = found
        if message.kind == "track-report":
            self.tracks.setdefault(message.body.time, []).append(found)

    def delay_us(self, centre: str, cell: str, received: Received, at: str) -> int:
        """What the agreements make a cell wait for."""
        if received.item.sender == cell:
            return 0
        policy = self.loaded.books[centre].policy_on(date.fromisoformat(at[:10]))
        return int(policy.decide(cell, received.item).delay_us)

    def _shown(self, centre: str, cell: str, event: Mapping[str, Any]) -> None:
        at_us = from_rfc3339(event["at"])
        for track in _updated(event):
            dues = [
                each.at_us + self.delay_us(centre, cell, each, event["at"])
                for each in self.tracks.get(track["time"], ())
            ]
            if found := [due for due in dues if due <= at_us]:
                key = (cell, track["number"], from_rfc3339(track["time"]) // NEAR_US)
                self.due.setdefault(key, max(found))

    def due_of(self, centre: str, cell: str, kind: str, event: Mapping[str, Any]) -> list[int]:
        """Instants from which the ways of an event are counted; none where nobody's report made it."""
        if kind == "message" and "envelope" in event:
            found = self.received.get(hashlib.sha256(event["envelope"].encode()).hexdigest())
            if found is not None and found.item.sender != "centre":
                return [found.at_us + self.delay_us(centre, cell, found, event["at"])]
        if kind == "picture":
            keys = [
                (cell, track["number"], from_rfc3339(track["time"]) // NEAR_US) for track in _updated(event)
            ]
            return [due for key in keys if (due := self.due.get(key)) is not None]
        return []

    def cut(self, cell: str, centre: str, at_us: int) -> bool:
        """Whether an inject kept a cell from a centre at an instant."""
        starts_us = self.loaded.starts_us
        for _, _, _, inject in self.loaded.document.injects():
            payload = inject.payload
            if payload.fault is None or payload.lasts is None:
                continue
            begins = starts_us + round(inject.at.si * SECOND_US)
            if begins <= at_us <= begins + round(payload.lasts.si * SECOND_US) + SECOND_US and (
                (payload.fault == "lost-link" and payload.nation == cell)
                or (payload.fault == "dead-centre" and payload.centre == centre)
            ):
                return True
        return False


def _updated(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Tracks of a picture that a report has changed; one ends because none comes any more."""
    return (track for track in event["tracks"] if track["status"] != "ended")


def offset_us(seen: Mapping[str, Any]) -> tuple[int, list[int]]:
    """Clock of the machine less that of the exercise, and by how much each sample of it differs.

    Every act gives one: it was sent before the centre received it, and the receipt says when by the clock of
    the exercise. The nearest to the truth is the largest; it is too small by what the fastest act took on its
    way, so that all times that are counted with it are too long by as much.
    """
    found = [
        sent_us - from_rfc3339(received)
        for sent_us, status, received in seen["acts"]
        if status == 201 and seen["begin_us"] <= sent_us <= seen["end_us"]
    ]
    return max(found), [max(found) - each for each in found]


def quantiles(values_us: Iterable[float]) -> dict[str, float]:
    """Number, median, 99 of 100 and largest of some times, in milliseconds."""
    array = np.fromiter(values_us, dtype=float) / 1e3
    if not array.size:
        return {"n": 0}
    median, most = np.percentile(array, [50.0, 99.0])
    return {
        "n": array.size,
        "median": round(float(median), 1),
        "99": round(float(most), 1),
        "max": round(float(array.max()), 1),
    }


@dataclass
class Account:
    """What is said about a run. seen: of the browsers. views: cell that each session looks at."""

    stores: Stores
    seen: Mapping[str, Any]
    views: Mapping[str, str]

    def told(self) -> dict[str, Any]:
        """Everything, as JSON."""
        begin_us, end_us = self.seen["begin_us"], self.seen["end_us"]
        self._offset, act = offset_us(self.seen)
        browsers = list(self._browsers(begin_us, end_us))
        late = [
            each.at_us - each.sent_us
            for each in self.stores.received.values()
            if begin_us <= each.at_us + self._offset <= end_us and each.item.sender != "centre"
        ]
        return {
            "exercise_from": to_rfc3339(begin_us - self._offset),
            "exercise_until": to_rfc3339(end_us - self._offset),
            "act_to_receipt_ms": quantiles(act),
            "drift_ms": self._drift_ms(begin_us, end_us),
            "due_to_receipt_ms": quantiles(late),
            "receipt_to_browser_ms": quantiles(browsers),
            "events_of_browsers": sum(map(len, self.seen["sessions"].values())),
            "not_as_stored": self.wrong(),
            "asked_ms": self._asked(),
            "acts": Counter(status for _, status, _ in self.seen["acts"]),
        }

    def _drift_ms(self, begin_us: int, end_us: int) -> float | None:
        """By how much the two clocks went apart: the least delay of a state of the clock, late less early.

        None for a run that is too short to tell.
        """
        shown = [
            (at_us, at_us - self._offset - from_rfc3339(json.loads(data)["exercise_time"]))
            for events in self.seen["sessions"].values()
            for at_us, _, kind, data in events
            if kind == "clock" and begin_us <= at_us <= end_us
        ]
        half_us = (begin_us + end_us) // 2
        early, late = ([d for at, d in shown if (at > half_us) == is_late] for is_late in (False, True))
        return (min(late) - min(early)) / 1e3 if early and late else None

    def paced(self) -> dict[str, Any]:
        """How far the exercise came, and how late what fell due was received, in its own time."""
        begin_us, end_us = self.seen["begin_us"], self.seen["end_us"]
        clocks = [
            (at_us, from_rfc3339(told["exercise_time"]), told["state"])
            for at_us, _, kind, data in self.seen["sessions"]["white"]
            if kind == "clock" and begin_us <= at_us <= end_us
            for told in (json.loads(data),)
        ]
        running = [each for each in clocks if each[2] == "running"]
        (wall0, time0, _), (wall1, time1, _) = running[0], running[-1]
        late = [
            each.at_us - each.sent_us
            for each in self.stores.received.values()
            if time0 <= each.sent_us <= time1 and each.item.sender != "centre"
        ]
        return {
            "pace": round((time1 - time0) / (wall1 - wall0), 3),
            "minutes": round((time1 - time0) / 60e6, 1),
            "messages": len(late),
            "due_to_receipt_in_exercise_ms": quantiles(late),
            "not_as_stored": self.wrong(),
        }

    def wrong(self) -> dict[str, str]:
        """Sessions whose events are not, one by one, those of the stores."""
        found = {}
        clocks = [data for _, _, kind, data in self.seen["sessions"]["white"] if kind == "clock"]
        last_us = from_rfc3339(json.loads(clocks[-1])["exercise_time"])
        for name, events in self.seen["sessions"].items():
            got: dict[str, list[tuple[str, bytes]]] = {centre: [] for centre in CENTRES}
            for _, place, kind, data in events:
                if place:
                    head, _, rest = data.partition(',"event":')
                    told = json.loads(head + "}")
                    if told["counter"] != len(got[told["centre"]]) + 1:
                        found[name] = (
                            f"{told['centre']} {told['counter']} came after {len(got[told['centre']])}"
                        )
                    got[told["centre"]].append((kind, rest[:-1].encode()))
            for centre, events_got in got.items():
                kept = self.stores.feeds.get((centre, self.views[name]), [])
                if self.stores.cut(self.views[name], centre, last_us):
                    kept = kept[: len(events_got)]  # the rest comes when the link is back
                if events_got != kept:
                    found.setdefault(name, f"{centre}: {len(events_got)} came, {len(kept)} are stored")
        return found

    def _browsers(self, begin_us: int, end_us: int) -> Iterator[int]:
        for name, events in self.seen["sessions"].items():
            cell, known = self.views[name], set[int]()
            for at_us, place, kind, data in events:
                if not place or not begin_us <= at_us <= end_us:
                    continue
                told = json.loads(data)
                for due_us in self.stores.due_of(told["centre"], cell, kind, told["event"]):
                    # A report shown again, because another track of the picture changed, came before.
                    if kind == "picture" and due_us in known:
                        continue
                    known.add(due_us)
                    if not self.stores.cut(cell, told["centre"], due_us):
                        yield at_us - self._offset - due_us

    def _asked(self) -> dict[str, dict[str, float]]:
        found: dict[str, list[float]] = {}
        for path, status, seconds in self.seen["asked"]:
            found.setdefault(f"{path} {status}", []).append(1e6 * seconds)
        return {path: quantiles(values) for path, values in found.items()}

    def gateway(self, name: str, cell: str) -> dict[str, Any]:
        """Times and completeness of what came through a gateway of a cell."""
        begin_us, end_us = self.seen["begin_us"], self.seen["end_us"]
        first: dict[tuple[int, int], int] = {}
        near_us = self.stores.loaded.starts_us
        for at_us, number, time_us in _shown_by(name, self.seen["streams"][name], near_us):
            first.setdefault((number, (time_us + NEAR_US // 2) // NEAR_US), at_us)
        times, missing, count = [], 0, 0
        for (whose, number, near), due_us in self.stores.due.items():
            if whose != cell or not begin_us <= due_us + self._offset <= end_us:
                continue
            count += 1
            came = [first[number, each] for each in (near, near + 1) if (number, each) in first]
            if not came:
                missing += 1
            elif not self.stores.cut(cell, "data", due_us):
                times.append(min(came) - self._offset - due_us)
        return {"states": count, "missing": missing, "receipt_to_consumer_ms": quantiles(times)}


_SHOWN: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "cot": ("</event>", re.compile(r'<event[^>]*? uid="synaspis\.\w+\.(\d+)"[^>]*? time="([^"]+)"')),
    "globe": ("\n\n", re.compile(r'"id":"synaspis\.\w+\.(\d+)".*?"epoch":"([^"]+)"')),
}
"""How the parts of a stream end, and where number and time of a track stand in one."""


def _shown_by(name: str, stream: list[list[Any]], near_us: int) -> Iterator[tuple[int, int, int]]:
    """Instant, number of the track and time of its state, of all that a gateway gave."""
    if name == "dis":
        for at_us, text in stream:
            for pdu in read_datagram(text.encode("latin-1"), near_us=near_us):
                if isinstance(pdu, EntityState):
                    yield at_us, pdu.entity.entity, pdu.header.time_us
        return
    end, pattern = _SHOWN[name]
    rest = ""
    for at_us, text in stream:
        *whole, rest = (rest + text).split(end)
        for part in whole:
            for number, time in pattern.findall(part):
                yield at_us, int(number), from_rfc3339(time)
