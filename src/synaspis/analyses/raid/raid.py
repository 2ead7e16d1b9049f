"""How many of a raid that the user states get through a defence, what is fired, and when stocks end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np

from synaspis.analyses._selection import chosen
from synaspis.analyses.assumptions import assumptions_of
from synaspis.analyses.raid._assumptions import stated_values
from synaspis.analyses.raid._outcomes import batteries_of, groups_of
from synaspis.analyses.raid.document import Coordination, RaidDocument, load_raid
from synaspis.analyses.raid.evidence import PRIORS, Prior
from synaspis.analyses.raid.field import Field, field_of
from synaspis.analyses.raid.leakage import Estimate, Leakage
from synaspis.analyses.raid.monte_carlo import Played, leakage_of, play_raid
from synaspis.analyses.raid.planned import PlannedOutcome, outcome_of, plan_of
from synaspis.analyses.raid.result import RaidResult
from synaspis.analyses.raid.rules import Doubt, Rules, kill_probabilities, shots_of, views
from synaspis.analyses.running import Mapper
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Quantity
from synaspis.scenario import Scenario, Sharing, Variant

RUNS_MAX: Final = 1_000_000
WIDTH: Final = 0.01
SEED: Final = 20_101_120
"""The day of the Lisbon summit; any other number would do."""

Method = Literal["auto", "monte-carlo"]
Progress = Callable[[int, int, str], None]


def raid(
    scenario: Scenario,
    document: RaidDocument | str | Path | None = None,
    *,
    phase: str | None = None,
    volleys: Sequence[int] | None = None,
    coordination: Coordination | None = None,
    kill_probability: Mapping[str, float] | float | None = None,
    track_probability: float | None = None,
    class_failure_probability: float | None = None,
    prior: Prior = "jeffreys",
    sharing: Sharing = "agreements",
    partners: Sequence[str] | None = None,
    excluded: Sequence[str] = (),
    compare: bool = False,
    method: Method = "auto",
    runs: int | None = None,
    width: float | None = None,
    seed: int | np.random.SeedSequence = SEED,
    mapper: Mapper = map,
    progress: Progress | None = None,
) -> RaidResult:
    """Leakage of a raid against a scenario in one phase.

    document: the raid, or its file; the one that comes with the scenario by default. phase: by default that
    of the raid, or the last one. volleys, coordination, track_probability, class_failure_probability: instead
    of those of the raid. kill_probability: of every interceptor, or by id, instead of raid and test records.
    prior: of the posteriors of test records. sharing, partners, excluded: as for coverage; which tracks may
    be used, who takes part, ids of assets left out. compare: also with every other coordination.
    method: a closed form where there is one, or always Monte Carlo. runs: that many; without it as many as
    bring the interval of no leaker to `width` (0.01 by default), at most a million.
    seed: a whole number of 0 or more, or a sequence to spawn from. mapper: runs the blocks.
    Returns the result. Raises InputError with everything that is wrong.
    """
    faults = _faults(volleys, coordination, prior, method, runs, width, seed, {
        "the track probability": track_probability,
        "the class failure probability": class_failure_probability,
    })  # fmt: skip
    try:
        stated = document if isinstance(document, RaidDocument) else _load(scenario, document)
        phase_id = phase or stated.phase or tuple(scenario.document.phases)[-1]
        scenario.phase(phase_id)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if faults:
        raise InputError(faults)
    variant = _variant(scenario, phase_id, sharing, partners, excluded)
    field = field_of(scenario, stated, variant)
    in_use = [name for name, stock in zip(field.interceptors, field.stock, strict=True) if stock]
    given = {"": kill_probability} if isinstance(kill_probability, int | float) else kill_probability
    rules = Rules(
        tuple(volleys or stated.volleys),
        coordination or stated.coordination,
        kill_probabilities(scenario, stated, in_use, given or {}, prior),
        _doubt(stated.track_probability, track_probability),
        _doubt(stated.class_failure_probability, class_failure_probability),
    )
    sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    game = _Game(field, sequence, method, runs, width, mapper, progress)
    answer, played = game.answer(rules)
    others = [name for name in get_args(Coordination) if compare]
    alternatives = {
        name: _leakage(
            game.answer(replace(rules, coordination=name))[0] if name != rules.coordination else answer
        )
        for name in others
    }
    return _result(scenario, stated, phase_id, field, rules, answer, played, alternatives, sequence)


def _variant(
    scenario: Scenario, phase: str, sharing: Sharing, partners: Sequence[str] | None, excluded: Sequence[str]
) -> Variant:
    allowed = None if partners is None else chosen("partner", partners, scenario.membership.partners)
    return Variant(
        scenario.phase(phase).date,
        frozenset(excluded),
        None if allowed is None else frozenset(allowed),
        sharing,
    )


class _Game:
    """A field with all that it takes to play it under some rules."""

    def __init__(
        self,
        field: Field,
        seed: np.random.SeedSequence,
        method: Method,
        runs: int | None,
        width: float | None,
        mapper: Mapper,
        progress: Progress | None,
    ) -> None:
        self._field, self._seed, self._method = field, seed, method
        self._runs = RUNS_MAX if runs is None else runs
        self._width = WIDTH if runs is None and width is None else width
        self._mapper, self._progress = mapper, progress

    def answer(self, rules: Rules) -> tuple[PlannedOutcome | Played, Played | None]:
        """The outcome, and the runs if there were any."""
        shots = shots_of(self._field, rules)
        if self._method == "auto" and rules.kills:
            plan = plan_of(shots)
            outcome = outcome_of(plan, shots, rules) if plan.fits(shots.stock) else None
            if outcome is not None:
                return outcome, None
        played = play_raid(
            shots,
            views(rules),
            self._seed,
            runs_max=self._runs,
            width=self._width,
            mapper=self._mapper,
            progress=self._progress,
        )
        return played, played


def _leakage(answer: PlannedOutcome | Played) -> Leakage:
    if isinstance(answer, PlannedOutcome):
        return answer.leakage
    return leakage_of(answer, 0, tuple(range(2, len(answer.counts))))


def _result(
    scenario: Scenario,
    stated: RaidDocument,
    phase: str,
    field: Field,
    rules: Rules,
    answer: PlannedOutcome | Played,
    played: Played | None,
    alternatives: dict[str, Leakage],
    seed: np.random.SeedSequence,
) -> RaidResult:
    leakage = _leakage(answer)
    none = leakage.p_no_leaker.value
    entropy = seed.entropy
    values = stated_values(scenario, stated, rules)
    threats = tuple(dict.fromkeys(each.group.threat for each in field.groups))
    return RaidResult(
        scenario=scenario.id,
        phase=phase,
        raid=stated.name,
        missiles=int(field.class_of.size),
        method="closed form" if played is None else "Monte Carlo",
        leakage=leakage,
        independent=leakage_of(played, 1) if isinstance(answer, Played) and played else _alone(answer),
        sampling=Estimate(none, none, none) if played is None else leakage_of(played, 0).p_no_leaker,
        runs=0 if played is None else played.runs,
        seed=None if played is None or not isinstance(entropy, int) else entropy,
        rules={
            "volleys": list(rules.volleys),
            "coordination": rules.coordination,
            "kill_probabilities": {name: kill.to_dict() for name, kill in rules.kills.items()},
            "track_probability": vars(rules.track),
            "class_failure_probability": vars(rules.failure),
        },
        groups=groups_of(field, answer),
        batteries=batteries_of(field, answer),
        alternatives=alternatives,
        stated=values,
        assumptions=(*values, *assumptions_of(scenario, threats)),
    )


def _alone(answer: PlannedOutcome | Played) -> Leakage:
    assert isinstance(answer, PlannedOutcome)
    return answer.independent


def _load(scenario: Scenario, document: str | Path | None) -> RaidDocument:
    return load_raid(scenario, None if document is None else Path(document))


def _doubt(stated: Quantity, given: float | None) -> Doubt:
    if given is not None:
        return Doubt(given, given, given)
    return Doubt.of(stated)


def _faults(
    volleys: Sequence[int] | None,
    coordination: str | None,
    prior: str,
    method: str,
    runs: int | None,
    width: float | None,
    seed: int | np.random.SeedSequence,
    probabilities: Mapping[str, float | None],
) -> list[Fault]:
    found = [
        Fault(f"{what} {value:g} is out of bounds; 0 to 1 is allowed")
        for what, value in probabilities.items()
        if value is not None and not 0.0 <= value <= 1.0
    ]
    if volleys is not None and (not volleys or min(volleys) < 1 or len(volleys) > 10 or sum(volleys) > 100):
        what = f"the volleys {','.join(map(str, volleys)) or 'none'} are out of bounds"
        found.append(Fault(f"{what}; 1 to 10 volleys of 1 shot or more, 100 shots together at most"))
    for what, given, known in (
        ("coordination", coordination, get_args(Coordination)),
        ("prior", prior, tuple(PRIORS)),
        ("method", method, get_args(Method)),
    ):
        if given is not None and given not in known:
            found.append(Fault(f"there is no {what} {given!r}", remedy=nearest(given, known)))
    if runs is not None and runs < 1:
        found.append(Fault(f"{runs} runs are out of bounds; 1 or more are allowed"))
    if width is not None and not 0.0 < width < 1.0:
        found.append(Fault(f"the width {width:g} is out of bounds; above 0 and below 1 is allowed"))
    if isinstance(seed, int) and seed < 0:
        found.append(Fault(f"the seed {seed} is negative; 0 or more is allowed"))
    return found
