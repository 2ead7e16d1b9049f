"""Colours that everybody can tell apart, the same in every map, table and legend.

The first are from the set of Okabe and Ito (2008), "Color Universal Design"; the others were chosen to stay
apart from those and from each other in the kinds of colour blindness, which a test checks. Warning times use
one ramp from dark to light, which stays ordered in grey print too.
"""

from __future__ import annotations

from typing import Final

SKY_BLUE: Final = "#56b4e9"
GREEN: Final = "#009e73"
YELLOW: Final = "#f0e442"
BLUE: Final = "#0072b2"
VERMILION: Final = "#d55e00"

DEFENDED_ONCE: Final = SKY_BLUE
DEFENDED_TWICE: Final = BLUE
GAINED: Final = GREEN
LOST: Final = VERMILION
KEPT: Final = "#9fb6c6"

GATES: Final = {
    "NO_INTERCEPTOR": "#7a6a86",
    "OUT_OF_REACH": YELLOW,
    "TOO_HIGH": "#e0a8c0",
    "TOO_LOW": "#9b30d9",
    "BEFORE_BURNOUT_ONLY": "#001860",
    "NOT_SEEN": VERMILION,
    "NOT_SHARED": "#2a0f0f",
    "NO_FIRM_TRACK": "#78a878",
    "TRACK_TOO_LATE": "#e8a35c",
    "NO_GUIDANCE": "#7d4f3f",
    "TOO_FEW_SHOTS": "#a8f0a8",
}
"""A gate keeps its colour from map to map and from study to study."""

NO_WARNING: Final = "#000004"
WARNING_RAMP: Final = ("#3b0f70", "#8c2981", "#de4968", "#fe9f6d", "#fde9a9")
"""Little warning is dark, much is light."""

NO_SENSOR: Final = VERMILION
SENSOR_RAMP: Final = ("#cfe8d5", "#8cc7a1", "#4a9f76", "#1d6f55", "#0b4237")
"""One sensor is light, many are dark."""

FALL_RAMP: Final = ("#f7d9a8", "#f0a03c", "#c85a00", "#6b2400")
"""Fragments of few intercepts are light, of many are dark."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of a colour written as #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
