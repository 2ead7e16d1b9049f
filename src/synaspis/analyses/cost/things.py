"""What a case counts: assets of the scenario and purchases, with their service and what carries them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from synaspis.analyses.cost.case import CaseDocument
from synaspis.analyses.cost.parts import Purchase, priced_items
from synaspis.catalogue import Catalogue, Costs
from synaspis.core.quantity import Quantity
from synaspis.scenario import PlacedAsset, Scenario

Kind = Literal["radar", "interceptors", "satellite", "platform"]
_ASSET_KINDS: dict[str, Kind] = {"radar": "radar", "battery": "interceptors", "satellite": "satellite"}


@dataclass(frozen=True)
class Thing:
    """Something that costs.

    item: where its costs stand, for the names of factors. number: how many, before `count`.
    start, end: first day in service and first day out of it; no end if it stays.
    bearer: id of the purchase that carries it. sunk: whether its price is left out.
    """

    id: str
    name: str
    kind: Kind
    owner: str
    item: str
    costs: Costs | None
    number: float
    start: date
    end: date | None
    sunk: bool
    count: Quantity | None = None
    share: Quantity | None = None
    bearer: str | None = None


def things_of(case: CaseDocument, scenario: Scenario | None, catalogue: Catalogue) -> dict[str, Thing]:
    """Everything that a case counts, by id: assets in the order of the scenario, then purchases."""
    bearers = {carried: name for name, each in case.purchases.items() for carried in each.carries}
    sunk = {name for group in case.sunk for name in group.assets}
    found = {}
    for asset in () if scenario is None else scenario.assets:
        if asset.id not in case.left_out:
            found[asset.id] = _asset(asset, bearers.get(asset.id), asset.id in sunk)
    for name, purchase in case.purchases.items():
        found[name] = _purchase(name, purchase, case, catalogue, list(_carried(purchase, found)), bearers)
    return found


def _asset(asset: PlacedAsset, bearer: str | None, sunk: bool) -> Thing:
    entry = asset.entry
    return Thing(
        asset.id, asset.name, _ASSET_KINDS[asset.kind], asset.owner, asset.item.id, asset.item.costs,
        float(entry.interceptors or 1), entry.in_service, entry.out_of_service, sunk, bearer=bearer,
    )  # fmt: skip


def _carried(purchase: Purchase, found: dict[str, Thing]) -> Iterator[Thing]:
    yield from (found[name] for name in purchase.carries if name in found)


def _purchase(
    name: str,
    purchase: Purchase,
    case: CaseDocument,
    catalogue: Catalogue,
    carried: list[Thing],
    bearers: dict[str, str],
) -> Thing:
    costs = purchase.costs if purchase.item is None else priced_items(catalogue)[purchase.item]
    kind: Kind = "platform"
    if purchase.item in catalogue.interceptors:
        kind = "interceptors"
    elif purchase.item in catalogue.radars:
        kind = "radar"
    start = min((thing.start for thing in carried), default=date(case.first_year, 1, 1))
    ends = [thing.end for thing in carried]
    end = None if not ends or None in ends else max(day for day in ends if day is not None)
    if purchase.first_year is not None:
        start = date(purchase.first_year, 1, 1)
    if purchase.last_year is not None:
        end = date(purchase.last_year + 1, 1, 1)
    return Thing(
        name, purchase.name, kind, purchase.owner, purchase.item or f"purchases.{name}", costs, 1.0, start,
        end, purchase.sunk, purchase.count, purchase.share, bearers.get(name),
    )  # fmt: skip


def service_fraction(thing: Thing, year: int) -> float:
    """Part of the days of a year on which a thing is in service, 0 to 1."""
    first, next_first = date(year, 1, 1), date(year + 1, 1, 1)
    start, end = max(thing.start, first), next_first if thing.end is None else min(thing.end, next_first)
    return max(0, (end - start).days) / (next_first - first).days
