"""How kernels are compiled: one place for numba's options, and a cache that cannot go stale.

Numba stores compiled code beside the source and renews it when *that* file changes, but not when a function
that was inlined from another file changes. So the first import compares a digest of all kernel sources and
drops every stored kernel when it differs.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from numba import njit, prange

__all__ = ["driver", "lane", "prange", "scalar"]


def _drop_stale_cache() -> None:
    """Delete compiled kernels whose sources changed; a read-only installation keeps what it has."""
    package = Path(__file__).resolve().parent.parent
    folders = (package / "engine", package / "engagement")
    digest = hashlib.sha256()
    for source in sorted(path for folder in folders for path in folder.glob("*.py")):
        digest.update(source.read_bytes())
    stamp = package / "engine" / "__pycache__" / "kernels.sha256"
    with contextlib.suppress(OSError):
        if stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        for folder in folders:
            for stored in (folder / "__pycache__").glob("*.nb[ic]"):
                stored.unlink(missing_ok=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest.hexdigest())


def _can_store() -> bool:
    """Whether there is a folder for compiled code: NUMBA_CACHE_DIR, beside the source, or the user's cache.

    Where all three are missing or read-only, as in a locked-down container, each run compiles anew.
    """
    try:
        njit(cache=True)(_drop_stale_cache)
    except RuntimeError:
        return False
    return True


_drop_stale_cache()
_CACHE = _can_store()

lane = njit(forceinline=True, fastmath=True, error_model="numpy")
"""A scalar function of the physics, inlined into lane loops (LLVM does not vectorise them otherwise)."""

scalar = njit(fastmath=False, error_model="numpy", cache=_CACHE, nogil=True)
"""A function that calls the C library or must keep the rules of NaN and infinity."""

driver = njit(parallel=True, fastmath=True, error_model="numpy", cache=_CACHE, nogil=True)
"""A loop over blocks of lanes on all cores; arguments must be finite."""
