"""What comparing results with their inputs finds: differences, and how large one may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

RELATIVE_TOLERANCE: Final = 1e-6
"""Of areas and populations: other processors round the last digits of a flight in another way."""

TIME_TOLERANCE_S: Final = 0.1
"""Of warning times."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the results say. stored, found: as text, with unit."""

    what: str
    stored: str
    found: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison found. differences: empty if the results hold. compared: how many things were
    compared.
    """

    differences: tuple[Difference, ...]
    compared: int
    notices: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain JSON values."""
        return {
            "verified": not self.differences,
            "compared": self.compared,
            "differences": [{"what": d.what, "stored": d.stored, "found": d.found} for d in self.differences],
            "notices": list(self.notices),
            "relative_tolerance": RELATIVE_TOLERANCE,
            "time_tolerance_s": TIME_TOLERANCE_S,
        }
