"""The answer to one question as it is stored: plain values, and what they rest on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import xarray as xr

from synaspis.analyses.assumptions import Assumption


@dataclass(frozen=True, eq=False)
class Answer:
    """What one question was answered.

    question: its name. command: the line that asks it alone. documents: plain JSON values by the name of
    their file without `.json`. assumptions: values that it rests on. inputs: files that it was made from,
    beside those of the scenario. layers: datasets by the name of their file without `.nc`. texts: further
    files by name.
    """

    question: str
    command: str
    documents: Mapping[str, dict[str, Any]]
    assumptions: tuple[Assumption, ...]
    inputs: tuple[Path, ...] = ()
    layers: Mapping[str, xr.Dataset] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """The first of its documents."""
        return next(iter(self.documents.values()))


def answer_files(answer: Answer) -> Iterator[tuple[str, bytes | str]]:
    """Yield name and content of every file of an answer: JSON, netCDF, map layers."""
    for name, document in answer.documents.items():
        yield f"{name}.json", json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    for name, layer in answer.layers.items():
        yield f"{name}.nc", bytes(layer.to_netcdf(engine="h5netcdf"))
    yield from answer.texts.items()


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: numpy numbers and arrays as plain ones, tuples as lists, what is
    not finite as None.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
