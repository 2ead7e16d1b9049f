"""The folder of a study: complete or not there."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import xarray as xr

from synaspis.analyses.manifest import INPUTS, content_hash, file_hash, input_files
from synaspis.core.errors import Fault, InputError, SynaspisError
from synaspis.core.files import replace_directory
from synaspis.scenario import Scenario

MANIFEST: Final = "manifest.json"
DATASET: Final = "coverage.nc"
STORE: Final = "coverage.zarr"
LAUNCH_AREA: Final = "launch-area.nc"


def write_study(
    final: Path,
    scenario: Scenario,
    dataset: xr.Dataset,
    denied: xr.Dataset | None,
    manifest: Mapping[str, Any],
    files: Iterable[tuple[str, bytes | str]],
    others: Sequence[Path] = (),
) -> Path:
    """Write the datasets, further files and the manifest to a folder, which takes its name when it is
    complete.

    denied: launch area denied, None if it was not asked for. files: name and content of each; they may be
    made while they are written. others: inputs beside those of the scenario, to be copied as well.
    The manifest gets `outputs`: the SHA-256 of every file but itself, of the Zarr store as a whole. Returns
    the folder. Raises InputError if the place cannot be written, or holds something that is no study, and
    SynaspisError if the disk is full.
    """
    refuse_strangers(final)
    try:
        with replace_directory(final) as folder:
            _fill(folder, input_files(scenario, others), dataset, denied, manifest, files)
    except OSError as error:
        raise SynaspisError(
            f"cannot write {final}: {error.strerror or error}; nothing was left behind"
        ) from None
    return final


def _fill(
    folder: Path,
    inputs: Iterable[tuple[str, Path]],
    dataset: xr.Dataset,
    denied: xr.Dataset | None,
    manifest: Mapping[str, Any],
    files: Iterable[tuple[str, bytes | str]],
) -> None:
    write_netcdf(dataset, folder / DATASET)
    write_zarr(dataset, folder / STORE)
    if denied is not None:
        write_netcdf(denied, folder / LAUNCH_AREA)
    for name, content in files:
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    copies = [(name, path) for name, path in inputs if name.startswith(f"{INPUTS}/")]
    for name, path in copies:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    outputs = {
        path.relative_to(folder).as_posix(): file_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != STORE
    }
    outputs[STORE] = content_hash(folder / STORE)
    text = json.dumps({**manifest, "outputs": outputs}, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(f"{text}\n", "utf-8")


def refuse_strangers(final: Path) -> None:
    """Raise InputError if a study cannot be written there: in the place of a file, below one, where nothing
    may be written, or of a folder that no study wrote, which would be replaced with all that is in it.
    """
    remedy = "Name a folder that does not exist, or one with an earlier study."
    above = next(folder for folder in final.absolute().parents if folder.exists())
    for path in (final, above):
        if path.exists() and not path.is_dir():
            raise InputError(Fault(f"{path} is a file", source=str(final), remedy=remedy))
    if not os.access(above, os.W_OK | os.X_OK):
        raise InputError(Fault(f"nothing may be written into {above}", source=str(final), remedy=remedy))
    if final.is_dir() and not (final / MANIFEST).is_file() and any(final.iterdir()):
        raise InputError(
            Fault("the folder holds other things than a study", source=str(final), remedy=remedy)
        )


def write_netcdf(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset as netCDF 4, packed."""
    packed = {
        name: {"zlib": True, "complevel": 4}
        for name, data in dataset.items()
        if data.ndim >= 2 and data.dtype.kind in "if"
    }
    # Through memory: HDF5 ends the whole process at exit if it ran out of disk.
    path.write_bytes(bytes(dataset.to_netcdf(engine="h5netcdf", encoding=packed)))


def write_zarr(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset as a Zarr store."""
    with warnings.catch_warnings():
        # Zarr 3 has no final word yet on how text of fixed length is stored; every reader of today takes it.
        warnings.simplefilter("ignore")
        dataset.to_zarr(path, mode="w", consolidated=False)


def read_dataset(path: Path) -> xr.Dataset:
    """Read the coverage of a study whole; raises InputError if it is not one."""
    dataset = _read(path)
    missing = [name for name in ("defended", "threatened", "gate", "cell_area") if name not in dataset]
    if missing:
        raise InputError(Fault(f"holds no coverage: {', '.join(missing)} missing", source=str(path)))
    return dataset


def read_launch_area(folder: Path) -> xr.Dataset | None:
    """Read the launch area denied of a study; None if it was not asked for."""
    path = folder / LAUNCH_AREA
    return _read(path) if path.is_file() else None


def _read(path: Path) -> xr.Dataset:
    try:
        with xr.open_dataset(path, engine="h5netcdf") as stored:
            return stored.load()
    except (OSError, ValueError, KeyError) as error:
        raise InputError(Fault(f"cannot be read as netCDF: {error}", source=str(path))) from None
