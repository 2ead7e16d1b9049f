"""Do these results come from these inputs? A study is run again and compared with what is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from synaspis import _version
from synaspis.analyses.coverage import Progress, coverage
from synaspis.analyses.launch_area import launch_area_denied
from synaspis.analyses.manifest import (
    ARRAYS,
    INPUTS,
    NUMBERS,
    PACKAGE,
    ROUNDING,
    SCHEMA,
    Settings,
    array_hash,
    file_hash,
    numbers_of,
)
from synaspis.analyses.outputs import DATASET, MANIFEST, read_dataset
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import Scenario, load_scenario_document

RELATIVE_TOLERANCE: Final = 1e-6
"""Of areas and populations: other processors round the last digits of a flight in another way."""

TIME_TOLERANCE_S: Final = 0.1
"""Of warning times."""

_SETTING_TYPES: Final = {
    "scenario": str,
    "phases": (list, type(None)),
    "threats": (list, type(None)),
    "partners": (list, type(None)),
    "sharing": str,
    "step_deg": (int, float, type(None)),
    "contributions": bool,
    "launch_area": bool,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the results say. stored, found: as text, with unit."""

    what: str
    stored: str
    found: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison found. differences: empty if the results hold. compared: how many things were
    compared.
    """

    differences: tuple[Difference, ...]
    compared: int
    notices: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain JSON values."""
        return {
            "verified": not self.differences,
            "compared": self.compared,
            "differences": [{"what": d.what, "stored": d.stored, "found": d.found} for d in self.differences],
            "notices": list(self.notices),
            "relative_tolerance": RELATIVE_TOLERANCE,
            "time_tolerance_s": TIME_TOLERANCE_S,
        }


def verify_study(folder: Path, progress: Progress | None = None) -> Verification:
    """Rebuild the numbers of a study from the inputs that its manifest names, and compare.

    Files of the folder and inputs are compared by hash, sums within 1e-6 of their value, warning times
    within 0.1 s, everything else exactly. Raises InputError if the folder is no study or its scenario
    cannot be read.
    """
    manifest = read_manifest(folder)
    settings = _settings(manifest)
    found: list[Difference | None] = [*_outputs(folder, manifest), *_inputs(folder, manifest)]
    scenario = scenario_of(folder, manifest)
    dataset = coverage(
        scenario,
        phases=settings.phases,
        threats=settings.threats,
        partners=settings.partners,
        sharing=settings.sharing,  # type: ignore[arg-type]
        step_deg=settings.step_deg,
        contributions=False,
        progress=progress,
    )
    denied = None
    if settings.launch_area:
        denied = launch_area_denied(
            scenario,
            phases=settings.phases,
            threats=settings.threats,
            sharing=settings.sharing,  # type: ignore[arg-type]
        )
    found += _numbers(manifest["numbers"], numbers_of(dataset, denied))
    found += _arrays(folder, manifest, dataset)
    return Verification(
        tuple(difference for difference in found if difference is not None),
        len(found),
        tuple(_notices(manifest)),
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a study; raises InputError if there is none, or it is not one that we can
    follow.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        remedy = "Name the folder that `synaspis study` wrote."
        raise InputError(
            Fault("there is no manifest.json in it", source=str(folder), remedy=remedy)
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(Fault(f"cannot be read: {error}", source=str(path))) from None
    faults = list(_manifest_faults(manifest))
    if faults:
        raise InputError(Fault(fault, source=str(path)) for fault in faults)
    return dict(manifest)


def _manifest_faults(manifest: Any) -> Iterator[str]:
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        yield f"is no manifest: `schema` must be {SCHEMA!r}"
        return
    for key, kind in (
        ("settings", dict),
        ("inputs", list),
        ("numbers", list),
        ("arrays", dict),
        ("outputs", dict),
    ):
        if not isinstance(manifest.get(key), kind):
            yield f"{key!r} is missing or of the wrong kind"
    settings = manifest.get("settings")
    if isinstance(settings, dict):
        unknown = set(settings) ^ set(_SETTING_TYPES)
        yield from (f"settings: {name!r} is unknown or missing" for name in sorted(unknown))
        for name, kinds in _SETTING_TYPES.items():
            if name in settings and not isinstance(settings[name], kinds):  # type: ignore[arg-type]
                yield f"settings: {name!r} is of the wrong kind"


def _settings(manifest: Mapping[str, Any]) -> Settings:
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in manifest["settings"].items()
    }
    return Settings(**given)


def scenario_of(folder: Path, manifest: Mapping[str, Any]) -> Scenario:
    """Load the scenario of a study: the copy among the results if there is one, else what the settings name.

    Raises InputError if it cannot be read.
    """
    settings = _settings(manifest)
    copy = folder / INPUTS / Path(settings.scenario).name
    return load_scenario_document(copy if copy.is_file() else settings.scenario)


def _outputs(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Difference | None]:
    for name, stored in manifest["outputs"].items():
        path = folder / name
        found = file_hash(path) if path.is_file() else "no such file"
        yield None if found == stored else Difference(f"file {name}", stored, found)


def _inputs(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Difference | None]:
    for entry in manifest["inputs"]:
        name, stored = str(entry.get("name")), entry.get("sha256")
        path = (folder if name.startswith(f"{INPUTS}/") else PACKAGE) / name
        found = file_hash(path) if path.is_file() else "no such file"
        yield None if found == stored else Difference(f"input {name}", str(stored), found)


def _numbers(stored: list[dict[str, Any]], found: list[dict[str, Any]]) -> Iterator[Difference | None]:
    rebuilt = {(row["phase"], row["threat"]): row for row in found}
    known = {(row.get("phase"), row.get("threat")): row for row in stored}
    for case in dict.fromkeys([*known, *rebuilt]):
        label = f"{case[0]}, {case[1]}"
        if case not in known or case not in rebuilt:
            yield Difference(
                f"case {label}",
                "stored" if case in known else "missing",
                "rebuilt" if case in rebuilt else "missing",
            )
            continue
        for name, unit in NUMBERS.items():
            old, new = known[case].get(name), rebuilt[case].get(name)
            if _close(old, new, unit):
                yield None
            else:
                yield Difference(f"{name} of {label}", f"{old} {unit}", f"{new} {unit}")


def _close(old: Any, new: float | None, unit: str) -> bool:
    if old is None or new is None:
        return old is None and new is None
    if not isinstance(old, int | float):
        return False
    allowed = TIME_TOLERANCE_S if unit == "s" else RELATIVE_TOLERANCE * max(abs(old), abs(new))
    return bool(abs(old - new) <= allowed)


def _arrays(folder: Path, manifest: Mapping[str, Any], dataset: xr.Dataset) -> Iterator[Difference | None]:
    """Compare by hash; where that differs, say in how many cells the stored array does."""
    differing = [
        name for name in ARRAYS if manifest["arrays"].get(name) != array_hash(name, dataset[name].values)
    ]
    yield from (None for name in ARRAYS if name not in differing)
    if not differing:
        return
    try:
        stored = read_dataset(folder / DATASET)
    except InputError as error:
        yield from (Difference(f"array {name}", str(error.faults[0]), "rebuilt") for name in differing)
        return
    for name in differing:
        old, new = (np.asarray(data[name].values) if name in data else None for data in (stored, dataset))
        if old is None or new is None or old.shape != new.shape:
            shapes = ("missing" if array is None else f"shape {array.shape}" for array in (old, new))
            yield Difference(f"array {name}", *shapes)
            continue
        far = np.isnan(old) != np.isnan(new)
        far |= np.abs(np.nan_to_num(old) - np.nan_to_num(new)) > ROUNDING.get(name, 0.0)
        if far.any():
            yield Difference(f"array {name}", f"{old.size} cells", f"{int(far.sum())} cells differ")
        elif array_hash(name, old) == manifest["arrays"].get(name):
            yield None  # all within the rounding: two values on either side of a step
        else:
            yield Difference(f"array {name}", "hash of another array", "the stored array is as rebuilt")


def _notices(manifest: Mapping[str, Any]) -> Iterator[str]:
    if manifest.get("version") != _version.VERSION:
        yield f"made by version {manifest.get('version')}, compared by version {_version.VERSION}"
    if manifest.get("modified"):
        yield "made from a source tree with changes that no commit holds"
