"""The state of release read back from a snapshot."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from synaspis.agreement import Item, Label
from synaspis.core.errors import InputError
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.release.correlation import Announced
from synaspis.exchange.release.memory import Remembered
from synaspis.exchange.release.rights import Basis, Grant, Part, Plan, Rights, Rulings
from synaspis.exchange.release.roster import Roster
from synaspis.exchange.release.sets import Partition, ReleaseSet, Shown, SourceTrack
from synaspis.exchange.release.snapshot import FORMAT, Clockwork
from synaspis.exchange.release.statements import Held, Statements
from synaspis.exchange.release.tracks import Sighting
from synaspis.exchange.release.waiting import Change, Entry, Wave
from synaspis.fusion import Picture
from synaspis.messages import Limits, PreLaunchNotification, TrackReport, read_message

_STORED: Final = Limits(1 << 24, 64, 1 << 20, 1 << 24)
"""What was accepted has passed the limits of its day."""


class SnapshotReader:
    """Reads what `write_snapshot` wrote.

    policies: by version. Raises ValueError for anything else, or where a policy in force is not given.
    """

    def __init__(self, raw: bytes, policies: Mapping[str, Rulings]) -> None:
        try:
            self._state = json.loads(raw)
            if self._state["format"] != FORMAT:
                raise ValueError(f"the format is {self._state['format']!r}")
            self.clockwork = Clockwork(*self._state["clockwork"])
            missing = [version for _, version in self._state["in_force"] if version not in policies]
            self._items = [_item(row) for row in self._state["items"]]
        except (AttributeError, InputError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise ValueError(f"not a snapshot of the format {FORMAT}: {error}") from error
        if missing:
            raise ValueError(f"the snapshot needs the policy {missing[0]}")
        self.in_force = [(since_us, policies[version]) for since_us, version in self._state["in_force"]]
        self._plans: list[Plan] = []
        self._messages: dict[int, Accepted] = {}

    def fill_roster(self, roster: Roster) -> None:
        """Give every partner the bit that it had."""
        roster.restore(self._state["partners"])

    def fill_rights(self, rights: Rights) -> None:
        """Put the policies in force, and make the plans that are still referred to."""
        rights.restore(self.in_force)
        self._plans = [
            rights.of(
                tuple(
                    Part(quality, delay_us, tuple(map(tuple, why)), mask)
                    for quality, delay_us, why, mask in parts
                )
            )
            for parts in self._state["plans"]
        ]

    def fill_statements(self, statements: Statements) -> None:
        """Remember what was remembered."""
        for (digest, sender, id, subject), item, basis, received_us in self._state["remembered"]:
            entry = (digest, sender, id, subject, self._items[item], self._basis(basis), received_us)
            statements.memory.remember(Remembered(*entry))
        for reference, sender, exercise, until_us, told in self._state["announced"]:
            entries = [
                (
                    at_us,
                    mask,
                    None if body is None else PreLaunchNotification.model_validate_json(json.dumps(body)),
                )
                for at_us, mask, body in told
            ]
            statements.announced[reference] = Announced(reference, sender, exercise, until_us, entries)

    def fill_partition(self, partition: Partition) -> None:
        """Put the release sets in place of those at the start."""
        partition.sets[:] = [self._release_set(each) for each in self._state["sets"]]

    def entries(self) -> list[Entry]:
        """What waits, in order."""
        return [
            (due_us, reference, number, self._waiting(what))
            for due_us, reference, number, what in self._state["waiting"]
        ]

    def _basis(self, rows: list[Any]) -> Basis:
        return tuple((self._items[item], since_us) for item, since_us in rows)

    def _message(self, number: int) -> Accepted:
        if number not in self._messages:
            row = self._state["messages"][number]
            envelope = row["envelope"].encode()
            payload = b64decode(json.loads(envelope)["payload"])
            self._messages[number] = Accepted(
                read_message(payload, _STORED),
                self._items[row["item"]],
                envelope,
                row["digest"],
                row["received_us"],
                row["record"].encode(),
                bytes.fromhex(row["salt"]),
                _findings(row["findings"]),
            )
        return self._messages[number]

    def _waiting(self, row: dict[str, Any]) -> Held | Wave | Change:
        if "track" in row:
            sighting = Sighting(
                self._items[row["item"]],
                SourceTrack(*row["source"]),
                Label.from_json(row["label"]),
                row["reference"],
                row["received_us"],
                TrackReport.model_validate_json(json.dumps(row["track"])),
            )
            return Wave(sighting, self._plans[row["plan"]], row["delay_us"], row["mask"])
        if "message" in row:
            quality, due_us, why, mask = row["grant"]
            return Held(
                self._message(row["message"]),
                self._basis(row["basis"]),
                tuple(row["concerns"]),
                Grant(quality, due_us, tuple(map(tuple, why)), mask),
                row["version"],
            )
        return Change(row["version"])

    def _release_set(self, row: dict[str, Any]) -> ReleaseSet:
        return ReleaseSet(
            row["mask"],
            {exercise: _picture(text) for exercise, text in row["pictures"]},
            {SourceTrack(*source): _picture(text) for source, text in row["areas"]},
            {
                SourceTrack(*source): Shown(
                    tuple(map(Label.from_json, labels)),
                    tuple(self._plans[plan] for plan in plans),
                    exact,
                    latest_us,
                )
                for source, labels, plans, exact, latest_us in row["sources"]
            },
            {
                (exercise, number): tuple((source, track) for source, track in members)
                for exercise, number, members in row["members"]
            },
            {
                (SourceTrack(*source), level): (time_us, at_us)
                for source, level, time_us, at_us in row["told"]
            },
            {
                sender: {SourceTrack(*source): latest_us for source, latest_us in tracks}
                for sender, tracks in row["seen"]
            },
            dict(row["fed"]),
        )


def _item(row: list[Any]) -> Item:
    sender, product, label, missile_class, regions, exercise = row
    return Item(
        sender,
        product,
        Label.from_json(label),
        missile_class,
        None if regions is None else tuple(regions),
        exercise,
    )


def _picture(text: str) -> Picture:
    return Picture.from_bytes(b64decode(text))


def _findings(rows: list[Any]) -> tuple[Any, ...]:
    if not rows:
        return ()
    # The rules bring the map of the world with them; a message that breaks none does without.
    from synaspis.messages.rules import Finding

    return tuple(Finding(*row) for row in rows)
