"""Do these results come from these inputs? A study is run again and compared with what is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from synaspis import _version
from synaspis.analyses.coverage import Progress, coverage
from synaspis.analyses.launch_area import launch_area_denied
from synaspis.analyses.manifest import (
    INPUTS,
    NUMBERS,
    PACKAGE,
    ROUNDING,
    array_hash,
    arrays_of,
    content_hash,
    files_of,
    input_files,
    numbers_of,
)
from synaspis.analyses.outputs import DATASET, MANIFEST, STORE, read_dataset
from synaspis.analyses.questions import Answer, ask_all, choose_questions, compare_answer
from synaspis.analyses.running import Mapper
from synaspis.analyses.stored import given_files, read_manifest, scenario_of, settings_of
from synaspis.analyses.verification import (
    RELATIVE_TOLERANCE,
    TIME_TOLERANCE_S,
    Difference,
    Verification,
)
from synaspis.core.errors import InputError

_UNNAMED: Final = "not named in the manifest"


def verify_study(folder: Path, progress: Progress | None = None, *, mapper: Mapper = map) -> Verification:
    """Rebuild the numbers of a study from the inputs that its manifest names, and compare.

    Files of the folder and inputs are compared by hash, sums within 1e-6 of their value, warning times
    within 0.1 s, everything else exactly. mapper: runs the questions.
    Raises InputError if the folder is no study or its scenario cannot be read.
    """
    manifest = read_manifest(folder)
    settings = settings_of(manifest)
    scenario = scenario_of(folder, manifest)
    given = given_files(folder, manifest)
    choose_questions(scenario, settings.questions, given)
    found: list[Difference | None] = [*_outputs(folder, manifest)]
    dataset = coverage(
        scenario,
        phases=settings.phases,
        threats=settings.threats,
        partners=settings.partners,
        sharing=settings.sharing,  # type: ignore[arg-type]
        step_deg=settings.step_deg,
        contributions=settings.contributions,
        progress=progress,
    )
    denied = None
    if settings.launch_area:
        denied = launch_area_denied(
            scenario,
            phases=settings.phases,
            threats=settings.threats,
            partners=settings.partners,
            sharing=settings.sharing,  # type: ignore[arg-type]
        )
    found += _numbers(manifest["numbers"], numbers_of(dataset, denied))
    found += _arrays(folder, manifest, dataset)
    answers = ask_all(scenario, settings, given=given, mapper=mapper, progress=progress)
    for answer in answers:
        found += _answered(folder, answer)
    found += _inputs(folder, manifest, input_files(scenario, files_of(answers)))
    return Verification(
        tuple(difference for difference in found if difference is not None),
        len(found),
        tuple(_notices(manifest)),
    )


def _outputs(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Difference | None]:
    named = manifest["outputs"]
    for name, stored in named.items():
        found = content_hash(folder / name)
        yield None if found == stored else Difference(f"file {name}", stored, found)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    parts = {name for name in there if name.startswith(f"{STORE}/")}
    known = {MANIFEST, *named} | (parts if STORE in named else set())
    yield from (Difference(f"file {name}", _UNNAMED, "a file") for name in sorted(there - known))


def _inputs(
    folder: Path, manifest: Mapping[str, Any], files: Iterable[tuple[str, Path]]
) -> Iterator[Difference | None]:
    for entry in manifest["inputs"]:
        name, stored = entry["name"], entry["sha256"]
        found = content_hash((folder if name.startswith(f"{INPUTS}/") else PACKAGE) / name)
        yield None if found == stored else Difference(f"input {name}", stored, found)
    named = {entry["name"] for entry in manifest["inputs"]}
    for name, path in files:
        if name not in named:
            yield Difference(f"input {name}", _UNNAMED, content_hash(path))


def _answered(folder: Path, answer: Answer) -> Iterator[Difference | None]:
    """Compare the stored documents of an answer with those that came out now, value by value."""
    for name, document in answer.documents.items():
        path = folder / f"{name}.json"
        try:
            stored = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            yield Difference(f"file {path.name}", f"cannot be read: {error}", "answered")
            continue
        for part in compare_answer(stored, document, name):
            yield None if part.same else Difference(part.where, part.stored, part.found)


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
    if not isinstance(old, int | float) or not isfinite(old):
        return False
    allowed = TIME_TOLERANCE_S if unit == "s" else RELATIVE_TOLERANCE * max(abs(old), abs(new))
    return bool(abs(old - new) <= allowed)


def _arrays(folder: Path, manifest: Mapping[str, Any], dataset: xr.Dataset) -> Iterator[Difference | None]:
    """Compare by hash; where that differs, say in how many cells the stored array does."""
    names = arrays_of(dataset)
    kept = manifest["arrays"]
    differing = [name for name in names if kept.get(name) != array_hash(name, dataset[name].values)]
    yield from (None for name in names if name not in differing)
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
