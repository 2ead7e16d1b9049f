"""The values that an analysis rests on: rules that the user chose, delays of agreements, catalogue values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synaspis.catalogue import Item, quantities
from synaspis.core.documents import path_text
from synaspis.core.quantity import Quantity
from synaspis.scenario import Scenario

_KIND_WORDS = {"missiles": "Missile", "interceptors": "Interceptor", "radars": "Radar"}


@dataclass(frozen=True, slots=True)
class Assumption:
    """One value that the numbers rest on; all fields as text to show.

    item: what it describes. quantity: which of its values. spread: "low to high" or empty. rivals: other
    published values with who holds them. sources: ids in the list of sources.
    """

    item: str
    quantity: str
    value: str
    unit: str
    basis: str
    spread: str = ""
    rivals: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()


def assumptions_of(scenario: Scenario, threats: Sequence[str]) -> tuple[Assumption, ...]:
    """What a scenario's numbers rest on: rules, delays of clauses, and every catalogue value of its items.

    threats: ids of those that are flown.
    """
    return (*_settings(scenario), *_values(scenario, threats))


def _settings(scenario: Scenario) -> Iterator[Assumption]:
    """Yield what the user chose: rules of engagement and the delays of the agreements."""
    engagement = scenario.document.engagement
    rules = (
        ("shots required", str(engagement.shots_required), ""),
        ("each shot waits for the outcome of the one before", "yes" if engagement.assessment else "no", ""),
        ("own network delay", f"{engagement.own_network_delay.value:g}", engagement.own_network_delay.unit),
    )
    for quantity, value, unit in rules:
        yield Assumption("Scenario: what counts as defended", quantity, value, unit, "assumed")
    for agreement in scenario.document.agreements.values():
        period = f"{agreement.valid_from.isoformat()} to {agreement.valid_until or 'open'}"
        for name, clause in agreement.clauses.items():
            if clause.delay is None:
                continue
            use = f", {clause.use}" if clause.use else ""
            yield Assumption(
                f"Agreement: {agreement.name}",
                f"{name} ({clause.product}{use}): delay",
                f"{clause.delay.value:g}",
                clause.delay.unit,
                agreement.basis,
                note=f"In force {period}. {agreement.note or ''}".strip(),
                sources=(agreement.source,) if agreement.source else (),
            )


def items_of(scenario: Scenario, threats: Sequence[str]) -> Iterator[tuple[str, Item]]:
    """Kind and item of everything in the catalogue that a scenario uses against some threats, each once."""
    catalogue = scenario.catalogue
    used = [scenario.threat(threat).missile for threat in threats]
    used += [asset.item.id for asset in scenario.assets]
    used += [asset.entry.site for asset in scenario.assets if asset.entry.site is not None]
    for item_id in dict.fromkeys(used):
        yield catalogue.kind_of(item_id), catalogue.find(item_id)


def _values(scenario: Scenario, threats: Sequence[str]) -> Iterator[Assumption]:
    for kind, item in items_of(scenario, threats):
        head = f"{_KIND_WORDS.get(kind, kind.removesuffix('s').capitalize())}: {item.name}"
        for path, quantity in quantities(item):
            if path[0] == "costs":  # what a thing costs moves no number of a coverage
                continue
            name = path_text(path).replace("_", " ")
            if kind == "sites":
                yield assumption("Sites", f"{item.name}: {name}", quantity)
            else:
                yield assumption(head, name, quantity)


def assumption(item: str, name: str, quantity: Quantity) -> Assumption:
    """One quantity as an assumption; item: what it describes, name: which of its values."""
    low, high = quantity.low, quantity.high
    spread = "" if low is None and high is None else f"{_number(low)} to {_number(high)}"
    rivals = "; ".join(f"{rival.value:.10g} ({rival.held_by})" for rival in quantity.rivals)
    sources = [quantity.source, *(rival.source for rival in quantity.rivals)]
    return Assumption(
        item=item,
        quantity=name,
        value=f"{quantity.value:.10g}",
        unit="" if quantity.unit == "1" else quantity.unit,
        basis=quantity.basis,
        spread=spread,
        rivals=rivals,
        note=quantity.note or "",
        sources=tuple(dict.fromkeys(source for source in sources if source)),
    )


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.10g}"
