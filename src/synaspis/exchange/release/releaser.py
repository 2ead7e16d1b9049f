"""Release: what was accepted goes out to those who may see it, when they may, as far as they may."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush
from typing import Protocol

from synaspis.agreement import Label
from synaspis.core.clock import SECOND_US
from synaspis.core.errors import InputError
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.release.events import References, notice_event
from synaspis.exchange.release.outgoing import Delivery, Outgoing, Rank
from synaspis.exchange.release.restoring import SnapshotReader
from synaspis.exchange.release.rights import Rights, Rulings
from synaspis.exchange.release.roster import Roster
from synaspis.exchange.release.sets import SourceTrack
from synaspis.exchange.release.snapshot import FORMAT, Clockwork, write_snapshot
from synaspis.exchange.release.statements import Held, Statements
from synaspis.exchange.release.tracks import Due, Sighting, Tracks
from synaspis.exchange.release.waiting import Change, Entry, Wave
from synaspis.messages import TrackReport


class Grid(Protocol):
    """What release needs to know of the settings of a centre."""

    @property
    def tick_us(self) -> int:
        """Step of the time grid, microseconds."""
        ...


class Releaser:
    """Who gets what, when: deterministic, in memory, without a clock.

    policy: in force from the start. settings: its `tick_us` is the step of the time grid. secret: key of the
    references by which extracts name messages, at least 16 bytes.

    Everything that falls due in one cell of the grid is worked off together, once the cell is over. So what a
    recipient gets, and in which order, follows from the instants at which messages were received and not from
    the instants at which `advance` is called.
    """

    def __init__(self, policy: Rulings, settings: Grid, secret: bytes) -> None:
        self._tick_us = settings.tick_us
        self._roster = Roster(policy.partners)
        self._rights = Rights(policy, self._roster)
        self._references = References(secret)
        self._statements = Statements(self._rights, self._roster, self._references)
        self._tracks = Tracks(self._rights, self._references, self._roster.mask(policy.partners))
        self._entries: list[Entry] = []
        self._pushed = 0
        self._done_us = 0
        self._sweep_us: int | None = None

    def accept(self, accepted: Accepted) -> None:
        """Take a message in and plan its release by the agreements in force when it was received."""
        policy = self._rights.policy_at(accepted.received_us)
        if isinstance(accepted.message.body, TrackReport):
            self._accept_track(accepted, accepted.message.body, policy)
        else:
            reference = self._statements.reference(accepted)
            for held in self._statements.take(accepted, policy):
                self._push(held.grant.due_us, reference, held)

    def _accept_track(self, accepted: Accepted, body: TrackReport, policy: Rulings) -> None:
        message, label = accepted.message, accepted.item.label
        if label.created_us is not None:
            label = Label(label.policy, label.classification, label.categories)
        sighting = Sighting(
            accepted.item,
            SourceTrack(message.exercise or "", message.sender, body.track),
            label,
            self._references.message(message.sender, message.id),
            accepted.received_us,
            body,
        )
        plan = self._rights.plan(accepted.item, policy)
        for delay_us, mask in plan.delays:
            wave = Wave(sighting, plan, delay_us, mask)
            self._push(accepted.received_us + delay_us, sighting.reference, wave)

    def _push(self, due_us: int, reference: str, what: Held | Wave | Change) -> None:
        # What comes for a cell that is over joins the next one, so that feeds keep the order of time.
        due_us = max(due_us, self._done_us + 1)
        if isinstance(what, Held):
            what.grant = what.grant._replace(due_us=due_us)
        self._pushed += 1
        heappush(self._entries, (due_us, reference, self._pushed, what))

    def adopt(self, policy: Rulings, at_us: int) -> None:
        """Put other agreements in force from an instant on.

        What was accepted earlier and is released later is decided anew when it is due. Every partner is told:
        the version of the policy stands in every event, so that the notice betrays nothing.
        Raises ValueError for an instant before the newest policy.
        """
        self._rights.adopt(policy, at_us)
        self._tracks.partition.add(self._roster.mask(policy.partners))
        self._push(at_us, "", Change(policy.version))

    def advance(self, at_us: int) -> list[Delivery]:
        """Release all that was due in the cells of the grid that are over at an instant, in order."""
        end_us = at_us // self._tick_us * self._tick_us
        outgoing: list[Delivery] = []
        while (cell_us := self._next_cell_us()) is not None and cell_us <= end_us:
            outgoing += self._cell(cell_us)
        self._done_us = max(self._done_us, end_us)
        self._rights.forget_before(self._done_us)
        return outgoing

    def to_bytes(self) -> bytes:
        """The whole state, canonical JSON; `from_bytes` makes a releaser of it with the same future."""
        clockwork = Clockwork(self._tick_us, self._done_us, self._sweep_us, self._pushed)
        return write_snapshot(
            clockwork, self._roster, self._rights, self._statements, self._tracks.partition, self._entries
        )

    @classmethod
    def from_bytes(
        cls, raw: bytes, policies: Mapping[str, Rulings], settings: Grid, secret: bytes
    ) -> Releaser:
        """The releaser that `to_bytes` wrote.

        policies: by version, at least those in force. Raises ValueError for anything else.
        """
        reader = SnapshotReader(raw, policies)
        clockwork = reader.clockwork
        if clockwork.tick_us != settings.tick_us:
            step_us = clockwork.tick_us
            raise ValueError(f"the snapshot has a grid of {step_us} us, the settings {settings.tick_us} us")
        try:
            releaser = cls(reader.in_force[0][1], settings, secret)
            releaser._done_us, releaser._sweep_us, releaser._pushed = clockwork[1:]
            reader.fill_roster(releaser._roster)
            reader.fill_rights(releaser._rights)
            reader.fill_statements(releaser._statements)
            reader.fill_partition(releaser._tracks.partition)
            releaser._entries = reader.entries()
        except (ArithmeticError, AttributeError, InputError, LookupError, TypeError, ValueError) as error:
            raise ValueError(f"not a snapshot of the format {FORMAT}: {error!r:.200}") from error
        return releaser

    def _next_cell_us(self) -> int | None:
        instants = [self._entries[0][0]] if self._entries else []
        if self._sweep_us is not None:
            instants.append(self._sweep_us)
        return self._end_of_cell(min(instants)) if instants else None

    def _end_of_cell(self, instant_us: int) -> int:
        return -(-instant_us // self._tick_us) * self._tick_us

    def _cell(self, end_us: int) -> list[Delivery]:
        """Work off all that is due up to the end of a cell."""
        sweep = self._sweep_us is not None and self._sweep_us <= end_us
        held: list[Held] = []
        due: list[Due] = []
        outgoing: list[Outgoing] = []
        while self._entries and self._entries[0][0] <= end_us:
            due_us, reference, _, what = heappop(self._entries)
            if isinstance(what, Wave):
                due += self._settled_wave(what, due_us)
            elif isinstance(what, Held):
                held += self._settled(what, due_us, reference)
            else:
                outgoing.append(self._notice(what, due_us))
        outgoing += self._statements.release(held)
        outgoing += self._tracks.release(due, end_us, sweep=sweep)
        self._done_us = end_us
        if sweep or self._sweep_us is None:
            live = any(each.live for each in self._tracks.partition.sets)
            self._sweep_us = (end_us // SECOND_US + 1) * SECOND_US if live else None
        self._statements.forget_before(end_us)
        return self._in_order(outgoing)

    def _settled_wave(self, wave: Wave, due_us: int) -> list[Due]:
        """A track report that is due, by the rights of now; what is due only later goes back."""
        sighting = wave.sighting
        plan = self._rights.plan(sighting.item, self._rights.policy_at(due_us))
        if plan is wave.plan:
            delays = [(wave.delay_us, wave.mask)]
        else:
            delays = [(delay_us, both) for delay_us, mask in plan.delays if (both := mask & wave.mask)]
        settled = []
        for delay_us, mask in delays:
            if plan is not wave.plan and sighting.received_us + delay_us > due_us:
                later = Wave(sighting, plan, delay_us, mask)
                self._push(sighting.received_us + delay_us, sighting.reference, later)
                continue
            for quality, group in plan.waves[delay_us]:
                if both := group & mask:
                    settled.append(Due(due_us, sighting, plan, quality, both))
        return settled

    def _settled(self, held: Held, due_us: int, reference: str) -> list[Held]:
        """A message that is due, by the rights of now; what is due only later goes back."""
        policy = self._rights.policy_at(due_us)
        if policy.version == held.version:
            return [held]
        settled = []
        for again in self._statements.again(held, policy):
            if again.grant.due_us <= due_us:
                settled.append(again)
            else:
                self._push(again.grant.due_us, reference, again)
        return settled

    def _notice(self, change: Change, at_us: int) -> Outgoing:
        text = (
            f"From now on the agreements of policy version {change.version} decide. What is released later "
            "is decided by those in force at that time, also where it was received before."
        )
        body = notice_event(at_us=at_us, policy=change.version, code="agreements-changed", text=text)
        return Outgoing(at_us, Rank.NOTICE, body, "notice", self._rights.everybody_at(at_us))

    def _in_order(self, outgoing: list[Outgoing]) -> list[Delivery]:
        deliveries = []
        for at_us, _, body, kind, mask in sorted(outgoing):
            # Whoever takes part no longer gets nothing more, not even the end of a track.
            mask &= self._rights.everybody_at(at_us)
            if mask:
                deliveries.append(Delivery(self._roster.names(mask), kind, body, at_us))
        return deliveries
