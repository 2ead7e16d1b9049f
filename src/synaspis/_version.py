"""The version of the package, from its installed metadata."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("synaspis")
except PackageNotFoundError:  # run from a source tree that is not installed
    VERSION = "0+source"
