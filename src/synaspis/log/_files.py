"""The files of a log on disk: written so that after a crash each is whole or absent, and durable before the
caller goes on.

Files are first written in the folder `.staging`, made durable there, and then renamed to their place. A crash
leaves nothing but files in `.staging`, which the next start removes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from synaspis.core.errors import InputError
from synaspis.log.errors import LogDamaged

STAGING: Final = ".staging"

_TOGETHER: Final = 128
"""Files that are staged at one time."""

_SYNCING: Final = 8
"""Files that are made durable at the same time."""


class LogFiles:
    """The folder of one log; one process at a time writes it.

    folder: made if it is not there. Raises InputError if it cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._staging = folder / STAGING
        self._known: set[Path] = set()
        self._count = 0
        try:
            self._staging.mkdir(parents=True, exist_ok=True)
            for left_over in self._staging.iterdir():
                left_over.unlink()
        except OSError as error:
            raise InputError(f"cannot use the folder {folder}: {error.strerror}") from None

    def read(self, path: str) -> bytes | None:
        """Content of a file below the folder; None if there is none."""
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LogDamaged(f"{path} of the log cannot be read: {error.strerror}") from None

    def write(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Write files, each replacing what was there; on return all of them are durable.

        items: paths below the folder and contents.
        Raises InputError if the disk refuses; then some files may be new and others old, each of them whole.
        """
        source = iter(items)
        while batch := list(islice(source, _TOGETHER)):
            try:
                self._write_batch(batch)
            except OSError as error:
                raise InputError(f"cannot write below {self.folder}: {error.strerror}") from None

    def remove(self, paths: Iterable[str]) -> None:
        """Remove folders of partial tiles that are not needed any more. What cannot be removed stays: it
        is still a true part of the log.
        """
        for path in paths:
            folder = self.folder / path
            with suppress(OSError):
                for each in folder.iterdir():
                    each.unlink()
                folder.rmdir()

    def _write_batch(self, batch: list[tuple[str, bytes]]) -> None:
        staged: list[tuple[Path, Path]] = []
        to_sync: set[Path] = set()
        for path, content in batch:
            self._count += 1
            temporary = self._staging / str(self._count)
            _write_new(temporary, content)
            final = self.folder / path
            to_sync.update(self._make_folders(final.parent))
            to_sync.add(final.parent)
            staged.append((temporary, final))
        _at_once(_sync_file, [temporary for temporary, _ in staged])
        for temporary, final in staged:
            temporary.replace(final)
        _at_once(sync_folder, list(to_sync))

    def _make_folders(self, folder: Path) -> Iterator[Path]:
        """Make a folder and those above it; yields the ones whose list of names has changed."""
        missing = []
        while folder not in self._known and folder != self.folder:
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            # Folders of partial tiles go away again.
            if each.suffix != ".p":
                self._known.add(each)
            yield each.parent


def sync_folder(folder: Path) -> None:
    """Make the list of names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _at_once(work: Callable[[Path], None], paths: Sequence[Path]) -> None:
    """Do something for all paths at once: file systems serve many who wait for the disk in one turn."""
    if len(paths) == 1:
        work(paths[0])
        return
    with ThreadPoolExecutor(_SYNCING) as pool:
        for done in [pool.submit(work, path) for path in paths]:
            done.result()


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        _write_all(descriptor, content)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
