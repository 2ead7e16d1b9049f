"""Does a defence affect the strategic deterrent of a third party?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from synaspis.analyses.assurance.band import Verdict
from synaspis.analyses.assurance.basis import assumptions_of
from synaspis.analyses.assurance.document import AssuranceDocument, Pair, load_assurance_document
from synaspis.analyses.assurance.judge import judge
from synaspis.analyses.assurance.reach import problem
from synaspis.analyses.assurance.result import AssuranceResult, Bound, Judgement
from synaspis.catalogue import Interceptor
from synaspis.core.documents import Document, nearest
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import PlacedAsset, Scenario, check_scenario

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all and what was done last."""

OUTSIDE_THE_AIR_M: Final = 100e3
"""An interceptor that stays below it meets a flight of the question nowhere but at its two ends."""

_STEPS: Final = 50
"""Steps of one interceptor with sensitivity, about; for the bar alone."""


@dataclass(frozen=True)
class Asked:
    """A question with all that it names found: the scenario, with the assets of a pair if there is one.

    interceptors: types that are judged. fixed: SI values by target.
    """

    scenario: Scenario
    document: AssuranceDocument
    phase: str
    day: date
    interceptors: tuple[str, ...]
    fixed: Mapping[str, float]
    pair: str | None


def assurance(
    scenario: Scenario,
    *,
    about: Path | None = None,
    phase: str | None = None,
    interceptor: str | None = None,
    burnout_speed_m_s: float | None = None,
    pair: str | None = None,
    sensitivity: bool = True,
    progress: Progress | None = None,
) -> AssuranceResult:
    """Judge whether the interceptors of a phase can reach the flights that a third party asks about.

    about: file of schema assurance/1, by default the one that comes with the package for the scenario.
    phase: by default that of the file. interceptor: judge this one alone, wherever it stands in the phase or,
    if it does not, in a pair of the file; burnout_speed_m_s: replaces that one value, above 0. pair: judge the
    interceptors of a pair of the file. sensitivity: whether to move each disputed value over its range.
    progress: told after each step.
    Raises InputError for an unknown phase, interceptor or pair, for a speed without an interceptor, and with
    every fault of the file.
    """
    asked = ask(scenario, about, phase, interceptor, burnout_speed_m_s, pair)
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
    }
    return conclude(asked, judgements, settings)


def ask(
    scenario: Scenario,
    about: Path | None,
    phase: str | None,
    interceptor: str | None,
    burnout_speed_m_s: float | None,
    pair: str | None,
) -> Asked:
    """Find what a question names; arguments and errors as in `assurance`."""
    document = load_assurance_document(scenario, about)
    phase = document.phase if phase is None else phase
    day = scenario.phase(phase).date
    if burnout_speed_m_s is not None and interceptor is None:
        remedy = "Say whose it is, such as --interceptor sm-3-iib."
        raise InputError(Fault("a burnout speed is given and no interceptor", remedy=remedy))
    standing = _outside_the_air(scenario.batteries, day)
    if pair is None and interceptor is not None and interceptor not in standing:
        pair = _pair_with(scenario, document, interceptor, standing)
    if pair is not None:
        scenario = with_pair(scenario, document, pair)
        standing = _outside_the_air(
            [each for each in scenario.batteries if each.id in document.pairs[pair].assets], day
        )
        if interceptor is not None and interceptor not in standing:
            what = f"the interceptor {interceptor!r} is not in the pair {pair!r}"
            raise InputError(Fault(what, remedy=nearest(interceptor, standing)))
    wanted = standing if interceptor is None else (interceptor,)
    if not wanted:
        what = f"no interceptor that works outside the air stands in the phase {phase!r}"
        raise InputError(Fault(what, remedy="Ask about another phase, or about a pair."))
    fixed = {} if burnout_speed_m_s is None else {f"{interceptor}.burnout_speed": burnout_speed_m_s}
    return Asked(scenario, document, phase, day, wanted, fixed, pair)


def with_pair(scenario: Scenario, document: AssuranceDocument, pair: str) -> Scenario:
    """The scenario with the assets of a pair beside its own.

    Raises InputError for an unknown pair, and with every fault of its assets.
    """
    if pair not in document.pairs:
        raise InputError(Fault(f"there is no pair {pair!r}", remedy=nearest(pair, tuple(document.pairs))))
    data = scenario.as_dict()
    data["assets"] = {**data["assets"], **_plain(document.pairs[pair])}
    together = check_scenario(Document(data), catalogue=scenario.catalogue)
    return replace(together, book=scenario.book, files=scenario.files, catalogue=scenario.catalogue)


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
        f"Contested: {speed} reaches none of {flights} as stated, and some with disputed values or an earlier "
        "commit than stated."
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


def _outside_the_air(batteries: Sequence[PlacedAsset], day: date) -> tuple[str, ...]:
    """Interceptor types in service on a day that work outside the air, each once."""
    return tuple(
        dict.fromkeys(
            battery.item.id
            for battery in batteries
            if battery.entry.serves_on(day)
            and isinstance(battery.item, Interceptor)
            and battery.item.maximum_altitude.si >= OUTSIDE_THE_AIR_M
        )
    )


def _pair_with(
    scenario: Scenario, document: AssuranceDocument, interceptor: str, standing: Sequence[str]
) -> str:
    """The pair of the document in which an interceptor stands."""
    pairs = {
        str(asset.get("item")): name
        for name, pair in document.pairs.items()
        for asset in pair.assets.values()
    }
    if interceptor in pairs:
        return pairs[interceptor]
    allowed = (*standing, *(item for item in pairs if item in scenario.catalogue.interceptors))
    known = interceptor in scenario.catalogue.interceptors
    what = f"the interceptor {interceptor!r} {'does not stand in the phase' if known else 'is unknown'}"
    raise InputError(Fault(what, remedy=nearest(interceptor, allowed)))


def _plain(pair: Pair) -> dict[str, Any]:
    dumped: dict[str, Any] = pair.model_dump(mode="json")["assets"]
    return dumped
