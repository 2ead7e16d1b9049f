"""The pooled defence against national ones, and what each partner gains and gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.capability import Capability
from synaspis.analyses.capability import Pooling as Shared
from synaspis.analyses.cooperation.result import Exchange, Pooling
from synaspis.engine.parameters import Floats

Cells = NDArray[np.bool_]


def measured(capability: Capability, held: Cells, warning_s: Floats, cells: Cells | None = None) -> Floats:
    """Area (m2) and people defended and mean warning (s) of the people in reach, (threat, measure).

    held: (threat, cell). warning_s: (threat, cell), NaN where nothing threatens. cells: (cell,) of those that
    count, all by default.
    """
    counted = np.ones(held.shape[1], bool) if cells is None else cells
    people = capability.population * counted
    reached = people * capability.threatened
    warning = (np.nan_to_num(warning_s) * reached).sum(axis=1) / np.maximum(reached.sum(axis=1), 1)
    area = (held * (capability.area_m2 * counted)).sum(axis=1)
    return np.stack([area, (held * people).sum(axis=1).astype(np.float64), warning], axis=1)


def brought(capability: Capability, partner: str) -> list[str]:
    """Assets of a partner that count, in the order of the file."""
    return [asset for asset, owner in capability.owners.items() if owner == partner]


def part(capability: Capability, assets: list[str], sharing: Shared) -> tuple[Cells, Floats]:
    """What some assets defend and how long they warn, each (threat, cell)."""
    radars = [name for name in capability.radar_ids if name in assets]
    batteries = [name for name in capability.battery_ids if name in assets]
    sensors = [*radars, *(name for name in capability.satellite_ids if name in assets)]
    return capability.defended(radars, batteries, sharing), capability.warning_s(sensors, sharing)


def pooling(capability: Capability, sharing: Shared) -> tuple[Pooling, tuple[Exchange, ...]]:
    """Compare the pooled defence with what the partners have alone.

    sharing: what is shared when it is pooled. Every partner that owns an asset or has territory is listed.
    """
    every = list(capability.owners)
    partners = capability.scenario.document.partners
    people = (capability.population * capability.threatened).sum(axis=1)
    together = part(capability, every, sharing)
    union = np.zeros_like(together[0]), np.where(capability.threatened, 0.0, np.nan)
    pooled = measured(capability, *together)
    total, own = np.zeros_like(pooled), np.zeros_like(pooled)
    exchanges = []
    for number, (partner, entry) in enumerate(partners.items()):
        mine, territory = brought(capability, partner), capability.land.partner == number
        if not mine and not territory.any():
            continue
        alone = part(capability, mine, "none")
        union = union[0] | alone[0], np.fmax(union[1], alone[1])
        total += measured(capability, *alone)
        at_home = measured(capability, *alone, territory)
        share = (capability.population * capability.threatened * territory).sum(axis=1) / np.maximum(
            people, 1
        )
        own += at_home * np.stack([np.ones_like(share), np.ones_like(share), share], axis=1)
        left = part(capability, [name for name in every if name not in mine], sharing) if mine else together
        gives = measured(capability, *together, ~territory) - measured(capability, *left, ~territory)
        home = measured(capability, *together, territory)
        exchanges.append(Exchange(partner, entry.name, at_home, home, gives))
    total[:, 2] = np.nan  # times of warning do not add up
    apart, everything = (measured(capability, *part(capability, every, how)) for how in ("none", "all"))
    union_of_all = measured(capability, *union)
    return Pooling(pooled, apart, union_of_all, total, own, everything), tuple(exchanges)
