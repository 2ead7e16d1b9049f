"""Model a shared defence against ballistic missiles together.

>>> import synaspis
>>> europe = synaspis.load_scenario("europe")
>>> coverage = europe.coverage(phase="2015", threat="mrbm-2000")
"""

from typing import TYPE_CHECKING, Any

from synaspis._version import VERSION as __version__

if TYPE_CHECKING:
    from synaspis.analyses.check import check
    from synaspis.analyses.flight_report import FlightReport
    from synaspis.analyses.fly import fly_lofted, fly_to
    from synaspis.analyses.study import Study, load_scenario
    from synaspis.catalogue import load_catalogue
    from synaspis.core.errors import InputError

__all__ = [
    "FlightReport",
    "InputError",
    "Study",
    "__version__",
    "check",
    "fly_lofted",
    "fly_to",
    "load_catalogue",
    "load_scenario",
]

# Loaded when first used: numba and matplotlib take seconds that `synaspis --help` should not cost.
_WHERE = {
    "FlightReport": "synaspis.analyses.flight_report",
    "InputError": "synaspis.core.errors",
    "Study": "synaspis.analyses.study",
    "check": "synaspis.analyses.check",
    "fly_lofted": "synaspis.analyses.fly",
    "fly_to": "synaspis.analyses.fly",
    "load_catalogue": "synaspis.catalogue",
    "load_scenario": "synaspis.analyses.study",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'synaspis' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
