"""An exercise as a state machine: told the time and what each nation was delivered, it says who sends what.

It has no clock, socket, thread or file. The same document, seed, deliveries and instants give the same
messages, so that a run as fast as possible, in real time and over a network are one and the same exercise.
Whoever runs it asks `next_us` and `step`, hands what `step` returns to the centres, and gives back to `take`
what these deliver, unless a link is `is_cut` or a centre `is_dead`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import count
from typing import Any

import numpy as np

from synaspis.agreement import Category, Label
from synaspis.agreement.label import RELEASABLE_TO
from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.exercise.cells import Act, Cell
from synaspis.exercise.earlier import Earlier
from synaspis.exercise.faults import Faults
from synaspis.exercise.inject import Inject, centre_of
from synaspis.exercise.loader import Loaded
from synaspis.exercise.nations import PLAN
from synaspis.exercise.sensors import Planned, launch_report, radar_reports
from synaspis.exercise.surroundings import WHITE
from synaspis.exercise.truth import true_flights
from synaspis.exercise.written import referring, timed
from synaspis.messages import Body, SensorStatus, Text, TrackReport
from synaspis.messages.bodies import read_body

Make = Callable[[int], Body | None]


@dataclass(frozen=True)
class Said:
    """A message that somebody sends now: to which centre, how marked."""

    sender: str
    centre: str
    body: Body
    label: Label
    at_us: int


@dataclass(frozen=True)
class _Due:
    """What falls due: a message to be made, or something to be done that makes none."""

    sender: str
    make: Make
    planned: Planned | None = None
    inject: Inject | None = None
    label: Label | None = None


class Exercise:
    """One run of an exercise.

    loaded: what was checked. seed: of all chance, 0 or more. people: nations whose cells are played by
    people; their sensors report by themselves, and nothing else is said in their name.
    """

    def __init__(self, loaded: Loaded, seed: int, *, people: Collection[str] = ()) -> None:
        document = loaded.document
        self.loaded, self.seed, self.name = loaded, seed, document.name
        self.flights = true_flights(loaded)
        self.launched: dict[str, int] = {}
        self.done: dict[str, int] = {}
        self.faults = Faults(document)
        day = loaded.scenario.phase(document.phase).date
        self._serving = frozenset(asset.id for asset in loaded.scenario.in_service(day))
        self._cells = {
            name: Cell(name, nation, loaded.scenario, self._serving, loaded.responses)
            for name, nation in document.nations.items()
            if name not in people
        }
        self._injects = {inject_id: inject for _, _, inject_id, inject in document.injects()}
        self._chance = self._streams(seed)
        self._earlier = Earlier()
        self._queue: list[tuple[int, int, _Due]] = []
        self._order = count()
        self._plan()

    @property
    def digest(self) -> str:
        """SHA-256 of the exercise file, hexadecimal."""
        return sha256(self.loaded.text).hexdigest()

    def next_us(self) -> int | None:
        """Instant at which something falls due next; None when nothing will."""
        return self._queue[0][0] if self._queue else None

    def step(self, now_us: int) -> list[Said]:
        """Do what is due up to an instant; returns what is said, in order."""
        said: list[Said] = []
        while self._queue and self._queue[0][0] <= now_us:
            _, _, due = heapq.heappop(self._queue)
            said += self._do(due, now_us)
        return said

    def take(self, nation: str, centre: str, event: Mapping[str, Any], now_us: int) -> None:
        """Let a scripted cell see an event that its nation was delivered; others see for themselves."""
        self._earlier.take(nation, event)
        if (cell := self._cells.get(nation)) is not None:
            self._schedule(nation, cell.take(event, centre, now_us))

    def inject(self, inject_id: str, now_us: int) -> None:
        """Do an inject now, planned or not yet due; it is not done a second time.

        Raises InputError for an unknown one and for one that is done.
        """
        if inject_id not in self._injects:
            remedy = nearest(inject_id, tuple(self._injects))
            raise InputError(Fault(f"{inject_id!r} is no inject of the exercise", remedy=remedy))
        if inject_id in self.done:
            raise InputError(f"the inject {inject_id!r} was done at {to_rfc3339(self.done[inject_id])}")
        inject = self._injects[inject_id]
        self._push(now_us, _Due(inject.sender, lambda _: None, inject=inject))

    def is_cut(self, nation: str, centre: str, now_us: int) -> bool:
        """Whether a nation's link to a centre is lost."""
        return self.faults.cut_until_us(nation, centre, now_us) is not None

    def is_dead(self, centre: str, now_us: int) -> bool:
        """Whether a centre is down."""
        return self.faults.dead_until_us(centre, now_us) is not None

    def label(self, centre: str, classification: str | None = None, to: tuple[str, ...] = ()) -> Label:
        """Marking of a message for a centre; to: partners that alone may have it, if any are named."""
        lowest = self.loaded.books[centre].default_label()
        categories = (Category(RELEASABLE_TO, "PERMISSIVE", tuple(sorted(to))),) if to else ()
        return Label(lowest.policy, classification or lowest.classification, categories)

    def _streams(self, seed: int) -> dict[str, list[np.random.SeedSequence]]:
        """For each sensor a stream of chance for each flight, all of one seed."""
        document = self.loaded.document
        streams = {}
        nations = sorted(document.nations)
        for name, own in zip(nations, np.random.SeedSequence(seed).spawn(len(nations)), strict=True):
            sensors = sorted(document.nations[name].sensors)
            for sensor, each in zip(sensors, own.spawn(len(sensors)), strict=True):
                streams[sensor] = each.spawn(len(document.flights))
        return streams

    def _plan(self) -> None:
        loaded = self.loaded
        played = [name for name in loaded.document.nations if name not in self._cells]
        remarks = f"{loaded.document.id}; document {self.digest}; seed {self.seed}"
        remarks += f"; people {','.join(played)}" if played else ""
        self._push(loaded.starts_us, self._control("start", remarks=remarks))
        for inject in self._injects.values():
            self._push(self._instant_us(inject), _Due(inject.sender, lambda _: None, inject=inject))
        for name, nation in loaded.document.nations.items():
            if nation.plan is not None and name in self._cells:
                plan = read_body(PLAN, timed(nation.plan, loaded.starts_us))
                self._push(loaded.starts_us, _Due(name, partial(_unchanged, plan)))
            for sensor, entry in nation.sensors.items():
                for span in entry.outages:
                    begins = loaded.starts_us + round(span.begins.si * SECOND_US)
                    until = loaded.starts_us + round(span.until.si * SECOND_US)
                    self._push(begins, self._status(name, sensor, begins, until))
        self._push(loaded.ends_us, self._control("end"))

    def _instant_us(self, inject: Inject) -> int:
        return self.loaded.starts_us + round(inject.at.si * SECOND_US)

    def _push(self, due_us: int, due: _Due) -> None:
        heapq.heappush(self._queue, (due_us, next(self._order), due))

    def _schedule(self, sender: str, acts: Iterator[Act]) -> None:
        for act in acts:
            self._push(act.due_us, _Due(sender, act.make))

    def _do(self, due: _Due, now_us: int) -> Iterator[Said]:
        if due.inject is not None:
            yield from self._do_inject(due.inject, now_us)
            return
        if due.planned is not None and self.faults.is_blind(due.planned.sensor, due.planned.measured_us):
            return
        body = due.make(now_us)
        if body is None:
            return
        yield from self._say(due.sender, body, now_us, due.label)
        if due.planned is not None and isinstance(body, TrackReport) and due.sender in self._cells:
            self._schedule(due.sender, self._cells[due.sender].measure(body, now_us))

    def _say(self, sender: str, body: Body, now_us: int, label: Label | None = None) -> Iterator[Said]:
        """Send now, or when link and centre are back; tracks are of no use by then and are left out."""
        referred = getattr(body, "refers_to", None)
        centre = centre_of(body.kind if referred is None else referred.kind)
        back_us = self.faults.back_us(sender, centre, now_us)
        if back_us is None:
            yield Said(sender, centre, body, label or self.label(centre), now_us)
        elif not isinstance(body, TrackReport):
            self._push(back_us, _Due(sender, lambda _: body, label=label))

    def _do_inject(self, inject: Inject, now_us: int) -> Iterator[Said]:
        inject_id = next(name for name, each in self._injects.items() if each is inject)
        if inject_id in self.done:
            return
        self.done[inject_id] = now_us
        payload, remarks = inject.payload, {}
        if payload.flight is not None:
            self._launch(payload.flight, now_us)
        elif payload.kind is not None or payload.text is not None:
            body, missing = self._body_of(inject)
            if body is not None:
                yield from self._say_inject(inject, body, now_us)
            else:
                told = f"nothing was sent: {inject.sender} had been shown {' and '.join(missing)}"
                remarks = {"remarks": told}
        elif payload.sensor is not None and payload.lasts is not None:
            until_us = now_us + round(payload.lasts.si * SECOND_US)
            self.faults.begin(payload, now_us)
            self._push(now_us, self._status(inject.sender, payload.sensor, now_us, until_us))
        else:
            self.faults.begin(payload, now_us)
        done = self._control("inject-done", inject=inject_id, **remarks)
        # For the white cell alone: nations would learn of a launch before any sensor does.
        label = self.label(centre_of("exercise-control"), to=(WHITE,))
        yield from self._do(replace(done, label=label), now_us)

    def _body_of(self, inject: Inject) -> tuple[Body | None, list[str]]:
        """What an inject says now; None, and what is missing, where it names what its sender has not seen."""
        payload = inject.payload
        if payload.kind is None:
            return Text(text=payload.text or "-"), []
        timely = timed(payload.body, self.loaded.starts_us)
        told, missing = referring(timely, partial(self._earlier.find, inject.sender))
        return (None if missing else read_body(payload.kind, told)), missing

    def _say_inject(self, inject: Inject, body: Body, now_us: int) -> Iterator[Said]:
        centre = centre_of(body.kind, inject.payload.body)
        label = self.label(centre, inject.label.classification, inject.to)
        yield from self._say(inject.sender, body, now_us, label)

    def _launch(self, flight_id: str, now_us: int) -> None:
        """Let a flight begin: from here on its reports are planned, whatever may come between."""
        flight = self.flights[flight_id]
        self.launched[flight_id] = now_us
        number = tuple(self.flights).index(flight_id)
        assets = {asset.id: asset for asset in self.loaded.scenario.assets if asset.id in self._serving}
        for name, nation in self.loaded.document.nations.items():
            own = {sensor: assets[sensor] for sensor in nation.sensors}
            reports: list[Planned] = []
            radars = [asset for asset in own.values() if asset.kind == "radar"]
            for view in flight.views(radars):
                chance = np.random.default_rng(self._chance[view.asset.id][number])
                entry, track = nation.sensors[view.asset.id], f"{view.asset.id}-{len(self.launched)}"
                reports += radar_reports(flight, view, entry, now_us, track, chance)
            satellites = [asset for asset in own.values() if asset.kind == "satellite"]
            for sighting in flight.sightings(satellites):
                chance = np.random.default_rng(self._chance[sighting.asset.id][number])
                entry = nation.sensors[sighting.asset.id]
                reports.append(launch_report(flight, sighting, entry, now_us, chance))
            for planned in reports:
                self._push(planned.send_us, _Due(name, partial(_unchanged, planned.body), planned))

    def _status(self, sender: str, sensor: str, since_us: int, until_us: int) -> _Due:
        kind = next(asset.kind for asset in self.loaded.scenario.assets if asset.id == sensor)
        body = SensorStatus(
            sensor=sensor,
            sensor_kind="radar" if kind == "radar" else "infrared",
            state="off",
            since=to_rfc3339(since_us),
            until=to_rfc3339(until_us),
        )
        return _Due(sender, lambda _: body)

    def _control(self, action: str, **more: str) -> _Due:
        def make(now_us: int) -> Body:
            told = {"action": action, "exercise_time": to_rfc3339(now_us), **more}
            return read_body("exercise-control", told)

        return _Due(WHITE, make)


def _unchanged(body: Body, _now_us: int) -> Body:
    return body
