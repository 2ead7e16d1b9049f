"""Does a defence affect the strategic deterrent of a third party?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from synaspis.analyses.assurance.asked import Asked, ask
from synaspis.analyses.assurance.band import Verdict
from synaspis.analyses.assurance.basis import assumptions_of
from synaspis.analyses.assurance.judge import judge
from synaspis.analyses.assurance.limits import limit_costs
from synaspis.analyses.assurance.reach import problem
from synaspis.analyses.assurance.result import AssuranceResult, Bound, Judgement
from synaspis.scenario import PlacedAsset, Scenario

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all and what was done last."""

_STEPS: Final = 50
"""Steps of one interceptor with sensitivity, about; for the bar alone."""


def assurance(
    scenario: Scenario,
    *,
    about: Path | None = None,
    phase: str | None = None,
    interceptor: str | None = None,
    burnout_speed_m_s: float | None = None,
    pair: str | None = None,
    sensitivity: bool = True,
    limits: bool = True,
    step_deg: float | None = None,
    progress: Progress | None = None,
) -> AssuranceResult:
    """Judge whether the interceptors of a phase can reach the flights that a third party asks about.

    about: file of schema assurance/1, by default the one that comes with the package for the scenario.
    phase: by default that of the file. interceptor: judge this one alone, wherever it stands in the phase
    or, if it does not, in a pair of the file; burnout_speed_m_s: replaces that one value, above 0.
    pair: judge the interceptors of a pair of the file. sensitivity: whether to move each disputed value over
    its range. limits: whether to judge the guarantees of the file; step_deg: side of a cell of
    the map for them, deg, that of the scenario by default. progress: told after each step.
    Raises InputError for an unknown phase, interceptor or pair, for a speed without an interceptor, and with
    every fault of the file.
    """
    asked = ask(scenario, about, phase, interceptor, burnout_speed_m_s, pair)
    if limits:
        scenario.grid(step_deg)  # a step that does not fit is refused before anything is computed
    total, done = len(asked.interceptors) * (_STEPS if sensitivity else 1), 0

    def advance(what: str) -> None:
        nonlocal done
        done = min(done + 1, total)
        if progress is not None:
            progress(done, total, what)

    judgements = tuple(
        judge(
            problem(asked.scenario, asked.document, asked.day, item),
            asked.fixed,
            sensitivity=sensitivity,
            advance=advance,
        )
        for item in asked.interceptors
    )
    settings = {
        "phase": asked.phase,
        "interceptor": interceptor,
        "burnout_speed_m_s": burnout_speed_m_s,
        "pair": pair,
        "sensitivity": sensitivity,
        "limits": limits,
        "step_deg": step_deg,
    }
    result = conclude(asked, judgements, settings)
    if limits:
        result = replace(result, limits=tuple(each.to_dict() for each in limit_costs(asked, step_deg)))
    return result


def conclude(asked: Asked, judgements: Sequence[Judgement], settings: Mapping[str, Any]) -> AssuranceResult:
    """Put the judgements of all interceptors together."""
    document = asked.document
    verdict = max((each.verdict for each in judgements), key=lambda each: each.rank)
    result = AssuranceResult(
        asked.scenario.id, asked.phase, document.third_party, document.missile, verdict, "",
        tuple(judgements), _bound(asked, judgements),
        tuple(count.model_dump(mode="json", exclude_none=True) for count in document.counts),
        settings, assumptions=assumptions_of(asked.scenario, document, asked.interceptors, asked.day),
    )  # fmt: skip
    return replace(result, sentence=_sentence(result))


def _sentence(result: AssuranceResult) -> str:
    deciding = result.deciding
    speed = f"{deciding.name} at {deciding.burnout_speed_m_s / 1e3:g} km/s"
    flights = "the flights that were asked about"
    if result.verdict is Verdict.NO:
        return (
            f"No: over the whole stated range of every disputed value, and with the earliest commit that any "
            f"sensor allows, no interceptor reaches any of {flights}."
        )
    reached = sorted({case.field for case in deciding.cases if case.reachable})
    if result.verdict is Verdict.YES:
        sure = sorted({case.field for case in deciding.cases if case.verdict is Verdict.YES})
        return (
            f"Yes: {speed} reaches flights from {', '.join(sure)} as stated, and no single publicly disputed "
            "value takes that away."
        )
    if reached:
        return (
            f"Contested: {speed} reaches flights from {', '.join(reached)} with the values of the catalogue, "
            "and a disputed value within its stated range takes that away."
        )
    return (
        f"Contested: {speed} reaches none of {flights} as stated, and some with disputed values or an "
        "earlier commit than stated."
    )


def _bound(asked: Asked, judgements: Sequence[Judgement]) -> Bound:
    held = {battery.id: battery for battery in asked.scenario.batteries}
    judged = [held[name] for each in judgements for name in each.batteries]
    reaching = {case.battery for each in judgements for case in each.cases if case.reachable}
    counts = [count.warheads for count in asked.document.counts]

    def number(batteries: Sequence[PlacedAsset]) -> int:
        return sum(battery.entry.interceptors or 0 for battery in batteries)

    return Bound(
        number(judged),
        number([battery for battery in judged if not battery.at_sea]),
        number([battery for battery in judged if battery.id in reaching]),
        sum(each.interceptors for each in judgements if each.verdict is not Verdict.NO),
        (min(counts), max(counts)) if counts else None,
    )
