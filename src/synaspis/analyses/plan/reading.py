"""From a plan file and a scenario to a checked plan, all faults of the file together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from synaspis.analyses.plan.candidate import Candidate, PlanSurroundings
from synaspis.analyses.plan.document import PlanDocument
from synaspis.analyses.plan.prices import CandidateCosts, costs_of
from synaspis.core.documents import Document, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.engagement import BATTERIES_MAX
from synaspis.geography import Countries
from synaspis.scenario import Asset, Scenario

_PACKAGED: Final = Path(__file__).resolve().parents[2] / "data" / "plans"


@dataclass(frozen=True, eq=False)
class PlanInput:
    """A plan file that has passed every check.

    scenario: with the standing assets and the candidates as its assets, and the phase on the day whose
    agreements hold. standing: ids of what stands. costs: by candidate. file: None if it was no file.
    """

    document: PlanDocument
    scenario: Scenario
    standing: tuple[str, ...]
    costs: Mapping[str, CandidateCosts]
    file: Path | None = None


def plan_path(scenario_id: str) -> Path:
    """File with the candidates of a packaged scenario; raises InputError if there is none."""
    path = _PACKAGED / f"{scenario_id}.yaml"
    if not path.is_file():
        known = sorted(each.stem for each in _PACKAGED.glob("*.yaml"))
        remedy = f"Give a file with `--candidates`; such files come with {', '.join(known)}."
        raise InputError(Fault(f"no candidates come with the scenario {scenario_id!r}", remedy=remedy))
    return path


def read_plan(scenario: Scenario, file: str | Path | None = None) -> PlanInput:
    """Read the candidates of a scenario.

    file: a plan file; that which comes with the scenario by default. Raises InputError with all its faults.
    """
    path = plan_path(scenario.id) if file is None else Path(file)
    return check_plan(scenario, read_document(path), path)


def check_plan(scenario: Scenario, document: Document, file: Path | None = None) -> PlanInput:
    """Check a plan that is a document already; raises InputError with all its faults."""
    standing = _standing(scenario, document.data.get("phase"))
    surroundings = _surroundings(scenario, document, standing)
    faults: list[Fault] = []
    checked: PlanDocument | None = None
    try:
        checked = parse(PlanDocument, document, context=surroundings)
    except InputError as error:
        faults += error.faults
    if checked is None:
        raise InputError(faults)
    costs: dict[str, CandidateCosts] = {}
    for name, candidate in checked.candidates.items():
        costs[name], found = costs_of(name, candidate, scenario.catalogue, checked.price_year)
        faults += [document.fault(fault.what, fault.where, fault.remedy) for fault in found]
    whole = _with_candidates(scenario, checked, standing)
    if len(whole.batteries) > BATTERIES_MAX:
        what = (
            f"{len(whole.batteries)} batteries stand or are candidates; at most {BATTERIES_MAX} are allowed"
        )
        faults.append(document.fault(what, "candidates", "Leave out the candidates that matter least."))
    if faults:
        raise InputError(sorted(faults, key=lambda fault: fault.line or 0))
    return PlanInput(checked, whole, standing, costs, file)


def _standing(scenario: Scenario, phase: object) -> tuple[str, ...]:
    phases = scenario.document.phases
    if not isinstance(phase, str) or phase not in phases:
        # The schema says so; that other entries name assets of no phase is no fault of theirs.
        return tuple(scenario.document.assets)
    return tuple(asset.id for asset in scenario.in_service(phases[phase].date))


def _surroundings(scenario: Scenario, document: Document, standing: tuple[str, ...]) -> PlanSurroundings:
    written = document.data.get("candidates")
    candidates: Mapping[str, Any] = written if isinstance(written, Mapping) else {}
    described = scenario.as_dict()["assets"]
    return PlanSurroundings(
        catalogue=scenario.catalogue,
        membership=scenario.membership,
        assets={**{name: described[name] for name in standing}, **candidates},
        launch_areas=tuple(scenario.document.launch_areas),
        countries=Countries.load().codes,
        phases=tuple(scenario.document.phases),
        threats=tuple(scenario.document.threats),
        standing=standing,
        candidates=tuple(map(str, candidates)),
    )


def _with_candidates(scenario: Scenario, plan: PlanDocument, standing: tuple[str, ...]) -> Scenario:
    """The scenario with what stands and what may stand, and no other asset."""
    known = scenario.document.assets
    assets: dict[str, Asset | Candidate] = {name: known[name] for name in standing}
    assets |= dict(sorted(plan.candidates.items()))
    phase = scenario.document.phases[plan.phase]
    phase = phase.model_copy(update={"date": plan.agreements_on or phase.date})
    document = scenario.document.model_copy(update={"assets": assets, "phases": {plan.phase: phase}})
    return Scenario(document, scenario.catalogue, scenario.book, scenario.files)
