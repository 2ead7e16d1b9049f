"""Put a centre under load and follow every feed: one process, one thread, told what to do by `load.py`.

Prints one line `begin` when the measured time begins, `end` when it is over, and then one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import select
import sys
import time
from array import array
from base64 import b64decode
from collections import deque
from pathlib import Path

import numpy as np
from wire import Feed, Post, connect, context
from workload import Crowd, reports

from synaspis.core.clock import from_rfc3339
from synaspis.messages import SigningKey, seal

CONNECTIONS_MAX = 12
KEPT_BODIES = 512
OPENED_BEFORE_S = 3.0
PERCENTILES = (50.0, 90.0, 99.0, 99.9, 100.0)


class Load:
    """Everything that is sent and received.

    kits: folder with a kit for each partner. crowd: groups. port: of the centre on this machine.
    """

    def __init__(self, kits: Path, crowd: Crowd, port: int, options: argparse.Namespace) -> None:
        self.crowd, self.options, self._kits, self._port = crowd, options, kits, port
        self.names = crowd.names
        self.senders = crowd.senders(options.senders)
        self._tls = {name: context(kits / name) for name in self.names}
        self.signing_us = 0.0
        self.requests: list[tuple[int, int, list[int], bytes]] = []
        self.reports: list[tuple[int, int, int]] = []
        self.begin_us = 0
        self._epoll = select.epoll()
        self._readers: dict[int, Feed | Post] = {}
        self._idle: list[list[Post]] = [[] for _ in self.senders]
        self._opened = [0] * len(self.senders)
        self._waiting: list[deque[int]] = [deque() for _ in self.senders]
        self._next = 0
        self.answers: dict[int, tuple[int, int, bytes]] = {}
        self._bodies: dict[tuple[bytes, int], list[tuple[bytes, int]]] = {}
        self._order: deque[tuple[bytes, int]] = deque()
        self.shown: list[tuple[int, list[int]]] = []
        self.counters = [0] * len(self.names)
        self.gaps = 0
        self.bodies_of = [array("l") for _ in self.names]
        self.arrivals_of = [array("q") for _ in self.names]
        self.feeds: list[Feed] = []

    def prepare(self, lead_s: float) -> None:
        """Make and sign everything; sending begins after `lead_s`, enough for this and to connect."""
        options = self.options
        keys = [SigningKey.load(self._kits / name / "message.key") for name, _ in self.senders]
        self.begin_us = time.time_ns() // 1_000 + round(lead_s * 1e6)
        seconds = options.warm + options.seconds
        made = reports(self.senders, options.flights, options.rate, self.begin_us, seconds, options.seed)
        bundles: dict[tuple[int, int], list[tuple[int, bytes]]] = {}
        for token, report in enumerate(made):
            began = time.perf_counter()
            body = seal(report.payload, keys[report.sender])
            self.signing_us += 1e6 * (time.perf_counter() - began)
            self.reports.append((report.due_us, report.sender, report.flight))
            key = (
                report.sender,
                report.due_us // round(1e3 * options.bundle_ms) if options.bundle_ms else token,
            )
            bundles.setdefault(key, []).append((token, body))
        for (sender, _), members in bundles.items():
            kind = b"application/x-ndjson" if options.bundle_ms else b"application/json"
            content = b"\n".join(body for _, body in members)
            head = b"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: %b\r\n" % kind
            request = head + b"content-length: %d\r\n\r\n" % len(content) + content
            tokens = [token for token, _ in members]
            self.requests.append((self.reports[tokens[-1]][0], sender, tokens, request))
        self.requests.sort(key=lambda each: each[0])
        self.sent_us = np.zeros(len(self.reports), dtype=np.int64)
        self.late_us = np.zeros(len(self.reports), dtype=np.int64)
        self.by_time = {due_us: token for token, (due_us, *_) in enumerate(self.reports)}

    def connect(self) -> None:
        """Open every feed, and a few connections for each sender."""
        for index, name in enumerate(self.names):
            feed = Feed(connect(self._tls[name], "localhost", self._port), "localhost", self._event, index)
            self.feeds.append(feed)
            self._watch(feed)
        while not all(feed.is_open for feed in self.feeds) or self._seconds_left() > OPENED_BEFORE_S:
            self._receive(0.1)
        # Not earlier: the centre cuts off connections on which no request comes for long.
        for sender in range(len(self.senders)):
            for _ in range(4):
                self._idle[sender].append(self._open(sender))
        if self._seconds_left() < 0.0:
            raise RuntimeError("preparing took longer than foreseen; give it more time")

    def _seconds_left(self) -> float:
        return self.begin_us / 1e6 - time.time()

    def _open(self, sender: int) -> Post:
        self._opened[sender] += 1
        link = connect(self._tls[self.senders[sender][0]], "localhost", self._port)
        post = Post(link, self._answered)
        post.sender = sender
        self._watch(post)
        return post

    def _watch(self, reader: Feed | Post) -> None:
        self._readers[reader.link.fileno()] = reader
        self._epoll.register(reader.link.fileno(), select.EPOLLIN)

    def _receive(self, timeout_s: float) -> None:
        for number, _ in self._epoll.poll(timeout_s):
            reader = self._readers[number]
            if not reader.ready():
                self._drop(number, reader)
            self._send_due()

    def _drop(self, number: int, reader: Feed | Post) -> None:
        """Forget a connection that the centre has closed: it may, where no request came for long."""
        idle = self._idle[reader.sender] if isinstance(reader, Post) else []
        if reader not in idle:
            raise ConnectionError("the centre has closed a connection that was in use")
        idle.remove(reader)
        self._opened[reader.sender] -= 1
        self._epoll.unregister(number)
        del self._readers[number]
        reader.link.close()

    def _send_due(self) -> None:
        while self._next < len(self.requests):
            due_us, sender, tokens, request = self.requests[self._next]
            now_us = time.time_ns() // 1_000
            if now_us < due_us:
                return
            number, self._next = self._next, self._next + 1
            self.sent_us[tokens], self.late_us[tokens] = now_us, now_us - due_us
            if self._idle[sender]:
                self._idle[sender].pop().send(request, number)
            elif self._opened[sender] < CONNECTIONS_MAX:
                self._open(sender).send(request, number)
            else:  # its time runs already
                self._waiting[sender].append(number)

    def _answered(self, post: Post, status: int, body: bytes) -> None:
        self.answers[post.token] = (time.time_ns() // 1_000, status, body)
        waiting = self._waiting[post.sender]
        if waiting:
            number = waiting.popleft()
            post.send(self.requests[number][3], number)
        else:
            self._idle[post.sender].append(post)

    def _event(self, feed: Feed, counter: int, kind: bytes, data: bytes) -> None:
        now_us, index = time.time_ns() // 1_000, feed.index
        if counter != self.counters[index] + 1:
            self.gaps += 1
        self.counters[index] = counter
        if kind != b"picture":
            return
        self.bodies_of[index].append(self._body(data))
        self.arrivals_of[index].append(now_us)

    def _body(self, data: bytes) -> int:
        """Number of a body; those of one set of partners are the same to the last byte."""
        key = (data[:48], len(data))
        for known, number in self._bodies.get(key, ()):
            if known == data:
                return number
        number = len(self.shown)
        event = json.loads(data)
        times = [from_rfc3339(track["time"]) for track in event["tracks"] if track["status"] != "ended"]
        self.shown.append((from_rfc3339(event["at"]), times))
        self._bodies.setdefault(key, []).append((data, number))
        self._order.append(key)
        if len(self._order) > KEPT_BODIES:
            self._bodies.pop(self._order.popleft(), None)
        return number

    def run(self, drain_s: float) -> dict[str, object]:
        """Send everything, then wait for what is delayed; returns what was seen."""
        marks = [
            self.begin_us + round(1e6 * self.options.warm),
            self.begin_us + round(1e6 * (self.options.warm + self.options.seconds)),
        ]
        end_us = marks[1] + round(1e6 * drain_s)
        names, measured = ["begin", "end"], []
        while (now_us := time.time_ns() // 1_000) < end_us:
            if names and now_us >= marks[-len(names)]:
                measured.append(
                    (
                        time.process_time(),
                        time.perf_counter(),
                        sum(feed.bytes for feed in self.feeds),
                        sum(self.counters),
                    )
                )
                print(names.pop(0), flush=True)
            self._send_due()
            due_us = self.requests[self._next][0] if self._next < len(self.requests) else end_us
            self._receive(min(max(0.0, (due_us - time.time_ns() // 1_000) / 1e6), 0.05))
        (cpu0, wall0, bytes0, events0), (cpu1, wall1, bytes1, events1) = measured
        wall = wall1 - wall0
        return {
            "generator_cpu": (cpu1 - cpu0) / wall,
            "events_per_s": (events1 - events0) / wall,
            "bytes_per_s": (bytes1 - bytes0) / wall,
        }

    def account(self) -> dict[str, object]:
        """Hold what came against what was acknowledged, report by report and recipient by recipient."""
        count = len(self.reports)
        status, received_us, answered_us = (np.zeros(count, dtype=np.int64) for _ in range(3))
        for number, (at_us, code, body) in self.answers.items():
            tokens = self.requests[number][2]
            if code == 207:
                lines = [json.loads(line) for line in body.splitlines()]
            else:
                lines = [{"status": code, "body": json.loads(body)}]
            for token, line in zip(tokens, lines, strict=True):
                answered_us[token], status[token] = at_us, line["status"]
                if line["status"] == 201:
                    received_us[token] = _received_us(line["body"])
        accepted = status == 201
        flight_of = np.array([flight for _, _, flight in self.reports])
        due_us = np.array([due for due, *_ in self.reports], dtype=np.int64)
        alliance_of = np.array([self.senders[sender][1] for _, sender, *_ in self.reports])
        is_measured = due_us >= self.begin_us + round(1e6 * self.options.warm)
        shown = [
            (at_us, {int(flight_of[token]): t for t in times if (token := self.by_time.get(t)) is not None})
            for at_us, times in self.shown
        ]
        unknown = sum(t not in self.by_time for _, times in self.shown for t in times)
        lost, pairs, latencies, prompt = 0, 0, [], []
        sequences: dict[tuple[int, ...], list[int]] = {}
        group_of = {name: group for group, names in self.crowd.groups.items() for name in names}
        for index, bodies in enumerate(self.bodies_of):
            sequences.setdefault((group_of[self.names[index]], *bodies), []).append(index)
        for (group, *bodies), members in sequences.items():
            arrivals = np.array([self.arrivals_of[index] for index in members], dtype=np.int64).reshape(
                len(members), -1
            )
            delay_us = np.array([round(1e6 * self.crowd.delays_s(a).get(group, -1.0)) for a in alliance_of])
            entitled = accepted & (delay_us >= 0)
            first = self._first_shown(
                entitled, received_us + delay_us, due_us, flight_of, [shown[b] for b in bodies]
            )
            lost += int((first[entitled] < 0).sum()) * len(members)
            pairs += int(entitled.sum()) * len(members)
            good = np.flatnonzero(entitled & is_measured & (first >= 0))
            waits = arrivals[:, first[good]] - (self.sent_us + delay_us)[good]
            latencies.append(waits.ravel())
            prompt.append(waits[:, delay_us[good] == 0].ravel())
        return {
            "sent": count,
            "accepted": int(accepted.sum()),
            "refused": int(((status != 201) & (status != 0)).sum()),
            "unanswered": int((status == 0).sum()),
            "sets": len(sequences),
            "pairs": pairs,
            "lost": lost,
            "gaps": self.gaps,
            "states_unknown": unknown,
            "deliver_ms": percentiles(np.concatenate(latencies)),
            "deliver_undelayed_ms": percentiles(np.concatenate(prompt)),
            "receipt_ms": percentiles((answered_us - self.sent_us)[accepted & is_measured]),
            "generator_late_ms": percentiles(self.late_us[is_measured]),
            "signing_us": self.signing_us / count,
        }

    @staticmethod
    def _first_shown(
        entitled: np.ndarray,
        from_us: np.ndarray,
        state_us: np.ndarray,
        flight_of: np.ndarray,
        events: list[tuple[int, dict[int, int]]],
    ) -> np.ndarray:
        """Index of the first event that shows the flight of each report as it says or later; -1: none.

        An event counts for a report only if it is of the instant at which the report was due or later.
        """
        first = np.full(entitled.size, -1, dtype=np.int64)
        for flight in np.unique(flight_of):
            tokens = np.flatnonzero(entitled & (flight_of == flight))
            here = [
                (at_us, states[flight], n) for n, (at_us, states) in enumerate(events) if flight in states
            ]
            if not here or not tokens.size:
                continue
            at, state, number = (np.array(column, dtype=np.int64) for column in zip(*here, strict=True))
            latest = np.maximum.accumulate(state)
            begin = np.maximum(
                np.searchsorted(at, from_us[tokens]), np.searchsorted(latest, state_us[tokens])
            )
            found = begin < at.size
            first[tokens[found]] = number[begin[found]]
        return first


def _received_us(receipt: dict[str, str]) -> int:
    return from_rfc3339(json.loads(b64decode(receipt["payload"]))["received_at"])


def percentiles(values_us: np.ndarray) -> dict[str, float]:
    if not values_us.size:
        return {}
    return {
        f"{p:g}": round(float(v) / 1e3, 2)
        for p, v in zip(PERCENTILES, np.percentile(values_us, PERCENTILES), strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kits", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--partners", type=int, default=200)
    parser.add_argument("--senders", type=int, default=20)
    parser.add_argument("--flights", type=int, default=25)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--warm", type=float, default=5.0)
    parser.add_argument("--bundle_ms", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    load = Load(options.kits, Crowd.of(options.partners, options.senders), options.port, options)
    count = options.senders * options.flights * options.rate * (options.warm + options.seconds)
    load.prepare(lead_s=3.0 + 0.03 * options.partners + 0.6e-3 * count)
    load.connect()
    seen = load.run(drain_s=6.0)
    print(json.dumps({**seen, **load.account()}), flush=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
