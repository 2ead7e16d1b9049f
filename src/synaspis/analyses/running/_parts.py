"""Parts of a run that are stored as they are finished, so that a run which was stopped goes on where it was.

Each part is one file, which appears whole or not at all, under a name made from what it was computed from:
the function, its arguments, the inputs and the version of the program. A part that is there is never computed
again; one made from anything else has another name.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import xarray as xr

from synaspis import _version
from synaspis.analyses.running._mapper import Mapper, PooledMapper
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically

T = TypeVar("T")
Progress = Callable[[int, int, str], None]
"""Called with parts done, parts in all and what was done last."""

_ENDING: Final = ".nc"


def part_key(function: Callable[..., Any], arguments: Any, inputs: str) -> str:
    """Name of a part: SHA-256 of the function's name, its arguments, its inputs and the program's version.

    arguments: plain JSON values. inputs: digest of all files that the part rests on. Returns 64 hex digits.
    """
    text = json.dumps(
        [_version.VERSION, f"{function.__module__}.{function.__qualname__}", arguments, inputs],
        sort_keys=True,
        allow_nan=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


class PartStore:
    """A folder of finished parts, each a netCDF file under its key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, key: str) -> bool:
        """Whether the part is there."""
        return self._path(key).is_file()

    def read(self, key: str) -> xr.Dataset:
        """Read a part; raises InputError if the file is damaged."""
        path = self._path(key)
        try:
            with xr.open_dataset(io.BytesIO(path.read_bytes()), engine="h5netcdf") as stored:
                return stored.load()
        except (OSError, ValueError, KeyError) as error:
            remedy = "Delete it; --resume computes it again."
            raise InputError(
                Fault(f"a part cannot be read: {error}", remedy=remedy, source=str(path))
            ) from None

    def write(self, key: str, part: xr.Dataset) -> None:
        """Write a part whole; raises InputError if the place cannot be written."""
        write_atomically(self._path(key), bytes(part.to_netcdf(engine="h5netcdf")))

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_ENDING}"


def run_parts(
    function: Callable[[T], xr.Dataset],
    items: Sequence[T],
    *,
    keys: Sequence[str],
    store: PartStore,
    mapper: Mapper = map,
    progress: Progress | None = None,
) -> Iterator[xr.Dataset]:
    """Compute what is missing and yield all parts in the order of the items.

    function, items: as a mapper takes them. keys: one for each item, from `part_key`. store: parts that are
    there are not computed; each that is computed is stored at once. mapper: who computes. progress: told
    once before the first part is computed, with the number found, and after each.
    """
    wanted = dict(zip(keys, items, strict=True))
    missing = [key for key in wanted if not store.has(key)]
    done = len(wanted) - len(missing)
    if progress is not None:
        progress(done, len(wanted), "found" if done else "begun")
    for number, part in _computed(function, [wanted[key] for key in missing], mapper):
        store.write(missing[number], part)
        done += 1
        if progress is not None:
            progress(done, len(wanted), "computed")
    for key in keys:
        yield store.read(key)


def _computed(
    function: Callable[[T], xr.Dataset], items: Sequence[T], mapper: Mapper
) -> Iterator[tuple[int, xr.Dataset]]:
    """Number and result of each item: as they come where the mapper can, else in their order."""
    if isinstance(mapper, PooledMapper):
        return mapper.as_completed(function, items)
    return enumerate(mapper(function, items))
