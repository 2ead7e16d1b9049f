"""From detection to intercept: tracks, rights to use them, windows, shots, and the gate that closed."""

from synaspis.engagement.engage import (
    BATTERIES_MAX,
    SALVO_SPACING_S,
    SHOTS_MAX,
    Batteries,
    Engagements,
    Rights,
    engage,
)
from synaspis.engagement.gates import Gate
from synaspis.engagement.observe import NEVER_S, Tracks, observe

__all__ = [
    "BATTERIES_MAX",
    "NEVER_S",
    "SALVO_SPACING_S",
    "SHOTS_MAX",
    "Batteries",
    "Engagements",
    "Gate",
    "Rights",
    "Tracks",
    "engage",
    "observe",
]
