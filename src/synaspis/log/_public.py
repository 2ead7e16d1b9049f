"""What lies in the public folder of a log beside its tiles.

`checkpoint` is the signed head; `log.vkeys` has a line for each key of the log (named like its origin) and of
each witness; `cosignatures/` has the checkpoint that each witness cosigned last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from synaspis.core.errors import Fault
from synaspis.log.errors import KeyRefused
from synaspis.log.keys import Verifier, verifier

CHECKPOINT: Final = "checkpoint"
VKEYS: Final = "log.vkeys"
COSIGNATURES: Final = "cosignatures"
VKEYS_BYTES_MAX: Final = 1 << 20


def cosigned_path(name: str) -> str:
    """Path of what a witness has cosigned: its name may hold slashes, so it is hashed."""
    return f"{COSIGNATURES}/{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def write_vkeys(keys: Iterable[Verifier]) -> bytes:
    """Content of `log.vkeys`: one verifier key to a line, each once."""
    return "".join(f"{line}\n" for line in dict.fromkeys(key.vkey for key in keys)).encode()


def read_vkeys(raw: bytes) -> list[Verifier]:
    """Read `log.vkeys`. Raises KeyRefused, with the offset in bytes, for anything but its one exact form."""
    if len(raw) > VKEYS_BYTES_MAX or (raw and not raw.endswith(b"\n")):
        raise KeyRefused(Fault("the list of keys is too long, or its last line has no newline", "byte 0"))
    keys: list[Verifier] = []
    at = 0
    for line in raw.split(b"\n")[:-1]:
        where = f"byte {at}"
        try:
            key = verifier(line.decode("utf-8"))
        except UnicodeDecodeError:
            raise KeyRefused(Fault("a verifier key that is not UTF-8", where)) from None
        except KeyRefused as error:
            raise KeyRefused(Fault(error.faults[0].what, where)) from None
        if key in keys:
            raise KeyRefused(Fault(f"the verifier key of {key.name} stands twice", where))
        keys.append(key)
        at += len(line) + 1
    return keys
