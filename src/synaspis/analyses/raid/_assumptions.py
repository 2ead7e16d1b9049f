"""The values that a raid rests on, in the form in which reports list them."""

from __future__ import annotations

from collections.abc import Iterator

from synaspis.analyses.assumptions import Assumption
from synaspis.analyses.raid.document import RaidDocument
from synaspis.analyses.raid.rules import Rules
from synaspis.core.quantity import Quantity
from synaspis.scenario import Scenario

_GIVEN = "Given by the user instead of the value of the raid."


def stated_values(scenario: Scenario, raid: RaidDocument, rules: Rules) -> tuple[Assumption, ...]:
    """Track, common failure, and for each interceptor its test record or the value that stands for it."""
    return tuple(_rows(scenario, raid, rules))


def _rows(scenario: Scenario, raid: RaidDocument, rules: Rules) -> Iterator[Assumption]:
    head = f"Raid: {raid.name}"
    for name, used, stated in (
        ("track probability", rules.track, raid.track_probability),
        ("class failure probability", rules.failure, raid.class_failure_probability),
    ):
        if used.value == stated.si:
            yield _row(head, name, stated)
        else:
            yield _given(head, name, used.value)
    for name, kill in rules.kills.items():
        item = scenario.catalogue.interceptors[name]
        head, record = f"Interceptor: {item.name}", item.test_record
        if kill.shape is not None and record is not None:
            note = f"{record.covers} Until {record.until.isoformat()}. {kill.basis}."
            yield _row(head, "intercept tests: hits", record.hits, note)
            yield _row(head, "intercept tests: attempts", record.attempts, note)
        elif kill.basis == "given":
            yield _given(head, "kill probability of one shot", kill.value)
        else:
            yield _row(head, "kill probability of one shot", raid.kill_probabilities[name])


def _given(item: str, what: str, value: float) -> Assumption:
    return Assumption(item, what, f"{value:.10g}", "", "assumed", note=_GIVEN)


def _row(item: str, what: str, quantity: Quantity, note: str = "") -> Assumption:
    ends = [end for end in (quantity.low, quantity.high) if end is not None]
    sources = [quantity.source, *(rival.source for rival in quantity.rivals)]
    return Assumption(
        item,
        what,
        f"{quantity.value:.10g}",
        "" if quantity.unit == "1" else quantity.unit,
        quantity.basis,
        " to ".join(f"{end:.10g}" for end in ends),
        "; ".join(f"{rival.value:.10g} ({rival.held_by})" for rival in quantity.rivals),
        " ".join(filter(None, (note, quantity.note))),
        tuple(dict.fromkeys(source for source in sources if source)),
    )
