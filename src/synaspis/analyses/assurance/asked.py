"""From what a user asks to a question with all that it names found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from synaspis.analyses.assurance.document import AssuranceDocument, Pair, load_assurance_document
from synaspis.catalogue import Interceptor
from synaspis.core.documents import Document, nearest
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import PlacedAsset, Scenario, check_scenario

OUTSIDE_THE_AIR_M: Final = 100e3
"""An interceptor that stays below it meets a flight of the question nowhere but at its two ends."""


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
