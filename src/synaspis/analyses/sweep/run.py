"""Run a sweep: every point once, each stored when it is finished, all in one Zarr store at the end."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from synaspis import _version
from synaspis.analyses.manifest import PACKAGE, content_hash, file_hash, input_files
from synaspis.analyses.outputs import write_zarr
from synaspis.analyses.running import Mapper, PartStore, Progress, part_key, run_parts
from synaspis.analyses.sweep._levels import Level
from synaspis.analyses.sweep._points import SAMPLE, Design, Point, design_of
from synaspis.analyses.sweep._variant import variant
from synaspis.analyses.sweep.loader import Sweep
from synaspis.analyses.sweep.subjects import SUBJECTS
from synaspis.core.documents import FrozenModel
from synaspis.core.errors import Fault, InputError, SynaspisError
from synaspis.core.files import replace_directory
from synaspis.scenario import Scenario

STORE: Final = "sweep.zarr"
PARTS: Final = "parts"
COPY: Final = "sweep.yaml"


@dataclass(frozen=True)
class PointTask:
    """One point as a worker gets it: everything that it needs, no file of the machine that hands it out."""

    analysis: str
    scenario: Scenario
    settings: FrozenModel
    outputs: tuple[str, ...]


def compute_point(task: PointTask) -> xr.Dataset:
    """Compute the outputs of one point."""
    return SUBJECTS[task.analysis].compute(task.scenario, task.settings, task.outputs)


@dataclass(frozen=True, eq=False)
class SweepResult:
    """A sweep that was run.

    dataset: each output with the dimensions of the sweep before its own. folder: where it lies. computed,
    found: points computed in this run, and taken from an earlier one.
    """

    dataset: xr.Dataset
    folder: Path
    computed: int
    found: int

    def to_dict(self) -> dict[str, Any]:
        """The result in short, as JSON can hold it: where it lies, dimensions, the range of each output."""
        return {
            "sweep": self.dataset.attrs["sweep"],
            "folder": str(self.folder),
            "store": str(self.folder / STORE),
            "sha256": content_hash(self.folder / STORE),
            "points": self.dataset.attrs["points"],
            "computed": self.computed,
            "found": self.found,
            "dimensions": {str(name): size for name, size in self.dataset.sizes.items()},
            "outputs": {str(name): _range(values) for name, values in self.dataset.data_vars.items()},
        }


def _range(values: xr.DataArray) -> dict[str, Any]:
    finite = values.values[np.isfinite(values.values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (None, None)
    return {"units": values.attrs.get("units", "1"), "low": low, "high": high}


def run_sweep(
    sweep: Sweep,
    folder: Path,
    *,
    resume: bool = False,
    mapper: Mapper = map,
    progress: Progress | None = None,
) -> SweepResult:
    """Run a sweep, or what an earlier run left of it, and write its folder.

    folder: gets `sweep.zarr` when all is done, `parts` with a file for each finished point, and a copy of the
    sweep file. resume: whether the folder may hold parts; those that fit are not computed again. mapper: who
    computes; the result is the same, bit for bit. progress: told after each point.
    Raises InputError if the folder holds something and `resume` is not set, or cannot be written.
    """
    _refuse(folder, resume=resume)
    design = design_of(sweep.document)
    settings = sweep.base.settings.model_dump(mode="json")
    inputs = _inputs_digest(sweep)
    shared = [sweep.document.analysis, settings, sorted(sweep.document.outputs)]
    keys = [part_key(compute_point, [*shared, sorted(point)], inputs) for point in design.points]
    store = PartStore(folder / PARTS)
    found = sum(store.has(key) for key in set(keys))
    parts = run_parts(
        compute_point,
        design.points,
        keys=keys,
        store=store,
        mapper=mapper,
        prepare=lambda point: _task(sweep, point),
        progress=progress,
    )
    dataset = _laid_out(sweep, design, list(parts))
    dataset.attrs["inputs_sha256"] = inputs
    with replace_directory(folder / STORE) as temporary:
        write_zarr(dataset, temporary)
    shutil.copyfile(sweep.files[0], folder / COPY)
    return SweepResult(dataset, folder, len(set(keys)) - found, found)


def _refuse(folder: Path, *, resume: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(Fault("it is a file; a folder is needed", source=str(folder)))
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    strangers = {name for name in names if not name.startswith(".")} - {STORE, PARTS, COPY}
    if strangers:
        remedy = "Name a folder that does not exist, or one with an earlier sweep."
        raise InputError(
            Fault("the folder holds other things than a sweep", source=str(folder), remedy=remedy)
        )
    if names and not resume:
        remedy = "Add --resume to go on with it, or name another folder."
        raise InputError(Fault("the folder holds a sweep already", source=str(folder), remedy=remedy))


def _task(sweep: Sweep, point: Point) -> PointTask:
    try:
        scenario, settings = variant(sweep.base, point)
    except InputError as error:
        at = ", ".join(f"{level.target} = {level.written}" for level in point)
        faults = (Fault(f"at {at}: {fault.what}", fault.where, fault.remedy) for fault in error.faults)
        raise InputError(faults) from None
    return PointTask(sweep.document.analysis, scenario, settings, sweep.document.outputs)


def _inputs_digest(sweep: Sweep) -> str:
    """Digest of all files that a point may rest on: the scenario's and the whole catalogue."""
    scenario = sweep.base.scenario
    files = dict(input_files(scenario))
    files |= {f"raids/{path.name}": path for path in (PACKAGE / "data" / "raids").glob("*.yaml")}
    named = {f"catalogue/{item}": path for item, path in scenario.catalogue.files.items()} | files
    lines = (f"{file_hash(path)}  {name}\n" for name, path in sorted(named.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _laid_out(sweep: Sweep, design: Design, parts: Sequence[xr.Dataset]) -> xr.Dataset:
    """One dataset of all parts, the dimensions of the sweep first."""
    document, first = sweep.document, parts[0]
    for part, point in zip(parts, design.points, strict=True):
        for name, values in first.coords.items():
            if not np.array_equal(part[name].values, values.values):
                at = ", ".join(f"{level.target} = {level.written}" for level in point)
                raise SynaspisError(f"at {at} the dimension {name} is another one than at the first point")
    dimensions = tuple(design.shape)
    shape = tuple(design.shape.values())
    data = {
        name: (
            (*dimensions, *first[name].dims),
            np.stack([part[name].values for part in parts]).reshape(*shape, *first[name].shape),
            first[name].attrs,
        )
        for name in document.outputs
    }
    own = {
        str(name): (values.dims, _plain(values.values), values.attrs) for name, values in first.coords.items()
    }
    return xr.Dataset(data, {**_coordinates(sweep, design), **own}, _attributes(sweep, design))


def _coordinates(sweep: Sweep, design: Design) -> Mapping[str, Any]:
    """The values of each axis: along its own dimension, of a latin hypercube along the samples."""
    return {
        name: (
            SAMPLE if SAMPLE in design.shape else name,
            _values(levels),
            {
                "long_name": sweep.document.vary[name].name or levels[0].target,
                "varies": f"{levels[0].kind} {levels[0].target}",
                **({} if levels[0].unit is None else {"units": levels[0].unit}),
            },
        )
        for name, levels in design.levels.items()
    }


def _values(levels: Sequence[Level]) -> Any:
    plain = [level.value for level in levels]
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in plain)
    same_unit = len({level.unit for level in levels}) == 1
    return np.array(plain if numbers and same_unit else [str(level.written) for level in levels])


def _plain(values: Any) -> Any:
    return values.astype(str) if values.dtype.kind == "O" else values


def _attributes(sweep: Sweep, design: Design) -> dict[str, Any]:
    document = sweep.document
    chance = {} if document.seed is None else {"seed": document.seed}
    return {
        "title": document.name,
        "sweep": document.id,
        "scenario": sweep.base.scenario.id,
        "analysis": document.analysis,
        "settings": json.dumps(
            sweep.base.settings.model_dump(mode="json", exclude_none=True), sort_keys=True
        ),
        "design": document.design,
        "points": len(design.points),
        **chance,
        "synaspis_version": _version.VERSION,
        "sweep_sha256": file_hash(sweep.files[0]),
    }
