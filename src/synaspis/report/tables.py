"""The tables of a report as plain rows, read from the result arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from synaspis.report.content import ReportContent
from synaspis.report.rasters import gates_present

SQUARE_KILOMETRE_M2 = 1e6


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The answer for one phase and threat. Areas in m2; shares 0 to 1 of what is threatened, NaN if nothing
    is.
    """

    phase: str
    threat: str
    defended_area_m2: float
    threatened_area_m2: float
    area_share: float
    defended_population: float
    threatened_population: float
    population_share: float
    median_warning_s: float


@dataclass(frozen=True, slots=True)
class GateRow:
    """How much of the threatened territory one gate leaves open. share: 0 to 1 of the threatened area, by
    phase.
    """

    threat: str
    label: str
    colour: str
    area_m2: tuple[float, ...]
    share: tuple[float, ...]
    population: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """What one asset adds in one phase: what would be lost without it, by threat."""

    asset: str
    name: str
    kind: str
    owner: str
    area_m2: tuple[float, ...]
    population: tuple[float, ...]


def share(part: float, whole: float) -> float:
    """Return part / whole, NaN if the whole is not positive."""
    return part / whole if whole > 0 else float("nan")


def case_rows(dataset: xr.Dataset) -> list[CaseRow]:
    """Return one row for each phase and threat, phases first."""
    rows = []
    for phase in dataset["phase"].values:
        for threat in dataset["threat"].values:
            case = dataset.sel(phase=phase, threat=threat)
            area, threatened = float(case["defended_area"]), float(case["threatened_area"])
            people, at_risk = float(case["defended_population"]), float(case["threatened_population"])
            rows.append(
                CaseRow(
                    phase=str(phase),
                    threat=str(threat),
                    defended_area_m2=area,
                    threatened_area_m2=threatened,
                    area_share=share(area, threatened),
                    defended_population=people,
                    threatened_population=at_risk,
                    population_share=share(people, at_risk),
                    median_warning_s=float(case["median_warning_time"]),
                )
            )
    return rows


def denied_rows(denied: xr.Dataset) -> dict[tuple[str, str], tuple[float, float]]:
    """Return for each phase and threat the launch area denied, and its share of that with a city in reach."""
    rows = {}
    for phase in denied["phase"].values:
        for threat in denied["threat"].values:
            case = denied[["denied_area", "reaching_area"]].sel(phase=phase, threat=threat)
            area = float(case["denied_area"])
            rows[str(phase), str(threat)] = (area, share(area, float(case["reaching_area"])))
    return rows


def gate_rows(dataset: xr.Dataset) -> list[GateRow]:
    """Return for each threat the gates that leave territory open, with their area in each phase."""
    area, people = dataset["cell_area"].values, dataset["population"].values
    rows = []
    for threat in dataset["threat"].values:
        case = dataset.sel(threat=threat)
        threatened = np.broadcast_to(case["threatened"].values > 0, case["defended"].shape)
        whole = (threatened * area).sum(axis=(-2, -1))
        undefended = threatened & (case["defended"].values == 0)
        for gate in gates_present(dataset):
            cells = undefended & (case["gate"].values == gate.value)
            closed, persons = ((cells * each).sum(axis=(-2, -1)) for each in (area, people))
            if closed.any():
                shares = tuple(share(float(c), float(w)) for c, w in zip(closed, whole, strict=True))
                rows.append(
                    GateRow(
                        str(threat),
                        gate.label,
                        gate.colour,
                        tuple(map(float, closed)),
                        shares,
                        tuple(map(float, persons)),
                    )
                )
    return rows


def contribution_rows(content: ReportContent, phase: str) -> list[ContributionRow]:
    """Return what each asset in service adds in a phase, most people first; assets that add nothing come
    last.
    """
    dataset = content.dataset
    if "contribution_area" not in dataset:
        return []
    area = dataset["contribution_area"].sel(phase=phase).transpose("asset", "threat")
    people = dataset["contribution_population"].sel(phase=phase).transpose("asset", "threat")
    known = {str(asset): index for index, asset in enumerate(dataset["asset"].values)}
    rows = []
    for asset in content.assets:
        if phase in asset.phases and asset.id in known:
            at = known[asset.id]
            areas, persons = (tuple(float(v) for v in np.nan_to_num(a.values[at])) for a in (area, people))
            rows.append(ContributionRow(asset.id, asset.name, asset.kind, asset.owner, areas, persons))
    return sorted(rows, key=lambda row: (-sum(row.population), -sum(row.area_m2), row.name))


def phase_gains(
    dataset: xr.Dataset, before: str, after: str, threats: Sequence[str]
) -> list[tuple[float, float]]:
    """Return for each threat the area gained and lost from one phase to another, m2."""
    area = dataset["cell_area"].broadcast_like(dataset["land"]).values
    gains = []
    for threat in threats:
        old = dataset["defended"].sel(phase=before, threat=threat).values > 0
        new = dataset["defended"].sel(phase=after, threat=threat).values > 0
        gains.append((float((area * (new & ~old)).sum()), float((area * (old & ~new)).sum())))
    return gains
