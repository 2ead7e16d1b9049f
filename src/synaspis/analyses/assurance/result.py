"""What an assurance says: a verdict with its band, the cases behind it, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from synaspis.analyses.assurance.band import Verdict
from synaspis.analyses.assurance.reach import STATED, Commit
from synaspis.analyses.assurance.sensitivity import Sensitivity


@dataclass(frozen=True)
class Case:
    """One field, target region and interceptor, with the flight and battery worst for the third party.

    city: of the region. battery: asset. margin_s: latest launch less first launch, as stated; None if the
    flight is never in reach or never known in time to anybody. least_s, greatest_s: ends of the band.
    margins_s, needed_speeds_m_s: by commit. guided: whether a radar that may support the interceptor holds
    the flight up to homing; it is told and does not count. reason: why it is not reached, empty if it is.
    """

    field: str
    target: str
    interceptor: str
    burnout_speed_m_s: float
    city: str | None
    battery: str | None
    verdict: Verdict
    margin_s: float | None
    least_s: float | None
    greatest_s: float | None
    margins_s: Mapping[Commit, float | None]
    needed_speeds_m_s: Mapping[Commit, float | None]
    guided: bool
    reason: str

    @property
    def reachable(self) -> bool:
        """Whether the flight is reached with the values of the catalogue and the commit that is stated."""
        return self.margin_s is not None and self.margin_s >= 0.0

    @property
    def speed_margin_m_s(self) -> float | None:
        """Burnout speed less that needed as stated; None if none between 2 and 12 km/s is enough."""
        needed = self.needed_speeds_m_s.get(STATED)
        return None if needed is None else self.burnout_speed_m_s - needed

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "field": self.field,
            "target": self.target,
            "interceptor": self.interceptor,
            "burnout_speed_m_s": self.burnout_speed_m_s,
            "reachable": self.reachable,
            "margin_s": self.margin_s,
            "speed_margin_m_s": self.speed_margin_m_s,
            "verdict": self.verdict.value,
            "band_s": [self.least_s, self.greatest_s],
            "city": self.city,
            "battery": self.battery,
            "margins_s": {commit.value: margin for commit, margin in self.margins_s.items()},
            "needed_speeds_m_s": {commit.value: speed for commit, speed in self.needed_speeds_m_s.items()},
            "guided": self.guided,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Judgement:
    """One interceptor type: its verdict, its cases and what moves them.

    interceptors: how many stand there. batteries: asset ids. band_s: least, stated and greatest margin, each
    of the flight with the greatest; None where there is none. verdict_flips_at_m_s: burnout speeds from
    which the verdict is contested and yes. commit_flips_at: latest commit with which a flight is reached.
    """

    interceptor: str
    name: str
    interceptors: int
    batteries: tuple[str, ...]
    burnout_speed_m_s: float
    verdict: Verdict
    band_s: tuple[float | None, float | None, float | None]
    cases: tuple[Case, ...]
    sensitivities: tuple[Sensitivity, ...] = ()
    speed_flips_at_m_s: float | None = None
    verdict_flips_at_m_s: Mapping[str, float] | None = None
    commit_flips_at: Commit | None = None

    @property
    def flips_at(self) -> dict[str, float]:
        """Each disputed value, with its SI unit last, at which the reach as stated of some flight flips."""
        speed = f"{self.interceptor}.burnout_speed"
        found = {
            each.key: each.stated.flips_at
            for each in self.sensitivities
            if each.stated.flips_at is not None and each.disputed.name != speed
        }
        if self.speed_flips_at_m_s is not None:
            found = {"burnout_speed_m_s": self.speed_flips_at_m_s, **found}
        return found

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values, without the cases."""
        commit = self.commit_flips_at
        return {
            "id": self.interceptor,
            "name": self.name,
            "verdict": self.verdict.value,
            "burnout_speed_m_s": self.burnout_speed_m_s,
            "interceptors": self.interceptors,
            "batteries": list(self.batteries),
            "band_s": list(self.band_s),
            "flips_at": self.flips_at,
            "verdict_flips_at_m_s": dict(self.verdict_flips_at_m_s or {}),
            "commit_flips_at": None if commit is None else commit.value,
            "sensitivity": [each.to_dict() for each in self.sensitivities],
        }


@dataclass(frozen=True)
class Bound:
    """The most that could be stopped: every interceptor meets one warhead and never misses.

    standing: all interceptors of the kinds that are judged. on_land: those not on ships. reaching: those at
    batteries that reach a flight as stated. at_best: the same with every value for the defence.
    warheads: least and most counted warheads of the third party; None without counts.
    """

    standing: int
    on_land: int
    reaching: int
    at_best: int
    warheads: tuple[int, int] | None

    def share(self, interceptors: int) -> tuple[float, float] | None:
        """Least and greatest share of the counted warheads that so many interceptors could stop."""
        return (
            None
            if self.warheads is None
            else (interceptors / self.warheads[1], interceptors / self.warheads[0])
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        counts = {
            "standing": self.standing,
            "on_land": self.on_land,
            "reaching": self.reaching,
            "at_best": self.at_best,
        }
        shares = {name: self.share(count) for name, count in counts.items()}
        return {
            "interceptors": counts,
            "warheads": None if self.warheads is None else list(self.warheads),
            "share": {name: None if share is None else list(share) for name, share in shares.items()},
        }


@dataclass(frozen=True)
class AssuranceResult:
    """Whether a defence affects the deterrent of a third party: a verdict with its band, never one number.

    settings: what was asked, enough to ask it again. counts: counted warheads with their sources.
    limits: what each proposed guarantee would change and cost, as plain values; empty if not asked for.
    assumptions: the catalogue values it rests on, as text to show.
    """

    scenario: str
    phase: str
    third_party: str
    missile: str
    verdict: Verdict
    sentence: str
    judgements: tuple[Judgement, ...]
    bound: Bound
    counts: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]
    limits: tuple[Mapping[str, Any], ...] = ()
    assumptions: tuple[dict[str, Any], ...] = ()

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases of all interceptors."""
        return tuple(case for judgement in self.judgements for case in judgement.cases)

    @property
    def deciding(self) -> Judgement:
        """The interceptor that decides the verdict: highest verdict, then widest reach."""
        return max(self.judgements, key=lambda each: (each.verdict.rank, _or_less(each.band_s[2])))

    def to_dict(self) -> dict[str, Any]:
        """The result as `assurance --json` prints it."""
        return {
            "scenario": self.scenario,
            "phase": self.phase,
            "third_party": self.third_party,
            "missile": self.missile,
            "verdict": self.verdict.value,
            "sentence": self.sentence,
            "decided_by": self.deciding.interceptor,
            "band_s": list(self.deciding.band_s),
            "cases": [case.to_dict() for case in self.cases],
            "flips_at": self.deciding.flips_at,
            "verdict_flips_at_m_s": dict(self.deciding.verdict_flips_at_m_s or {}),
            "interceptors": [judgement.to_dict() for judgement in self.judgements],
            "commits": {commit.value: commit.sentence for commit in Commit},
            "stated_commit": STATED.value,
            "most_that_could_be_stopped": self.bound.to_dict(),
            "counts": [dict(count) for count in self.counts],
            "limits": [dict(limit) for limit in self.limits],
            "settings": dict(self.settings),
            "assumptions": [dict(each) for each in self.assumptions],
        }


def finite(value: float) -> float | None:
    """The value, or None where it is not finite."""
    return float(value) if isfinite(value) else None


def _or_less(value: float | None) -> float:
    return float("-inf") if value is None else value
