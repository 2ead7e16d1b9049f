"""What is sent under load and who may see it: three alliances, outsiders, and notional flights over them.

Within an alliance reports go whole, across as positions. The first alliance has associates, who see all of it
a second later; outsiders get positions of a part of it, later still. So there are six sets of partners with
equal rights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synaspis.core.clock import to_rfc3339
from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M
from synaspis.engine.ballistic import advance
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.messages import canonical_json

ALLIANCES = ("north", "south", "east")
ASSOCIATE_S, NEAR_S, FAR_S = 1.0, 2.0, 4.0
SIGMA_M, SIGMA_M_S = 30.0, 1.0
LABEL = {
    "Xmlns": "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0",
    "ConfidentialityInformation": {
        "PolicyIdentifier": "LOAD",
        "Classification": "UNCLASSIFIED",
        "Category": [],
    },
}
_ROWS, _COLUMNS = np.tril_indices(6)


@dataclass(frozen=True)
class Crowd:
    """Partners by group; senders are members of the cores."""

    groups: dict[str, list[str]]

    @classmethod
    def of(cls, partners: int, senders: int) -> Crowd:
        """Spread partners over the groups: a tenth are outsiders, the alliances share the rest."""
        names = [f"p{number:03d}" for number in range(partners)]
        outside = max(2, partners // 10)
        inside = names[: partners - outside]
        groups: dict[str, list[str]] = {}
        for number, alliance in enumerate(ALLIANCES):
            members = inside[number :: len(ALLIANCES)]
            core = len(members) if number else max(len(members) // 2, -(-senders // len(ALLIANCES)))
            groups[f"{alliance}-core"], groups[f"{alliance}-associates"] = members[:core], members[core:]
        groups["near"], groups["far"] = names[-outside::2], names[-outside + 1 :: 2]
        return cls(groups)

    @property
    def names(self) -> list[str]:
        return sorted(name for members in self.groups.values() for name in members)

    def senders(self, count: int) -> list[tuple[str, str]]:
        """Name and alliance of those who send: round the alliances."""
        turns = [
            (self.groups[f"{a}-core"][n], a)
            for n in range(count)
            for a in ALLIANCES
            if n < len(self.groups[f"{a}-core"])
        ]
        return turns[:count]

    def delays_s(self, alliance: str) -> dict[str, float]:
        """By group, how late it sees what an alliance reports; without the groups that do not see it."""
        found = {f"{each}-core": 0.0 for each in ALLIANCES}
        found |= {f"{each}-associates": ASSOCIATE_S for each in ALLIANCES}
        return found | ({"near": NEAR_S} if alliance == "north" else {"far": FAR_S})

    def book(self) -> dict[str, object]:
        """The agreements, as a file has them."""
        alliances = {
            name: {"name": name, "members": members} for name, members in self.groups.items() if members
        }
        agreements = {}
        for giver in ALLIANCES:
            clauses = {}
            for group, delay_s in self.delays_s(giver).items():
                if self.groups[group]:
                    whole = group.startswith(giver)
                    clauses[group] = {
                        "product": "track",
                        "from": f"{giver}-core",
                        "to": group,
                        "quality": "covariance" if whole else "position",
                        "use": "engage-on-remote" if whole else "cue",
                        "delay": f"{delay_s:g} s",
                    }
            agreements[f"of-{giver}"] = {
                "name": f"What the alliance {giver} gives",
                "parties": list(alliances),
                "valid_from": "2020-01-01",
                "basis": "assumed",
                "note": "Made up for a measurement.",
                "clauses": clauses,
            }
        return {
            "schema": "agreements/1",
            "id": "load",
            "name": "Three alliances and outsiders",
            "summary": "Made up for a measurement.",
            "labels": {"policy": "LOAD", "classifications": ["UNCLASSIFIED"]},
            "partners": {name: {"name": name, "cleared_to": "UNCLASSIFIED"} for name in self.names},
            "alliances": alliances,
            "agreements": agreements,
        }


@dataclass(frozen=True)
class Report:
    """One report to be sent. due_us: when, and the instant of its state; no two are due at the same one."""

    due_us: int
    sender: int
    flight: int
    payload: bytes


def reports(
    senders: list[tuple[str, str]], flights: int, rate_hz: float, begin_us: int, seconds: float, seed: int
) -> Iterator[Report]:
    """All reports of a run, by time: of every sender on every flight, each at its own phase."""
    rng = np.random.default_rng(seed)
    period_us = round(1e6 / rate_hz)
    phases = rng.permutation(period_us)[: len(senders) * flights].reshape(len(senders), flights)
    begun = _at_begin(flights)
    slots = sorted((int(phases[s, f]), s, f) for s in range(len(senders)) for f in range(flights))
    covariance = np.diag([SIGMA_M**2] * 3 + [SIGMA_M_S**2] * 3)[_ROWS, _COLUMNS].tolist()
    for turn in range(int(seconds * rate_hz)):
        for phase_us, sender, flight in slots:
            after_us = turn * period_us + phase_us
            state = begun[flight].copy()
            advance(state, np.eye(6), after_us / 1e6, 1.0 / 5_000.0, 0.0)
            state += rng.normal(size=6) * ([SIGMA_M] * 3 + [SIGMA_M_S] * 3)
            at = to_rfc3339(begin_us + after_us)
            body = {
                "track": f"track-{flight}",
                "time": at,
                "position_ecef_m": [round(number, 2) for number in state[:3].tolist()],
                "velocity_ecef_m_s": [round(number, 3) for number in state[3:].tolist()],
                "covariance": covariance,
                "estimate": "track",
                "sensor": "radar",
                "quality": 0.95,
                "missile_class": "mrbm",
            }
            message = {
                "schema": "synaspis.message/1",
                "kind": "track-report",
                "id": rng.bytes(16).hex(),
                "sender": senders[sender][0],
                "sent_at": at,
                "label": LABEL,
                "body": body,
            }
            yield Report(begin_us + after_us, sender, flight, canonical_json(message))


def _at_begin(count: int) -> list[np.ndarray]:
    """States of flights that rise side by side, some 500 km apart, and fall freely for nine minutes."""
    states = []
    for number in range(count):
        latitude, longitude = np.radians(30.0 + 5.0 * (number % 5)), np.radians(10.0 * (number // 5))
        east, _, up = local_axes_ecef(latitude, longitude)
        position = geodetic_to_ecef(latitude, longitude, 150_000.0)
        assert np.linalg.norm(position) > EARTH_EQUATORIAL_RADIUS_M
        states.append(np.concatenate([position, 2_500.0 * up + 1_500.0 * east]))
    return states
