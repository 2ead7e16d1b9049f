"""What stands in a leaf: a salted commitment to a record, and nothing else.

Everybody may read every leaf; who was given record and salt can check that the leaf is theirs. Without the
salt a leaf says nothing, even about a record that has few possible values.
"""

from __future__ import annotations

import hashlib
from typing import Final

SALT_BYTES: Final = 32

_PURPOSE: Final = b"synaspis commitment v1\n"


def commitment(record: bytes, salt: bytes) -> bytes:
    r"""Data of the leaf for a record, 32 bytes: SHA-256("synaspis commitment v1\n" || salt || record).

    record: its bytes as they were hashed by the centre. salt: 32 secret bytes, its own for each record; the
    fixed length keeps the border between salt and record in place.
    Raises ValueError for a salt of another length.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt of {len(salt)} bytes; it has {SALT_BYTES}")
    return hashlib.sha256(_PURPOSE + salt + record).digest()
