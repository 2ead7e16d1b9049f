"""Shares of benefit, from what `synaspis cooperation --json` printed."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final, Literal

from synaspis.core.errors import Fault, InputError

Benefit = Literal["defended", "gains", "shapley"]
BENEFITS: Final[Mapping[Benefit, str]] = {
    "defended": "people defended on its territory by all together",
    "gains": "people defended there by all together over those that it defends alone",
    "shapley": "Shapley value of the partner: what it brings, in people defended",
}
"""What each kind of benefit counts; summed over the threats."""

_MEASURE: Final = "defended_population"


def benefit_shares(document: Mapping[str, Any], kind: Benefit, source: str = "") -> dict[str, float]:
    """Share of each partner in a benefit, adding up to 1.

    document: what ``synaspis cooperation SCENARIO --json`` printed, with ``--by partner`` for the Shapley
    values. source: its file, for messages. A partner who has no benefit, or takes away, pays nothing.
    Raises InputError if the document holds no such benefit, or nobody has any.
    """
    try:
        people = dict(_people(document, kind))
    except (KeyError, TypeError, AttributeError, ValueError):
        remedy = "Give the output of `synaspis cooperation SCENARIO --by partner --json`."
        what = f"there is no benefit {kind!r} of partners in it"
        raise InputError(Fault(what, remedy=remedy, source=source)) from None
    strange = [name for name, value in people.items() if not isfinite(value)]
    if strange:
        raise InputError(
            Fault(
                f"the benefit {kind!r} of {name!r} is {people[name]}; a finite number is needed",
                source=source,
            )
            for name in strange
        )
    weights = {name: max(0.0, value) for name, value in people.items()}
    total = sum(weights.values())
    if not total > 0.0:
        raise InputError(Fault(f"no partner has a benefit {kind!r}, so nobody would pay", source=source))
    return {name: weight / total for name, weight in weights.items()}


def _people(document: Mapping[str, Any], kind: Benefit) -> list[tuple[str, float]]:
    if kind == "shapley":
        return [
            (
                player["id"],
                sum(float(each[_MEASURE]["shapley"]["value"]) for each in player["threats"].values()),
            )
            for player in document["by"]["partner"]["players"]
        ]
    key = "own_territory_pooled" if kind == "defended" else "gains"
    return [
        (partner["id"], sum(float(each[_MEASURE]) for each in partner[key].values()))
        for partner in document["partners"]
    ]
