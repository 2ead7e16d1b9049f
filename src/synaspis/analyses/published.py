"""Published statements about a shield, held against what a study finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.documents import FrozenModel, Rejected, parse, read_document
from synaspis.core.errors import Fault

_PART = 0.002
"""Share of a territory below which a difference counts as none: a handful of cells on its edge."""

Kind = Literal[
    "reaches",
    "defends-part-of",
    "defends-all-of",
    "grows",
    "adds-nothing",
    "defends-from-every-launch-point",
]
_MANY = 1_000
# How many phases, threats and countries each kind is about, least and most.
_NEEDS: dict[Kind, tuple[tuple[int, int], ...]] = {
    "reaches": ((0, 0), (1, 1), (1, _MANY)),
    "defends-part-of": ((1, 1), (1, 1), (1, _MANY)),
    "defends-all-of": ((1, 1), (1, _MANY), (0, 0)),
    "grows": ((2, _MANY), (1, _MANY), (0, 0)),
    "adds-nothing": ((2, 2), (1, _MANY), (0, 0)),
    "defends-from-every-launch-point": ((1, 1), (1, 1), (0, 0)),
}
Text = Annotated[str, Field(min_length=1)]


def _count(data: dict[str, Any], *keys: str) -> int | None:
    """How many ids stand under some keys; None if one of them could not be read."""
    if not all(key in data for key in keys):
        return None
    return sum(isinstance(data[key], str) or len(data[key] or ()) for key in keys)


class Statement(FrozenModel):
    """A published statement, and how to hold it against a study."""

    says: Text = Field(description="The statement in our words.")
    source: Text = Field(description="Id in the list of sources.")
    phase: str | None = Field(default=None, description="Phase that it is about.")
    phases: tuple[str, ...] = Field(default=(), description="Phases that it is about, oldest first.")
    threat: str | None = Field(default=None, description="Threat that it is about.")
    threats: tuple[str, ...] = Field(default=(), description="Threats that it is about.")
    countries: tuple[str, ...] = Field(default=(), description="Countries that it is about.")
    kind: Kind = Field(description="What is compared.")
    if_it_differs: Text = Field(description="The most likely reason if the study finds something else.")

    @field_validator("kind")
    @classmethod
    def _has_what_it_needs(cls, kind: Kind, info: ValidationInfo) -> Kind:
        given = {
            name: _count(info.data, *keys)
            for name, keys in (
                ("phases", ("phase", "phases")),
                ("threats", ("threat", "threats")),
                ("countries", ("countries",)),
            )
        }
        faults = [
            Fault(
                f"the number of {name} is {count}; {kind} takes {least}{' or more' if most == _MANY else ''}"
            )
            for (name, count), (least, most) in zip(given.items(), _NEEDS[kind], strict=True)
            if count is not None and not least <= count <= most
        ]
        if faults:
            raise Rejected(*faults)
        return kind

    @property
    def all_phases(self) -> tuple[str, ...]:
        """The phases, one or several."""
        return (*(() if self.phase is None else (self.phase,)), *self.phases)

    @property
    def all_threats(self) -> tuple[str, ...]:
        """The threats, one or several."""
        return (*(() if self.threat is None else (self.threat,)), *self.threats)


class Statements(FrozenModel):
    """The statements that belong to a scenario."""

    schema_version: Literal["statements/1"] = Field(alias="schema", description="Always statements/1.")
    scenario: Text = Field(description="Scenario that they are about.")
    statements: dict[str, Statement] = Field(min_length=1, description="Statements by id.")


@dataclass(frozen=True)
class Comparison:
    """A statement beside the finding; why: the reason of a difference, empty if there is none."""

    id: str
    statement: str
    source: str
    found: str
    agrees: bool
    why: str = ""


def compare_with_published(scenario_id: str, dataset: xr.Dataset) -> tuple[Comparison, ...]:
    """Hold the statements that come with the package about a scenario against its coverage Dataset.

    A scenario without statements gives none; else see `compare`.
    """
    statements = load_statements(scenario_id)
    return () if statements is None else compare(statements, dataset)


def load_statements(scenario_id: str) -> Statements | None:
    """The statements that come with the package about a scenario; None if there are none.

    Raises InputError with every fault of the file.
    """
    path = files("synaspis") / "data" / "statements" / f"{scenario_id}.yaml"
    if not path.is_file():
        return None
    source = f"statements/{scenario_id}.yaml"
    return parse(Statements, read_document(path.read_text(encoding="utf-8"), source=source))


def compare(statements: Statements, dataset: xr.Dataset) -> tuple[Comparison, ...]:
    """Hold statements against a coverage Dataset.

    dataset: dims (phase, threat, latitude, longitude). Statements about phases or threats that it does not
    hold are left out.
    """
    phases, threats = set(dataset["phase"].values), set(dataset["threat"].values)
    found = []
    for name, statement in statements.statements.items():
        if phases.issuperset(statement.all_phases) and threats.issuperset(statement.all_threats):
            agrees, sentence = _JUDGES[statement.kind](statement, dataset)
            why = "" if agrees else statement.if_it_differs
            found.append(Comparison(name, statement.says, statement.source, sentence, agrees, why))
    return tuple(found)


def _percent(part: float, whole: float) -> str:
    return f"{100.0 * part / whole:.0f} %"


def _one_case(statement: Statement, dataset: xr.Dataset) -> xr.Dataset:
    """The part of a Dataset that a statement about one phase and one threat is about."""
    (phase,), (threat,) = statement.all_phases, statement.all_threats
    return dataset.sel(phase=phase, threat=threat)


def _country_shares(
    dataset: xr.Dataset, cells: NDArray[np.bool_], codes: tuple[str, ...]
) -> dict[str, float]:
    """Share of each country's land that is among the cells."""
    index = dataset["country"].attrs["codes"].split()
    area, country = dataset["cell_area"].values, dataset["country"].values
    shares = {}
    for code in codes:
        own = country == index.index(code)
        shares[code] = float(area[own & cells].sum() / area[own].sum()) if own.any() else 0.0
    return shares


def _reaches(statement: Statement, dataset: xr.Dataset) -> tuple[bool, str]:
    (threat,) = statement.all_threats
    hit = dataset["threatened"].sel(threat=threat).values == 1
    index = dataset["country"].attrs["codes"].split()
    reached = sorted({index[k] for k in dataset["country"].values[hit]})
    shares = _country_shares(dataset, hit, statement.countries)
    others = [code for code in reached if code not in statement.countries]
    text = "; ".join(f"{code} {_percent(share, 1.0)}" for code, share in shares.items())
    extra = f" Also reached in part: {', '.join(others)}." if others else ""
    return all(share > 0.0 for share in shares.values()), f"Land within reach: {text}.{extra}"


def _defends_part(statement: Statement, dataset: xr.Dataset) -> tuple[bool, str]:
    cells = _one_case(statement, dataset)["defended"].values == 1
    shares = _country_shares(dataset, cells, statement.countries)
    text = "; ".join(f"{code} {_percent(share, 1.0)}" for code, share in shares.items())
    return all(share > _PART for share in shares.values()), f"Land defended: {text}."


def _defends_all(statement: Statement, dataset: xr.Dataset) -> tuple[bool, str]:
    parts, whole_held = [], True
    index = dataset["country"].attrs["codes"].split()
    for threat in statement.all_threats:
        one = dataset.sel(phase=statement.all_phases[0], threat=threat)
        held, all_of_it = float(one["defended_area"]), float(one["threatened_area"])
        whole_held &= held >= (1.0 - _PART) * all_of_it
        open_cells = (one["threatened"].values == 1) & (one["defended"].values == 0)
        gap = {code: open_cells & (one["country"].values == k) for k, code in enumerate(index)}
        area = one["cell_area"].values
        largest = sorted(gap, key=lambda code: -area[gap[code]].sum())[:4]
        names = ", ".join(code for code in largest if gap[code].any())
        gaps = f" (open above all in {names})" if names else ""
        share = f"{_percent(held, all_of_it)} of the area within reach" if all_of_it > 0.0 else "out of reach"
        parts.append(f"{threat}: {share}{gaps}")
    return whole_held, "; ".join(parts) + "."


def _grows(statement: Statement, dataset: xr.Dataset) -> tuple[bool, str]:
    parts, steady = [], True
    for threat in statement.all_threats:
        areas = [
            float(dataset["defended_area"].sel(phase=phase, threat=threat)) for phase in statement.all_phases
        ]
        steady &= bool(np.all(np.diff(areas) >= -_PART * max(areas))) and areas[-1] > areas[0]
        parts.append(f"{threat}: " + ", ".join(f"{area / 1e9:,.0f}" for area in areas))
    return steady, "Defended, thousand km2: " + "; ".join(parts) + "."


def _adds_nothing(statement: Statement, dataset: xr.Dataset) -> tuple[bool, str]:
    before, after = statement.all_phases
    parts, nothing = [], True
    for threat in statement.all_threats:
        one = dataset.sel(threat=threat)
        gain = float(one["defended_area"].sel(phase=after) - one["defended_area"].sel(phase=before))
        nothing &= gain <= _PART * float(one["threatened_area"])
        parts.append(f"{threat}: {gain / 1e9:+,.0f}")
    return (
        nothing,
        f"From {before} to {after} the defended area changes by (thousand km2): {'; '.join(parts)}.",
    )


def _from_every_point(statement: Statement, dataset: xr.Dataset) -> tuple[bool, str]:
    share = _one_case(statement, dataset)["defended_fraction"].values
    share = share[np.isfinite(share)]
    if not share.size:
        return False, "No launch point reaches the territory."
    least, most = (f"{100.0 * value:.0f}" for value in (share.min(), share.max()))
    span = f"{least} %" if least == most else f"{least} to {most} %"
    points = f"{share.size} launch point{'' if share.size == 1 else 's'}"
    text = f"By launch point, {span} of the territory within reach is defended ({points})."
    return bool((share > 0.0).all()), text


_JUDGES: dict[Kind, Callable[[Statement, xr.Dataset], tuple[bool, str]]] = {
    "reaches": _reaches,
    "defends-part-of": _defends_part,
    "defends-all-of": _defends_all,
    "grows": _grows,
    "adds-nothing": _adds_nothing,
    "defends-from-every-launch-point": _from_every_point,
}
