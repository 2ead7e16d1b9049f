"""Checks that several bodies share."""

from __future__ import annotations

from synaspis.core.clock import from_rfc3339
from synaspis.core.documents import Rejected
from synaspis.core.errors import Fault


def not_before(time: str | None, earlier: str | None, name: str) -> str | None:
    """Return a time as given, or reject it if it lies before another field of the body."""
    if time is not None and earlier is not None and from_rfc3339(time) < from_rfc3339(earlier):
        raise Rejected(Fault(f"{time} lies before `{name}`, {earlier}"))
    return time
