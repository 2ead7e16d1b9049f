"""What sharing is worth: with and without each agreement, clause, partner and asset, and who gains what."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from synaspis.agreement import AgreementBook
from synaspis.analyses.assumptions import assumptions_of
from synaspis.analyses.capability import Capability, compute
from synaspis.analyses.cooperation.clauses import (
    clause_ids,
    defended_measures,
    idle_clauses,
    refuse_contradictions,
    with_candidates,
)
from synaspis.analyses.cooperation.contributions import Players, Sampling, by_assets, by_clauses
from synaspis.analyses.cooperation.leakage import LeakageGame, leakage_of
from synaspis.analyses.cooperation.pooling import brought, pooling
from synaspis.analyses.cooperation.result import BY, By, Candidate, CooperationResult
from synaspis.analyses.raid import RaidDocument
from synaspis.analyses.running import Mapper
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats
from synaspis.scenario import Scenario

SEED = 1953
"""Of the streams that orders are drawn from; any number does."""

WIDTH = 0.05
ORDERS_MAX = 32_768


def cooperation(
    scenario: Scenario,
    *,
    phase: str | None = None,
    threats: Sequence[str] | None = None,
    by: Sequence[By] = BY,
    step_deg: float | None = None,
    candidates: AgreementBook | None = None,
    raid: RaidDocument | None = None,
    seed: int = SEED,
    width: float = WIDTH,
    orders_max: int = ORDERS_MAX,
    mapper: Mapper = map,
    progress: Callable[[int, int, str], None] | None = None,
) -> CooperationResult:
    """What each agreement, clause, partner and asset of a scenario is worth on the day of a phase.

    phase: id, by default the last that is not cancelled. threats: ids, all by default. by: kinds of players.
    step_deg: side of a cell in degrees, that of the scenario by default. candidates: a book whose clauses are
    tried one by one beside those of the scenario's own book that do not hold on the day. raid: whose leakage
    is asked for as well.
    seed, width, orders_max: for games of more than 12 players, see `sampled_shapley`. mapper: runs the parts.
    Raises InputError for unknown ids and for agreements that contradict each other, with both clauses.
    """
    unknown = [name for name in by if name not in BY]
    if unknown:
        raise InputError(
            Fault(f"there are no players {name!r}", remedy=nearest(name, BY)) for name in unknown
        )
    phase_id = phase or last_phase(scenario)
    day = scenario.phase(phase_id).date
    in_force = scenario.book.in_force(day)
    refuse_contradictions(scenario.book, in_force)
    capability = compute(
        scenario, phase_id, threats=threats, step_deg=step_deg, mapper=mapper, progress=progress
    )
    root = np.random.SeedSequence(seed)
    streams = dict(zip(BY, root.spawn(len(BY)), strict=True))
    players = {kind: _players(capability, kind) for kind in dict.fromkeys(by)}
    found = {
        kind: (by_assets if kind in ("partner", "asset") else by_clauses)(
            capability, each, Sampling(streams[kind], width, orders_max, mapper)
        )
        for kind, each in players.items()
    }
    pooled, exchanges = pooling(capability, "agreements")
    return CooperationResult(
        scenario=scenario.id,
        phase=phase_id,
        threats=capability.threat_ids,
        in_force=tuple(clause_ids(in_force)),
        contributions=found,
        pooling=pooled,
        exchanges=exchanges,
        candidates=_candidates(capability, candidates),
        leakage=None
        if raid is None
        else leakage_of(LeakageGame(capability.scenario, raid, phase_id, seed), tuple(players.values())),
        assumptions=assumptions_of(capability.scenario, capability.threat_ids),
        notices=scenario.book.simulation_notices(),
        settings={"seed": seed, "width": width, "orders_max": orders_max, "step_deg": step_deg},
    )


def last_phase(scenario: Scenario) -> str:
    """The last phase that is not cancelled; the last of all if every one is."""
    phases = scenario.document.phases
    kept = [name for name, phase in phases.items() if phase.status != "cancelled"]
    return (kept or list(phases))[-1]


def _players(capability: Capability, by: By) -> Players:
    """Who plays, and what each brings."""
    scenario = capability.scenario
    held = scenario.book.in_force(capability.day)
    clauses = clause_ids(held)
    if by == "partner":
        partners = scenario.document.partners
        ids = [name for name in partners if brought(capability, name)]
        brings = [brought(capability, name) for name in ids]
        return Players(by, ids, [partners[name].name for name in ids], brings)
    if by == "asset":
        ids = [asset.id for asset in scenario.assets]
        return Players(by, ids, [asset.name for asset in scenario.assets], [[name] for name in ids])
    if by == "clause":
        return Players(by, clauses, clauses, [[name] for name in clauses])
    brings = [[name for name in clauses if name.split("/", 1)[0] == each] for each in held]
    return Players(by, list(held), [each.name for each in held.values()], brings)


def _candidates(capability: Capability, other: AgreementBook | None) -> tuple[Candidate, ...]:
    """What each clause that does not hold would add by itself, the best first: by people, area, warning."""
    book = capability.scenario.book
    holding = clause_ids(book.in_force(capability.day))
    names = idle_clauses(book, capability.day)
    if other is not None:
        capability, more = with_candidates(capability, other)
        names += more
    before = _measures(capability, holding)
    found = [Candidate(name, _measures(capability, [*holding, name]) - before) for name in names]
    order = [1, 0, 2]
    return tuple(sorted(found, key=lambda each: tuple(-each.adds.sum(axis=0)[order])))


def _measures(capability: Capability, names: Sequence[str]) -> Floats:
    track = defended_measures(capability, names, "track").reshape(-1, 2)
    warning = defended_measures(capability, names, "warning")
    return np.column_stack([track, warning])
