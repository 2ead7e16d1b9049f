"""A centre is killed at random instants, again and again, while partners submit; nothing may be lost.

The harness runs in a process of its own (`python test_nothing_is_lost.py FOLDER --cycles N --seed S`): it
forks a centre on a folder and plays all partners. In each cycle the centre gets SIGKILL after a random time,
while it starts, stores, seals or publishes; its clock jumps between cycles, and rubbish is left at the end of
the write-ahead log, as a torn write leaves it. Partners send again whatever was not answered and follow their
feeds from where they were; one of them is a witness of the log. `SYNASPIS_KILL_CYCLES=1000` runs it for long.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from synaspis.agreement import load_book
from synaspis.core.clock import SECOND_US, SystemClock, to_rfc3339
from synaspis.exchange.centre import Centre
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.sealing import Sealing
from synaspis.exchange.settings import Settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.log import Checkpoint, open_note, verify_log
from synaspis.messages import Text, TrackReport

PARTNERS = ("alpha", "bravo", "charlie")
SETTINGS = Settings(tick_us=5_000, seal_us=10_000, bucket=8, snapshot_ticks=7)
CYCLES = int(os.environ.get("SYNASPIS_KILL_CYCLES", "30"))
STARTING_S, ENDING_S = 0.1, 0.02
ANSWERS_MAX = 28
"""A life ends some time after so many answers at most: a slow machine says as much in it as a quick one."""

LIVES_MAX = 5
"""As many times the lives may be as many as are asked for, until enough was said in them."""


class Jumping:
    """The clock of the machine, put forward or back by some seconds."""

    def __init__(self, offset_us: int) -> None:
        self.offset_us = offset_us

    def now_us(self) -> int:
        return SystemClock().now_us() + self.offset_us


def frame(kind: bytes, name: str, body: bytes) -> bytes:
    head = name.encode()
    return kind + struct.pack("<BI", len(head), len(body)) + head + body


class Outbox:
    """Frames into a pipe that may be full: what does not fit waits, so that nobody waits for us."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor, self._rest = descriptor, bytearray()

    def __len__(self) -> int:
        return len(self._rest)

    def put(self, data: bytes = b"") -> None:
        """Add a frame and write what fits."""
        self._rest += data
        try:
            while self._rest:
                del self._rest[: os.write(self._descriptor, self._rest[:65_536])]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._rest.clear()


class Frames:
    """Frames out of a pipe, as they come."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor, self._rest = descriptor, b""

    def read(self, wait_s: float) -> Iterator[tuple[bytes, str, bytes]] | None:
        """Frames that are there after at most a time; None at the end of the pipe."""
        ready, _, _ = select.select([self.descriptor], [], [], max(0.0, wait_s))
        if ready:
            got = os.read(self.descriptor, 1 << 20)
            if not got:
                return None
            self._rest += got
        return iter(list(self._whole()))

    def _whole(self) -> Iterator[tuple[bytes, str, bytes]]:
        while len(self._rest) >= 6:
            name, body = struct.unpack("<BI", self._rest[1:6])
            end = 6 + name + body
            if len(self._rest) < end:
                return
            yield self._rest[:1], self._rest[6 : 6 + name].decode(), self._rest[6 + name : end]
            self._rest = self._rest[end:]


def written(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def events_json(events) -> bytes:
    return json.dumps([[e.counter, e.type, e.salt.hex(), e.data.decode()] for e in events]).encode()


def serve(folder: Path, actors: Rehearsal, offset_us: int, inward: int, outward: int) -> None:
    """The centre, until it is killed."""
    store = SqliteStore(folder / "centre.sqlite")
    book = load_book("demo")

    def announce(events):
        for name, news in events.items():
            written(outward, frame(b"E", name, events_json(news)))

    centre = Centre(
        SETTINGS,
        book,
        actors.centre_keys,
        store,
        Jumping(offset_us),
        log_folder=folder / "log",
        partners=actors.partners,
        announce=announce,
    )
    frames, seal_s = Frames(inward), 0.0
    written(outward, frame(b"R", "", b""))
    while True:
        for kind, name, body in frames.read(0.002) or ():
            if kind == b"S":
                digest = hashlib.sha256(body).hexdigest()

                def answered(answer, name=name, digest=digest):
                    said = b"%d %b %b" % (answer.status, digest.encode(), answer.body)
                    written(outward, frame(b"A", name, said))

                centre.submit(name, body).on_answer(answered)
            elif kind == b"F":
                written(outward, frame(b"E", name, events_json(centre.feed(name, int(body), 50))))
            elif kind == b"K" and (note := centre.checkpoint()) is not None:
                size = Checkpoint.parse(note.decode().partition("\n\n")[0] + "\n").size
                proof = [h.hex() for h in centre.consistency(int(body), size)] if 0 < int(body) < size else []
                written(outward, frame(b"K", name, json.dumps([note.decode(), int(body), proof]).encode()))
            elif kind == b"W":
                centre.add_cosignature(name, body)
        centre.tick()
        if time.monotonic() >= seal_s:
            centre.seal()
            seal_s = time.monotonic() + 0.02


class Actor:
    """A partner: what it has sent, what was answered, what it has received."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.unanswered: dict[str, bytes] = {}
        self.receipts: dict[str, bytes] = {}
        self.refused: dict[str, str] = {}
        self.feed: list[list[object]] = []
        self.texts: set[str] = set()


class Harness:
    """The partners, and the hand on the switch."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.rng, self.violations = folder, Random(seed), []
        self.actors = {name: Actor(name) for name in PARTNERS}
        self.rehearsal = Rehearsal(
            load_book("demo"), SystemClock().now_us(), folder / "unused", settings=SETTINGS, partners=PARTNERS
        )
        self.witness = self.rehearsal.witness("alpha", folder / "witness")
        self.number, self.size, self.cosigned, self.kills, self.torn = 0, 0, 0, 0, 0
        self.tracks: set[str] = set()
        self.label = load_book("demo").default_label()

    def envelope(self, sender: str, offset_us: int) -> bytes:
        """A new message, signed."""
        self.number += 1
        now_us = SystemClock().now_us()
        if self.number % 5:
            body = Text(text=f"Message {self.number}.")
        else:
            body = TrackReport(
                track=f"T-{sender}",
                time=to_rfc3339(now_us),
                position_ecef_m=(6_700_000.0, 1_000.0 * (self.number % 100), 0.0),
                velocity_ecef_m_s=(0.0, 3_000.0, 0.0),
                covariance=tuple(
                    1e4 if at in (0, 2, 5) else 1e2 if at in (9, 14, 20) else 0.0 for at in range(21)
                ),
                estimate="track",
                sensor="radar",
                quality=0.9,
            )
        line = Line(sender, body, self.label, now_us + min(0, offset_us), now_us, f"{self.number:032x}")
        raw = self.rehearsal.envelope(line)
        if isinstance(body, TrackReport):  # these reach nobody as they are, but in pictures
            self.tracks.add(hashlib.sha256(raw).hexdigest())
        return raw

    def warm_up(self) -> None:
        """Have everything loaded and compiled that a centre needs, so that its lives need not be long."""
        for offset_us in range(5):
            sender = PARTNERS[offset_us % 3]
            self.rehearsal.centre.submit(sender, self.envelope(sender, 0))
        self.rehearsal.play((), self.rehearsal.clock.now_us() + 3 * SECOND_US)

    def cycle(self, offset_us: int, *, is_last: bool = False) -> None:
        """One life of the centre."""
        inward, to_centre = os.pipe()
        from_centre, outward = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(to_centre)
            os.close(from_centre)
            try:
                serve(self.folder, self.rehearsal, offset_us, inward, outward)
            except BrokenPipeError:
                os._exit(0)
            except BaseException as error:
                text = f"{type(error).__name__}: {error}"
                written(outward, frame(b"X", "", text.encode()))
                os._exit(1)
        os.close(inward)
        os.close(outward)
        try:
            self.play(Outbox(to_centre), Frames(from_centre), offset_us, is_last=is_last)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(to_centre)
            os.close(from_centre)
        self.kills += 1
        if self.rng.random() < 0.3:
            self.tear()

    def tear(self) -> None:
        """Leave behind what a write that the machine did not finish leaves."""
        place = self.folder / "centre.sqlite-wal"
        if place.exists():
            with place.open("ab") as stream:
                stream.write(self.rng.randbytes(self.rng.randrange(1, 5000)))
            self.torn += 1

    def play(self, pipe: Outbox, frames: Frames, offset_us: int, *, is_last: bool) -> None:
        begun_s, is_up, next_s = time.monotonic(), False, 0.0
        # One life in four ends while the centre starts, the others some time after it gave some answers.
        dies_early = not is_last and self.rng.random() < 0.25
        end_s = begun_s + (self.rng.uniform(0.0, STARTING_S) if dies_early else 120.0)
        is_counted = not dies_early and not is_last
        answers = self.rng.randrange(ANSWERS_MAX)
        while (now_s := time.monotonic()) < end_s and not (is_last and self.is_quiet()):
            if now_s > begun_s + 119.0:
                self.violations.append("partners were not served within two minutes")
                return
            pipe.put()
            got = frames.read(0.002)
            if got is None:
                return
            for kind, name, body in got:
                if kind == b"R":
                    is_up = True
                    self.greet(pipe)
                elif kind == b"X":
                    self.violations.append(f"the centre fell: {body.decode()}")
                    return
                else:
                    answers -= kind == b"A"
                    self.hear(pipe, kind, name, body)
            if is_counted and is_up and answers <= 0:
                is_counted, end_s = False, time.monotonic() + self.rng.uniform(0.0, ENDING_S)
            if is_up and now_s >= next_s and not pipe:
                next_s = now_s + 0.004
                self.act(pipe, offset_us, sends=not is_last)

    def greet(self, pipe: Outbox) -> None:
        """Connect: send again what was not answered, and ask for the feed from where it was left."""
        for actor in self.actors.values():
            for raw in actor.unanswered.values():
                pipe.put(frame(b"S", actor.name, raw))
            pipe.put(frame(b"F", actor.name, b"%d" % len(actor.feed)))

    def act(self, pipe: Outbox, offset_us: int, *, sends: bool) -> None:
        if sends:
            actor = self.actors[self.rng.choice(PARTNERS)]
            for _ in range(self.rng.randrange(3)):
                raw = self.envelope(actor.name, offset_us)
                actor.unanswered[hashlib.sha256(raw).hexdigest()] = raw
                pipe.put(frame(b"S", actor.name, raw))
        if not sends or self.rng.random() < 0.2:
            pipe.put(frame(b"K", "alpha", b"%d" % self.size))
        if not sends or self.rng.random() < 0.05:  # one that reconnects in a loop
            actor = self.actors[self.rng.choice(PARTNERS)]
            pipe.put(frame(b"F", actor.name, b"%d" % len(actor.feed)))

    def hear(self, pipe: Outbox, kind: bytes, name: str, body: bytes) -> None:
        actor = self.actors[name]
        if kind == b"A":
            status, digest, answer = body.split(b" ", 2)
            self.answered(actor, int(status), digest.decode(), answer)
        elif kind == b"E":
            for event in json.loads(body):
                self.received(actor, event)
        elif kind == b"K":
            note, since, proof = json.loads(body)
            self.witnessed(pipe, note.encode(), since, [bytes.fromhex(each) for each in proof])

    def answered(self, actor: Actor, status: int, digest: str, answer: bytes) -> None:
        actor.unanswered.pop(digest, None)
        if status not in (200, 201):
            actor.refused[digest] = json.loads(base64.b64decode(json.loads(answer)["payload"]))["code"]
        elif actor.receipts.setdefault(digest, answer) != answer:
            self.violations.append(f"{actor.name} got two receipts for one envelope")

    def received(self, actor: Actor, event: list[object]) -> None:
        counter = event[0]
        if counter <= len(actor.feed):
            if actor.feed[counter - 1] != event:
                self.violations.append(f"event {counter} of {actor.name} came in two versions")
        elif counter == len(actor.feed) + 1:
            actor.feed.append(event)
            if event[1] == "message" and (raw := json.loads(event[3]).get("envelope")) is not None:
                digest = hashlib.sha256(raw.encode()).hexdigest()
                if digest in actor.texts:
                    self.violations.append(f"{actor.name} got a message twice as new")
                actor.texts.add(digest)
        # One further on comes again with the next request: a gap is asked for, never taken.

    def witnessed(self, pipe: Outbox, note: bytes, since: int, proof: list[bytes]) -> None:
        keys = [signer.verifier for signer in self.rehearsal.centre_keys.log]
        size = Checkpoint.parse(open_note(note, keys).text).size
        if size < self.size:
            self.violations.append(f"the log shrank from {self.size} to {size}")
        elif size > self.size == since:  # an answer to an older question proves nothing that is new
            try:
                lines = self.witness.update(note, proof)
            except Exception as error:
                self.violations.append(f"the witness refused: {error}")
            else:
                self.size, self.cosigned = size, self.cosigned + 1
                pipe.put(frame(b"W", "alpha", lines))

    def is_quiet(self) -> bool:
        """Whether everything that was accepted has reached everybody who gets it."""
        if not self.size or any(actor.unanswered for actor in self.actors.values()):
            return False
        texts = {digest for actor in self.actors.values() for digest in actor.receipts} - self.tracks
        return all(texts <= actor.texts for actor in self.actors.values())

    def run(self, cycles: int) -> dict[str, object]:
        self.warm_up()
        # Where little was said in so many lives, there are more.
        while not self.violations and (
            self.kills < cycles or (self.kills < LIVES_MAX * cycles and not self.has_tested(cycles))
        ):
            self.cycle(self.rng.choice((0, 0, 1, -1, 2, -2)) * SECOND_US // 2)
        self.cycle(0, is_last=True)
        self.judge()
        return {
            "cycles": cycles,
            "kills": self.kills,
            "torn": self.torn,
            "sent": self.number,
            "accepted": sum(len(actor.receipts) for actor in self.actors.values()),
            "refused": sorted({code for actor in self.actors.values() for code in actor.refused.values()}),
            "events": {name: len(actor.feed) for name, actor in self.actors.items()},
            "is_test": self.has_tested(cycles),
            "cosigned": self.cosigned,
            "violations": self.violations,
        }

    def has_tested(self, cycles: int) -> bool:
        """Whether so much was sent, accepted, received and cosigned that so many cycles were a test."""
        accepted = sum(len(actor.receipts) for actor in self.actors.values())
        received = min(len(actor.feed) for actor in self.actors.values())
        return accepted > 3 * cycles and received > 2 * cycles and self.cosigned > cycles // 3

    def judge(self) -> None:
        """Hold what partners have against what is stored, and the log against itself."""
        store = SqliteStore(self.folder / "centre.sqlite")
        try:
            # The start after the last kill puts the public files in order.
            Sealing(self.folder / "log", SETTINGS, self.rehearsal.centre_keys, store)
            for actor in self.actors.values():
                stored = store.known(list(actor.receipts))
                for digest, receipt in actor.receipts.items():
                    if digest not in stored or stored[digest].receipt != receipt:
                        self.violations.append(f"an acknowledged message of {actor.name} is not in the log")
                kept = json.loads(events_json(store.feed(actor.name, 0, 1 << 30)))
                if kept[: len(actor.feed)] != actor.feed:
                    self.violations.append(f"the stored feed of {actor.name} is not what it received")
                numbers = [event[0] for event in kept]
                if numbers != list(range(1, len(kept) + 1)):
                    self.violations.append(f"the counters of {actor.name} have gaps")
        finally:
            store.close()
        report = verify_log(self.folder / "log", [s.verifier.vkey for s in self.rehearsal.centre_keys.log])
        if report.verdict != "intact":
            self.violations.append(f"the public log is {report.verdict}: {report.detail}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cycles", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(Harness(given.folder, given.seed).run(given.cycles)))


@pytest.mark.parametrize("seed", [1])
def test_a_centre_that_is_killed_at_random_loses_nothing(tmp_path, seed):
    command = [sys.executable, __file__, str(tmp_path), "--cycles", str(CYCLES), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600 + 2 * CYCLES)
    assert done.returncode == 0, done.stderr[-4000:]
    result = json.loads(done.stdout)
    assert result["violations"] == []
    assert result["kills"] > CYCLES
    assert result["is_test"], result


if __name__ == "__main__":
    main()
