"""The answer to a raid on a scenario."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from synaspis.analyses.assumptions import Assumption
from synaspis.analyses.raid.leakage import Estimate, Leakage


@dataclass(frozen=True)
class GroupOutcome:
    """One group of missiles.

    leak_probability: of each of its missiles, on average. looks: shots that can follow each other, by
    battery that can shoot at all. reason: why none can; empty if one can.
    """

    id: str
    threat: str
    launch_point: str
    aim: str
    count: int
    leak_probability: float
    looks: dict[str, int]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The group as JSON can hold it."""
        return {
            "id": self.id,
            "threat": self.threat,
            "launch_point": self.launch_point,
            "aim": self.aim,
            "count": self.count,
            "leak_probability": self.leak_probability,
            "looks": dict(self.looks),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class BatteryOutcome:
    """One battery that can shoot at some missile.

    stock: interceptors ready. shots_mean: fired. p_empty: probability that the last one leaves.
    empty_s: when it does, after the raid begins: median with 5 and 95 % points; None if it never does.
    """

    id: str
    owner: str
    interceptor: str
    stock: int
    shots_mean: float
    p_empty: Estimate
    empty_s: Estimate | None

    def to_dict(self) -> dict[str, Any]:
        """The battery as JSON can hold it."""
        return {
            "id": self.id,
            "owner": self.owner,
            "interceptor": self.interceptor,
            "stock": self.stock,
            "shots_mean": self.shots_mean,
            "p_empty": self.p_empty.to_dict(),
            "empty_s": None if self.empty_s is None else self.empty_s.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class RaidResult:
    """How many of a raid get through a defence; see `docs/methods/raid.md`.

    method: "closed form" or "Monte Carlo". leakage: with failures common to all shots at a missile, and to
    all missiles of a class. independent: had every shot a track of its own, the optimistic bound.
    sampling: interval of no leaker by the number of runs alone; equal ends for a closed form.
    runs, seed: 0 and None for a closed form. rules: what was played, as JSON can hold it.
    alternatives: the same with other coordination, if asked for.
    stated: the values that the raid itself rests on. assumptions: these, and all of the scenario.
    """

    scenario: str
    phase: str
    raid: str
    missiles: int
    method: str
    leakage: Leakage
    independent: Leakage
    sampling: Estimate
    runs: int
    seed: int | None
    rules: dict[str, Any]
    groups: tuple[GroupOutcome, ...]
    batteries: tuple[BatteryOutcome, ...]
    alternatives: dict[str, Leakage]
    stated: tuple[Assumption, ...]
    assumptions: tuple[Assumption, ...]

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON can hold it; of the assumptions those of the raid itself."""
        return {
            **self.leakage.to_dict(),
            "method": self.method,
            "scenario": self.scenario,
            "phase": self.phase,
            "raid": self.raid,
            "missiles": self.missiles,
            "sampling": {"p_no_leaker": self.sampling.to_dict(), "runs": self.runs, "seed": self.seed},
            "independent": {
                "p_no_leaker": self.independent.p_no_leaker.to_dict(),
                "leakers_mean": self.independent.leakers_mean.value,
            },
            "rules": self.rules,
            "groups": [each.to_dict() for each in self.groups],
            "batteries": [each.to_dict() for each in self.batteries],
            "coordination": {
                name: {
                    "p_no_leaker": each.p_no_leaker.to_dict(),
                    "leakers_mean": each.leakers_mean.to_dict(),
                    "shots_mean": each.shots_mean.to_dict(),
                }
                for name, each in self.alternatives.items()
            },
            "assumptions": [asdict(each) for each in self.stated],
        }
