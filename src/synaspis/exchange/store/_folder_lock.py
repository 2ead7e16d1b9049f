"""One process at a time on the store of a centre."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store.storage import AnotherWrites


def take_lock(path: Path) -> int:
    """Lock a store against every other opener, of this process or another.

    path: of the store; the lock is on a file beside it. Returns a file descriptor; closing it, or the end of
    the process however it comes, lets go of the lock.
    Raises AnotherWrites if the store is in use, InputError if the folder cannot be written.
    """
    place = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise InputError(
            Fault(
                f"the store cannot be written: {error.strerror}",
                source=str(path),
                remedy="Give the folder to the user that runs the centre, with the right to write.",
            )
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise AnotherWrites(
            Fault(
                "the store is in use by another process; one centre writes at a time",
                source=str(path),
                remedy="Stop the centre that runs on this folder, or give this one its own folder.",
            )
        ) from None
    return descriptor
