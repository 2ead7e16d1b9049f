"""What cooperation is worth, as numbers with names."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from synaspis.analyses.assumptions import Assumption
from synaspis.engine.parameters import Floats

By = Literal["partner", "agreement", "clause", "asset"]
BY: Final[tuple[By, ...]] = ("partner", "agreement", "clause", "asset")

MEASURES: Final = ("defended_area_km2", "defended_population", "mean_warning_time_s")
"""Measures in the order of every array here; inside, area is in m2."""

_SHOWN: Final = np.array([1e-6, 1.0, 1.0])


class Method(NamedTuple):
    """How Shapley values were found: exactly, or from a number of random orders.

    reached: whether the intervals are as narrow as was asked.
    """

    name: Literal["exact", "sampled"]
    orders: int = 0
    reached: bool = True


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each player of one kind adds.

    players: ids. names: as people say them. none, whole: (threat, measure) worth of nobody and of all.
    lost_without: (player, threat, measure) what all others lack without it. adds_alone: the same, what it
    adds to nobody. shapley, low, high: the same; low and high are the ends of the interval where values
    were sampled.
    methods: how the values of each (threat, measure) were found.
    """

    by: By
    players: tuple[str, ...]
    names: tuple[str, ...]
    threats: tuple[str, ...]
    none: Floats
    whole: Floats
    lost_without: Floats
    adds_alone: Floats
    shapley: Floats
    low: Floats
    high: Floats
    methods: dict[tuple[str, str], Method]

    def shares(self, measure: str) -> dict[str, float]:
        """Share of each player in what all add together, over all threats; 0 each if that is nothing.

        measure: one of MEASURES. A negative share belongs to a player who takes away more than it adds.
        """
        value = self.shapley[:, :, MEASURES.index(measure)].sum(axis=1)
        total = float(value.sum())
        return {
            player: float(each) / total if total else 0.0
            for player, each in zip(self.players, value, strict=True)
        }

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "method": {
                threat: {measure: self.methods[threat, measure]._asdict() for measure in MEASURES}
                for threat in self.threats
            },
            "none": _by_threat(self.threats, self.none),
            "all": _by_threat(self.threats, self.whole),
            "players": [
                {
                    "id": player,
                    "name": name,
                    "threats": {
                        threat: {measure: self._entry(at, t, m) for m, measure in enumerate(MEASURES)}
                        for t, threat in enumerate(self.threats)
                    },
                }
                for at, (player, name) in enumerate(zip(self.players, self.names, strict=True))
            ],
        }

    def _entry(self, player: int, threat: int, measure: int) -> dict[str, Any]:
        at, unit = (player, threat, measure), float(_SHOWN[measure])
        return {
            "lost_without": float(self.lost_without[at]) * unit,
            "adds_alone": float(self.adds_alone[at]) * unit,
            "shapley": {
                name: float(values[at]) * unit
                for name, values in (("value", self.shapley), ("low", self.low), ("high", self.high))
            },
        }


def _by_threat(threats: tuple[str, ...], values: Floats) -> dict[str, dict[str, float]]:
    """(threat, measure) as a mapping, in the units that are shown; what does not exist is left out."""
    return {
        threat: {
            measure: float(value)
            for measure, value in zip(MEASURES, row * _SHOWN, strict=True)
            if np.isfinite(value)
        }
        for threat, row in zip(threats, values, strict=True)
    }


@dataclass(frozen=True, eq=False)
class Pooling:
    """The pooled defence against the sum of national ones, (threat, measure).

    pooled: all assets, sharing by the agreements. side_by_side: all assets, no sharing between partners.
    union: cells that some partner defends with its assets alone; warning is the longest of any.
    total: defended by each partner alone, added up, so that what two defend counts twice; no warning.
    own: each partner's territory by its own assets alone. everything: all assets, everything shared with
    everybody as fast as within one partner: the most that agreements could bring.
    """

    pooled: Floats
    side_by_side: Floats
    union: Floats
    total: Floats
    own: Floats
    everything: Floats


@dataclass(frozen=True, eq=False)
class Exchange:
    """What one partner gains and gives, (threat, measure).

    alone: on its territory by its own assets alone. pooled: on its territory by all. gives: on the territory
    of the others, what they lose when its assets leave.
    """

    partner: str
    name: str
    alone: Floats
    pooled: Floats
    gives: Floats


@dataclass(frozen=True, eq=False)
class Candidate:
    """What one clause that does not hold would add to those that do, (threat, measure)."""

    clause: str
    adds: Floats


@dataclass(frozen=True, eq=False)
class CooperationResult:
    """What sharing is worth on the day of a phase.

    contributions: by kind of player. pooling, exchanges, candidates: see there; the candidates by what they
    add, the best first. leakage: of a raid, with and without each player; None without a raid file.
    assumptions: values that it rests on. notices: what a reader should know.
    """

    scenario: str
    phase: str
    threats: tuple[str, ...]
    in_force: tuple[str, ...]
    contributions: dict[By, Contributions]
    pooling: Pooling
    exchanges: tuple[Exchange, ...]
    candidates: tuple[Candidate, ...]
    assumptions: tuple[Assumption, ...]
    leakage: dict[str, Any] | None = None
    notices: tuple[str, ...] = ()
    confidence: float = 0.95
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def best_clause(self) -> str | None:
        """The candidate that adds most; None if none adds anything."""
        if not self.candidates or not (self.candidates[0].adds > 0.0).any():
            return None
        return self.candidates[0].clause

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON can hold it."""
        return {
            "scenario": self.scenario,
            "phase": self.phase,
            "threats": list(self.threats),
            "measures": list(MEASURES),
            "clauses_in_force": list(self.in_force),
            "pooling": {
                name: _by_threat(self.threats, getattr(self.pooling, name))
                for name in ("pooled", "side_by_side", "union", "total", "own", "everything")
            },
            "partners": [
                {
                    "id": each.partner,
                    "name": each.name,
                    "own_territory_alone": _by_threat(self.threats, each.alone),
                    "own_territory_pooled": _by_threat(self.threats, each.pooled),
                    "gains": _by_threat(self.threats, each.pooled - each.alone),
                    "gives": _by_threat(self.threats, each.gives),
                }
                for each in self.exchanges
            ],
            "by": {by: each.to_dict() for by, each in self.contributions.items()},
            "candidates": [
                {"clause": each.clause, "adds": _by_threat(self.threats, each.adds)}
                for each in self.candidates
            ],
            "best_clause": self.best_clause,
            "leakage": self.leakage,
            "confidence": self.confidence,
            "settings": dict(self.settings),
            "notices": list(self.notices),
            "assumptions": [asdict(each) for each in self.assumptions],
        }
