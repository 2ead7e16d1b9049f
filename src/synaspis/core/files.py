"""Writing results so that a reader never sees half of one: to a temporary neighbour first, renamed at
success.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synaspis.core.errors import InputError


def write_atomically(path: Path | str, content: bytes | str) -> Path:
    """Write a file whole or not at all, replacing what was there; folders above it are made.

    content: text is written as UTF-8 with the newlines that it has. Returns the path.
    Raises InputError if the place cannot be written.
    """
    path = Path(path)
    raw = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from None
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def remove_left_over(path: Path | str) -> None:
    """Remove what writers of a file that were killed have left beside it.

    For who alone writes there: another's file that is being written would go as well. Raises InputError.
    """
    path = Path(path)
    try:
        for left_over in path.parent.glob(f".{path.name}.*.part"):
            left_over.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(path, error) from None


@contextmanager
def replace_directory(final: Path | str) -> Iterator[Path]:
    """Fill a new folder beside the final one and put it in its place at the end; at any error nothing has
    changed.

    final: the folder to make or replace. Yields the temporary folder. A crash between the two renames leaves
    the former folder under its temporary name beside it, whole.
    Raises InputError if the place cannot be written or is a file.
    """
    final = Path(final)
    if final.exists() and not final.is_dir():
        raise InputError(f"{final} is a file; a folder is to be written there")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".part", dir=final.parent))
    except OSError as error:
        raise _cannot_write(final, error) from None
    try:
        temporary.chmod(0o777 & ~_umask())
        yield temporary
        _exchange(temporary, final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _exchange(temporary: Path, final: Path) -> None:
    former = temporary.with_suffix(".former")
    had_former = final.exists()
    try:
        if had_former:
            final.rename(former)
        try:
            temporary.rename(final)
        except OSError:
            if had_former:
                former.rename(final)
            raise
    except OSError as error:
        raise _cannot_write(final, error) from None
    shutil.rmtree(former, ignore_errors=True)


def _cannot_write(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot write {path}: {error.strerror}")


def _umask() -> int:
    # The process's mask can only be read by setting it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
