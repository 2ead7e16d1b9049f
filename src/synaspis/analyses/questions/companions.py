"""Which questions can be asked of a scenario: those for which public data come with it, or are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from synaspis.analyses.assurance.document import assurance_path
from synaspis.analyses.cost.loader import case_path
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import Scenario

_DATA: Final = Path(__file__).resolve().parents[2] / "data"

QUESTIONS: Final[Mapping[str, str]] = {
    "raid": "How many get through?",
    "cooperation": "What is sharing worth, and to whom?",
    "cost": "What does it cost, and who pays?",
    "assurance": "Does it affect a third party's deterrent?",
    "plan": "What should come next?",
    "consequences": "Whom do intercepts touch?",
}
"""Name and words of each question, in the order in which they are asked."""

_MISSING: Final[Mapping[str, str]] = {
    "raid": "No raid is stated for this scenario, and nothing here looks for one. State it with "
    "`--input raid=FILE`.",
    "cooperation": "There is one partner alone, so nothing is shared.",
    "cost": "No public costs have been gathered for this scenario; none are invented.",
    "assurance": "No launch fields and targets of a third party come with this scenario.",
    "plan": "No candidates for what may be built come with this scenario.",
    "consequences": "Nothing is said of fragments.",
}


def companion(question: str, scenario: Scenario) -> Path | None:
    """File of the package that a question needs beside the scenario; None where there is none.

    Cooperation needs no file of its own: the agreements of the scenario are its data; the file is a book of
    candidate agreements where one comes with the scenario.
    """
    find: Mapping[str, Callable[[], Path]] = {
        "raid": lambda: _DATA / "raids" / f"{scenario.id}.yaml",
        "cooperation": lambda: _DATA / "agreements" / f"{scenario.id}-candidates.yaml",
        "cost": lambda: case_path(scenario),
        "assurance": lambda: assurance_path(scenario),
        "plan": lambda: _DATA / "plans" / f"{scenario.id}.yaml",
        "consequences": lambda: _DATA / "consequences" / "debris.yaml",
    }
    try:
        path = find[question]()
    except InputError:
        return None
    return path if path.is_file() else None


def choose_questions(
    scenario: Scenario, wanted: Sequence[str] | None, given: Mapping[str, Path]
) -> tuple[str, ...]:
    """Questions to ask, in their order.

    wanted: names; None for all that can be answered. given: files of the user by question. Raises InputError
    for an unknown name, and for one that is wanted and has no data.
    """
    faults = [
        Fault(f"there is no question {name!r}", remedy=nearest(name, tuple(QUESTIONS)))
        for name in dict.fromkeys([*(wanted or ()), *given])
        if name not in QUESTIONS
    ]
    possible = [name for name in QUESTIONS if name in given or _can_be_asked(name, scenario)]
    faults += [
        Fault(f"{name}: {no_data(name)}")
        for name in QUESTIONS
        if wanted is not None and name in wanted and name not in possible
    ]
    faults += [
        Fault(f"a file is given for {name!r}, which is not asked", remedy="Leave out one of the two.")
        for name in given
        if name in QUESTIONS and wanted is not None and name not in wanted
    ]
    if faults:
        raise InputError(faults)
    return tuple(name for name in possible if wanted is None or name in wanted)


def no_data(question: str) -> str:
    """Why a question is not answered, one sentence."""
    return _MISSING[question]


def _can_be_asked(question: str, scenario: Scenario) -> bool:
    if question == "cooperation":
        return len(scenario.membership.partners) > 1
    return companion(question, scenario) is not None
