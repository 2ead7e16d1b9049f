"""What a shared defence covers, by phase and threat: area, people, warning time, what each asset adds.

A cell is defended against a threat if every launch point that reaches it can be engaged on the way, with the
shots required.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses._dataset import CoverageDataset, CoverageRun, assemble
from synaspis.analyses._selection import chosen
from synaspis.analyses._threat_run import defence, run_threat, territory
from synaspis.scenario import PlacedAsset, Scenario, Sharing, Variant, architecture

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all and what was done last."""


def coverage(
    scenario: Scenario,
    *,
    phases: Sequence[str] | None = None,
    threats: Sequence[str] | None = None,
    partners: Sequence[str] | None = None,
    sharing: Sharing = "agreements",
    step_deg: float | None = None,
    contributions: bool = True,
    progress: Progress | None = None,
) -> CoverageDataset:
    """Coverage of a scenario's territory for phases and threats, on its grid.

    phases, threats: ids, all by default. partners: ids of those who take part, all by default; the territory
    stays the same. sharing: by the agreements, none, or all. step_deg: side of a cell in degrees, that of the
    scenario by default.
    contributions: whether to leave out each radar and battery in turn. progress: told after each launch
    point.
    Returns a Dataset with dimensions (phase, threat, latitude, longitude); see `docs/formats/coverage.md`.
    Raises InputError for unknown ids.
    """
    document = scenario.document
    phase_ids = chosen("phase", phases, tuple(document.phases))
    threat_ids = chosen("threat", threats, tuple(document.threats))
    allowed = (
        None if partners is None else frozenset(chosen("partner", partners, scenario.membership.partners))
    )
    grid = scenario.grid(step_deg)
    land = territory(scenario, grid)
    variants, bases, without = _variants(scenario, phase_ids, allowed, sharing, contributions)
    plan = architecture(scenario, variants)
    total = sum(len(scenario.launch_area(threat).points) for threat in threat_ids)
    done = 0

    def advance(what: str) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total, what)

    tallies = tuple(
        run_threat(scenario, threat, defence(scenario, scenario.missile(threat), plan), bases, land, advance)
        for threat in threat_ids
    )
    run = CoverageRun(
        scenario, grid, land.index, phase_ids, threat_ids, tallies, without,
        tuple(
            tuple(
                (battery, number)
                for number, battery in enumerate(plan.battery_ids)
                if contributions and plan.battery_on[base, number]
            )
            for base in bases
        ),
    )  # fmt: skip
    return assemble(run, sharing=sharing, partners=None if allowed is None else sorted(allowed))


def _variants(
    scenario: Scenario,
    phases: Sequence[str],
    partners: frozenset[str] | None,
    sharing: Sharing,
    contributions: bool,
) -> tuple[list[Variant], NDArray[np.int64], tuple[tuple[tuple[str, int], ...], ...]]:
    """Each phase as it is, and once without each of its radars."""
    variants: list[Variant] = []
    bases, without = [], []
    for phase in phases:
        day = scenario.phase(phase).date
        bases.append(len(variants))
        variants.append(Variant(day, partners=partners, sharing=sharing))
        left_out = []
        for radar in scenario.radars if contributions else ():
            if _takes_part(radar, partners) and radar.entry.serves_on(day):
                left_out.append((radar.id, len(variants)))
                variants.append(Variant(day, frozenset({radar.id}), partners, sharing))
        without.append(tuple(left_out))
    return variants, np.array(bases, dtype=np.int64), tuple(without)


def _takes_part(asset: PlacedAsset, partners: frozenset[str] | None) -> bool:
    return partners is None or asset.owner in partners
