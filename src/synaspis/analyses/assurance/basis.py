"""The catalogue values that an assurance rests on, as text to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from synaspis.analyses.assurance.document import AssuranceDocument
from synaspis.catalogue import quantities
from synaspis.core.documents import path_text
from synaspis.core.quantity import Quantity
from synaspis.scenario import Scenario


def assumptions_of(
    scenario: Scenario, document: AssuranceDocument, interceptors: Sequence[str], day: date
) -> tuple[dict[str, Any], ...]:
    """Every value of the missile class, the interceptors, and the radars and satellites in service on a day.

    Each has item, quantity, value, unit, basis, spread ("low to high" or empty), rivals, note and sources.
    """
    catalogue = scenario.catalogue
    sensors = [asset for asset in (*scenario.radars, *scenario.satellites) if asset.entry.serves_on(day)]
    used = (document.missile, *interceptors, *(asset.item.id for asset in sensors))
    return tuple(
        _shown(catalogue.find(item_id).name, path_text(path).replace("_", " "), quantity)
        for item_id in dict.fromkeys(used)
        for path, quantity in quantities(catalogue.find(item_id))
    )


def _shown(item: str, name: str, quantity: Quantity) -> dict[str, Any]:
    low, high = quantity.low, quantity.high
    ends = ("" if low is None else f"{low:.10g}", "" if high is None else f"{high:.10g}")
    sources = [quantity.source, *(rival.source for rival in quantity.rivals)]
    return {
        "item": item,
        "quantity": name,
        "value": f"{quantity.value:.10g}",
        "unit": "" if quantity.unit == "1" else quantity.unit,
        "basis": quantity.basis,
        "spread": " to ".join(ends) if any(ends) else "",
        "rivals": "; ".join(f"{rival.value:.10g} ({rival.held_by})" for rival in quantity.rivals),
        "note": quantity.note or "",
        "sources": tuple(source for source in sources if source is not None),
    }
