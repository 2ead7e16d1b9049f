"""What a folder of results says about itself: its manifest, and the scenario that it came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from synaspis.analyses.manifest import INPUTS, SCHEMA, Settings
from synaspis.analyses.outputs import MANIFEST
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import Scenario, load_scenario_document


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a study; raises InputError if there is none, or it is not one that we can
    follow.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        remedy = "Name the folder that `synaspis study` wrote."
        raise InputError(
            Fault("there is no manifest.json in it", source=str(folder), remedy=remedy)
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(Fault(f"cannot be read: {error}", source=str(path))) from None
    faults = list(_manifest_faults(manifest))
    if faults:
        raise InputError(Fault(fault, source=str(path)) for fault in faults)
    return dict(manifest)


def settings_of(manifest: Mapping[str, Any]) -> Settings:
    """Settings of a study from its manifest."""
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in manifest["settings"].items()
    }
    return Settings(**given)


def scenario_of(folder: Path, manifest: Mapping[str, Any]) -> Scenario:
    """Load the scenario of a study: the copy among the results if there is one, else what the settings name.

    Raises InputError if it cannot be read.
    """
    settings = settings_of(manifest)
    file_name = Path(settings.scenario).name
    copies = (folder / entry["name"] for entry in manifest["inputs"] if _is_copy(entry["name"], file_name))
    return load_scenario_document(next((copy for copy in copies if copy.is_file()), settings.scenario))


def given_files(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Path]:
    """Files of the user by question: the copy among the results if there is one, else as it was named."""
    found = {}
    for question, name in settings_of(manifest).files.items():
        copies = (folder / e["name"] for e in manifest["inputs"] if _is_copy(e["name"], Path(name).name))
        found[question] = next((copy for copy in copies if copy.is_file()), Path(name))
    return found


def _is_copy(name: str, file_name: str) -> bool:
    """Whether an input is a copy among the results with this file name; the scenario itself comes first."""
    parts = Path(name).parts
    return parts[:1] == (INPUTS,) and ".." not in parts and parts[-1] == file_name


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_ids(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(map(_is_text, value)))


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _has_texts(value: Any, *keys: str) -> bool:
    return isinstance(value, dict) and all(_is_text(value.get(key)) for key in keys)


_PARTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "settings": lambda part: isinstance(part, dict),
    "inputs": lambda part: isinstance(part, list) and all(_has_texts(e, "name", "sha256") for e in part),
    "numbers": lambda part: isinstance(part, list) and all(_has_texts(e, "phase", "threat") for e in part),
    "arrays": lambda part: isinstance(part, dict) and all(map(_is_text, part.values())),
    "outputs": lambda part: isinstance(part, dict) and all(map(_is_text, part.values())),
}
_SETTINGS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "scenario": _is_text,
    "phases": _is_ids,
    "threats": _is_ids,
    "partners": _is_ids,
    "sharing": _is_text,
    "step_deg": _is_number,
    "contributions": _is_switch,
    "launch_area": _is_switch,
    "questions": lambda value: value is not None and _is_ids(value),
    "files": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
}
_ADDED: Final = frozenset({"questions", "files"})
"""Settings that studies of earlier versions do not have: they asked no questions."""


def _manifest_faults(manifest: Any) -> Iterator[str]:
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        yield f"is no manifest: `schema` must be {SCHEMA!r}"
        return
    for key, fits in _PARTS.items():
        if not fits(manifest.get(key)):
            yield f"{key!r} is missing or of the wrong kind"
    settings = manifest.get("settings")
    if isinstance(settings, dict):
        unknown = set(settings) ^ set(_SETTINGS) - (_ADDED - set(settings))
        yield from (f"settings: {name!r} is unknown or missing" for name in sorted(unknown))
        for name, fits in _SETTINGS.items():
            if name in settings and not fits(settings[name]):
                yield f"settings: {name!r} is of the wrong kind"
