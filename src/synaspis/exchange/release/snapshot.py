"""The state of release as bytes: canonical JSON, pictures in base64.

Whatever is the same object for many entries (items, plans, messages) is written once and referred to by its
place in a list.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from synaspis.agreement import Item
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.release.correlation import Announced
from synaspis.exchange.release.rights import Basis, Plan, Rights
from synaspis.exchange.release.roster import Roster
from synaspis.exchange.release.sets import Partition, ReleaseSet
from synaspis.exchange.release.statements import Held, Statements
from synaspis.exchange.release.waiting import Change, Entry, Wave
from synaspis.fusion import Picture
from synaspis.messages import canonical_json

FORMAT: Final = "synaspis.release/1"


class Clockwork(NamedTuple):
    """Where release stands on its grid; see `Releaser`."""

    tick_us: int
    done_us: int
    sweep_us: int | None
    pushed: int


def write_snapshot(
    clockwork: Clockwork,
    roster: Roster,
    rights: Rights,
    statements: Statements,
    partition: Partition,
    entries: Sequence[Entry],
) -> bytes:
    """Write all of it."""
    writer = _Writer()
    state = {
        "format": FORMAT,
        "clockwork": list(clockwork),
        "partners": roster.known,
        "in_force": [[since_us, policy.version] for since_us, policy in rights.in_force],
        "waiting": [
            [due_us, reference, number, writer.waiting(what)]
            for due_us, reference, number, what in sorted(entries, key=lambda entry: entry[:3])
        ],
        "remembered": [
            [list(entry[:4]), writer.item(entry.item), writer.basis(entry.basis), entry.received_us]
            for entry in statements.memory.entries()
        ],
        "announced": [_announced(each) for each in statements.announced.values()],
        "sets": [writer.release_set(each) for each in partition.sets],
    }
    return canonical_json(
        {**state, "items": writer.items, "plans": writer.plans, "messages": writer.messages}
    )


def _announced(each: Announced) -> list[Any]:
    told = [
        [at_us, mask, None if body is None else body.model_dump(mode="json", exclude_none=True)]
        for at_us, mask, body in each.told
    ]
    return [each.reference, each.sender, each.exercise, each.until_us, told]


class _Writer:
    """Writes parts of the state and gathers what they share."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.plans: list[Any] = []
        self.messages: list[Any] = []
        self._items: dict[tuple[Item, int | None], int] = {}
        self._plans: dict[Plan, int] = {}
        self._messages: dict[str, int] = {}

    def item(self, item: Item) -> int:
        # Labels that differ in their time of marking alone are equal, and are shown with it.
        key = (item, item.label.created_us)
        if key not in self._items:
            self._items[key] = len(self.items)
            regions = None if item.regions is None else list(item.regions)
            label = item.label.to_json()
            self.items.append([item.sender, item.product, label, item.missile_class, regions, item.exercise])
        return self._items[key]

    def basis(self, basis: Basis) -> list[Any]:
        return [[self.item(item), since_us] for item, since_us in basis]

    def plan(self, plan: Plan) -> int:
        if plan not in self._plans:
            self._plans[plan] = len(self.plans)
            self.plans.append(plan.parts)
        return self._plans[plan]

    def message(self, accepted: Accepted) -> int:
        if accepted.digest not in self._messages:
            self._messages[accepted.digest] = len(self.messages)
            self.messages.append(
                {
                    "item": self.item(accepted.item),
                    "envelope": accepted.envelope.decode(),
                    "digest": accepted.digest,
                    "received_us": accepted.received_us,
                    "record": accepted.record.decode(),
                    "salt": accepted.salt.hex(),
                    "findings": [list(found) for found in accepted.findings],
                }
            )
        return self._messages[accepted.digest]

    def waiting(self, what: Held | Wave | Change) -> dict[str, Any]:
        if isinstance(what, Change):
            return {"version": what.version}
        if isinstance(what, Held):
            return {
                "message": self.message(what.accepted),
                "basis": self.basis(what.basis),
                "concerns": what.concerns,
                "grant": what.grant,
                "version": what.version,
            }
        sighting = what.sighting
        return {
            "track": sighting.body.model_dump(mode="json", exclude_none=True),
            "item": self.item(sighting.item),
            "source": sighting.source,
            "label": sighting.label.to_json(),
            "reference": sighting.reference,
            "received_us": sighting.received_us,
            "plan": self.plan(what.plan),
            "delay_us": what.delay_us,
            "mask": what.mask,
        }

    def release_set(self, each: ReleaseSet) -> dict[str, Any]:
        return {
            "mask": each.mask,
            "pictures": [[exercise, _base64(picture)] for exercise, picture in each.pictures.items()],
            "areas": [[source, _base64(picture)] for source, picture in each.areas.items()],
            "sources": [
                [
                    source,
                    [label.to_json() for label in shown.labels],
                    [self.plan(plan) for plan in shown.plans],
                    shown.exact,
                    shown.latest_us,
                ]
                for source, shown in each.sources.items()
            ],
            "members": [[*key, members] for key, members in each.members.items()],
            "told": [[source, level, *when] for (source, level), when in each.told.items()],
            "seen": [[sender, list(tracks.items())] for sender, tracks in each.seen.items()],
            "fed": list(each.fed.items()),
        }


def _base64(picture: Picture) -> str:
    return b64encode(picture.to_bytes()).decode()
