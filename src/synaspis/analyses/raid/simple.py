"""A raid of warheads that are alike against a defence that can shoot at each of them: closed forms alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from synaspis.analyses.assumptions import Assumption
from synaspis.analyses.raid import closed_form
from synaspis.analyses.raid.evidence import KillProbability
from synaspis.analyses.raid.leakage import Leakage, leakage_over
from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats

WARHEADS_MAX: Final = 1000
SHOTS_MAX: Final = 100
BENCHMARK: Final = 0.8
"""Probability of no leaker that the literature calls good enough (Wilkening 2000, from memory)."""
_CASES: Final = 101
"""Kill probabilities looked at between the ends of its interval."""


@dataclass(frozen=True, eq=False)
class SimpleRaid:
    """What was asked and what follows; see `docs/methods/raid.md`.

    leakage: with the failures common to all shots. independent: had every shot a track of its own, the
    optimistic bound. required: what the benchmark would take, as `required_for` gives it.
    """

    warheads: int
    volleys: tuple[int, ...]
    kill_probability: KillProbability
    track_probability: float
    class_failure_probability: float
    coordinated: bool
    leakage: Leakage
    independent: Leakage
    required: dict[str, Any]

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The values it rests on, all given by the user."""
        given = (
            ("kill probability of one shot", self.kill_probability.value, self.kill_probability.basis),
            ("track probability", self.track_probability, "given"),
            ("probability of a failure common to all", self.class_failure_probability, "given"),
        )
        return tuple(
            Assumption("Raid", what, f"{value:.10g}", "", "assumed", note=f"By the user: {basis}.")
            for what, value, basis in given
        )

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON can hold it."""
        return {
            **self.leakage.to_dict(),
            "method": "closed form",
            "warheads": self.warheads,
            "volleys": list(self.volleys),
            "coordinated": self.coordinated,
            "kill_probability": self.kill_probability.to_dict(),
            "track_probability": self.track_probability,
            "class_failure_probability": self.class_failure_probability,
            "independent": {
                "p_no_leaker": self.independent.p_no_leaker.to_dict(),
                "leakers_mean": self.independent.leakers_mean.value,
            },
            "required": self.required,
            "assumptions": [asdict(each) for each in self.assumptions],
        }


def simple_raid(
    warheads: int,
    kill_probability: float | KillProbability,
    shots: int | None = None,
    *,
    volleys: Sequence[int] | None = None,
    look: bool = False,
    track_probability: float = 1.0,
    class_failure_probability: float = 0.0,
    coordinated: bool = True,
    benchmark: float = BENCHMARK,
) -> SimpleRaid:
    """How many of some like warheads get through, in closed form.

    warheads: 1 to 1000. kill_probability: of one shot, a value or a posterior. shots: at each warhead, 1 to
    100; fired at once, or one after the other if look. volleys: instead of shots, the size of each volley,
    the outcome of which is seen before the next. track_probability: that a warhead is tracked, common to all
    shots at it. class_failure_probability: of a failure common to all warheads.
    coordinated: whether each warhead gets its own shots; if not, W times as many interceptors each pick one
    at random. benchmark: probability of no leaker to be reached in `required`.
    Raises InputError with everything that is wrong with the numbers.
    """
    kill = (
        kill_probability
        if isinstance(kill_probability, KillProbability)
        else KillProbability.point(float(kill_probability))
    )
    faults = [
        *_faults(warheads, shots, volleys),
        *_outside("the kill probability", kill.value),
        *_outside("the track probability", track_probability),
        *_outside("the probability of a common failure", class_failure_probability),
        *_outside("the benchmark", benchmark, inside=True),
    ]
    if not coordinated and (look or (volleys is not None and len(volleys) > 1)):
        remedy = "Leave out the look, or let the shots be coordinated."
        faults.append(
            Fault("interceptors that pick at random cannot wait for each other's outcome", remedy=remedy)
        )
    if faults:
        raise InputError(faults)
    sizes = tuple(volleys) if volleys is not None else _sizes(shots or 0, look)
    raid = _Raid(warheads, sizes, track_probability, class_failure_probability, coordinated)
    return SimpleRaid(
        warheads,
        sizes,
        kill,
        track_probability,
        class_failure_probability,
        coordinated,
        raid.leakage(kill, common=True),
        raid.leakage(kill, common=False),
        required_for(benchmark, warheads, kill, sum(sizes), track_probability, class_failure_probability),
    )


def required_for(
    benchmark: float,
    warheads: int,
    kill: KillProbability,
    shots: int,
    track_probability: float,
    class_failure_probability: float,
) -> dict[str, Any]:
    """What a probability of no leaker takes: kill and track probability of a warhead, shots, interceptors.

    Numbers of shots come with those at the ends of the kill probability, more at its low end; None where no
    number is enough, which `reason` then says in words.
    """
    chances = (track_probability, class_failure_probability)
    at = [
        closed_form.required_shots(benchmark, warheads, k, *chances)
        for k in (kill.value, kill.high, kill.low)
    ]
    floor = closed_form.required_warhead_kill_probability(benchmark, warheads, class_failure_probability)
    tracked = closed_form.required_track_probability(
        benchmark, warheads, kill.value, shots, class_failure_probability
    )
    reason = ""
    if floor is None:
        reason = (
            f"no solution: a failure common to all, of probability {class_failure_probability:g}, alone "
            f"keeps the probability of no leaker below {benchmark:g}"
        )
    elif at[0] is None and track_probability <= floor:
        reason = (
            f"no solution: the track probability {track_probability:g} is not above "
            f"{benchmark:g}^(1/{warheads}) = {floor:.4f}, so no number of shots is enough"
        )
    elif at[0] is None:
        reason = "no solution: shots that never kill do not add up"
    return {
        "p_no_leaker": benchmark,
        "warhead_kill_probability": floor,
        "track_probability": tracked,
        "shots": {"value": at[0], "low": at[1], "high": at[2]},
        "interceptors": None if at[0] is None else at[0] * warheads,
        "reason": reason,
    }


@dataclass(frozen=True)
class _Raid:
    """The numbers of a raid without the kill probability."""

    warheads: int
    volleys: tuple[int, ...]
    track: float
    failure: float
    coordinated: bool

    def leakage(self, kill: KillProbability, *, common: bool) -> Leakage:
        """Leakage over the doubt about the kill probability."""
        points, weights = kill.nodes(self.warheads * sum(self.volleys))
        pmf = sum(w * self.pmf(float(k), common) for k, w in zip(points, weights, strict=True))
        shots = float(weights @ self.shots(points, common))
        cases = np.linspace(kill.low, kill.high, _CASES if kill.high > kill.low else 1)
        pmfs = np.stack([self.pmf(float(k), common) for k in cases])
        return leakage_over(np.asarray(pmf), shots, pmfs, self.shots(cases, common))

    def pmf(self, kill: float, common: bool) -> Floats:
        """Distribution of leakers for one kill probability, (W + 1,)."""
        if not self.coordinated:
            interceptors = self.warheads * sum(self.volleys)
            if common:
                return closed_form.random_allocation_pmf(
                    self.warheads, interceptors, kill, self.track, self.failure
                )
            single = kill * self.track * (1.0 - self.failure)
            return closed_form.random_allocation_pmf(self.warheads, interceptors, single)
        shots = sum(self.volleys)
        if common:
            salvo = closed_form.salvo_kill_probability(kill, shots, self.track)
            return closed_form.leakage_pmf(self.warheads, float(salvo), self.failure)
        single = self.track * (1.0 - self.failure)
        salvo = closed_form.salvo_kill_probability(kill, shots, single, common=False)
        return closed_form.leakage_pmf(self.warheads, float(salvo))

    def shots(self, kill: Floats, common: bool) -> Floats:
        """Mean number of shots for kill probabilities, (case,)."""
        single = self.track * (1.0 - self.failure)
        if common:
            return self.warheads * closed_form.volley_shots_mean(kill, self.volleys, 1.0 - single)
        return self.warheads * closed_form.volley_shots_mean(single * kill, self.volleys)


def _sizes(shots: int, look: bool) -> tuple[int, ...]:
    return (1,) * shots if look else (shots,)


def _faults(warheads: int, shots: int | None, volleys: Sequence[int] | None) -> list[Fault]:
    found = []
    if not 1 <= warheads <= WARHEADS_MAX:
        found.append(Fault(f"{warheads} warheads are out of bounds; 1 to {WARHEADS_MAX} are allowed"))
    if (shots is None) == (volleys is None):
        lack = "neither shots nor volleys are given" if shots is None else "both shots and volleys are given"
        found.append(Fault(lack, remedy="Give one of them."))
    if shots is not None and not 1 <= shots <= SHOTS_MAX:
        found.append(Fault(f"{shots} shots at each warhead are out of bounds; 1 to {SHOTS_MAX} are allowed"))
    if volleys is not None and (not volleys or min(volleys) < 1 or sum(volleys) > SHOTS_MAX):
        given = ",".join(map(str, volleys)) or "none"
        found.append(
            Fault(
                f"the volleys {given} are out of bounds; each has 1 shot or more, "
                f"all together {SHOTS_MAX} at most"
            )
        )
    return found


def _outside(what: str, value: float, *, inside: bool = False) -> list[Fault]:
    if inside:
        return (
            []
            if 0.0 < value < 1.0
            else [Fault(f"{what} {value:g} is out of bounds; above 0 and below 1 is allowed")]
        )
    return [] if 0.0 <= value <= 1.0 else [Fault(f"{what} {value:g} is out of bounds; 0 to 1 is allowed")]
