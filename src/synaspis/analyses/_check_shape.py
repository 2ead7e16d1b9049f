"""Whether a ballistic arc of a reported apogee and range exists at all, and whether one would fly it."""

from __future__ import annotations

from typing import Any, Final

from synaspis.analyses.flight_envelope import (
    BALLISTIC_COEFFICIENT_MAX_KG_M2,
    CIRCULAR_SPEED_M_S,
    HALF_CIRCUMFERENCE_M,
    HEATING_MAX_W_M2,
    burnout_heating,
    depressed_apogee,
    longest_fall,
    longest_range,
)
from synaspis.analyses.flight_report import IMPOSSIBLE, UNUSUAL, Finding, Reading, kilometres
from synaspis.engine.kepler import apogee_arc, minimum_energy_arc

HILL_RADIUS_M: Final = 1.5e9
"""Distance from which the Sun takes a body away from the Earth."""


def is_on_earth(reading: Reading) -> bool:
    """Whether some ellipse has the reported apogee and range, air or not."""
    apogee, distance = reading.apogee_m, reading.range_m
    held = apogee is None or apogee <= HILL_RADIUS_M
    return held and (distance is None or distance - reading.range_rounding_m <= HALF_CIRCUMFERENCE_M)


def shape_findings(reading: Reading, values: dict[str, Any]) -> list[Finding]:
    """Whether an arc of this apogee and this range exists at all."""
    findings = []
    apogee, distance = reading.apogee_m, reading.range_m
    if apogee is not None and apogee > HILL_RADIUS_M:
        sentence = (
            f"At {kilometres(apogee)} the Earth no longer holds a body: the flight would not come back."
        )
        findings.append(Finding(IMPOSSIBLE, sentence))
    if distance is not None and distance - reading.range_rounding_m > HALF_CIRCUMFERENCE_M:
        values["range_margin_m"] = HALF_CIRCUMFERENCE_M - distance
        sentence = (
            f"No two points of the Earth are {kilometres(distance)} apart: half the circumference is "
            f"{kilometres(HALF_CIRCUMFERENCE_M)}."
        )
        findings.append(Finding(IMPOSSIBLE, sentence))
    if apogee is not None and distance is not None and not findings:
        findings += _arc_findings(reading, apogee, distance, values)
    return findings


def _arc_findings(reading: Reading, apogee_m: float, range_m: float, values: dict[str, Any]) -> list[Finding]:
    """Too low for the air, depressed, or faster than orbit."""
    limit = longest_range(apogee_m + reading.apogee_rounding_m)
    arc = apogee_arc(apogee_m, range_m)
    speed, usual = float(arc.speed_m_s), depressed_apogee(range_m)
    values["speed_m_s"] = speed
    values["minimum_energy_apogee_m"] = float(minimum_energy_arc(range_m).apogee_m)
    values["range_margin_m"] = limit - range_m
    arc_name = f"An arc of {kilometres(apogee_m)} apogee and {kilometres(range_m)} range"
    if range_m - reading.range_rounding_m > limit:
        return [Finding(IMPOSSIBLE, _low_arc_sentence(arc_name, apogee_m, range_m, limit))]
    if apogee_m + reading.apogee_rounding_m < usual:
        least = kilometres(float(minimum_energy_arc(range_m).apogee_m))
        sentence = (
            f"{arc_name} is depressed: {kilometres(usual)} or more is usual for this range, and the arc of "
            f"least speed reaches {least}. Lift or thrust on the way would explain it."
        )
        return [Finding(UNUSUAL, sentence)]
    if speed > CIRCULAR_SPEED_M_S:
        sentence = (
            f"{arc_name} needs {speed:,.0f} m/s at the surface, more than orbital speed "
            f"({CIRCULAR_SPEED_M_S:,.0f} m/s); no flight of record was so fast."
        )
        return [Finding(UNUSUAL, sentence)]
    return []


def _low_arc_sentence(arc_name: str, apogee_m: float, range_m: float, limit_m: float) -> str:
    fall = float(longest_fall(apogee_m))
    if 2.0 * fall < range_m:
        why = (
            f"even at orbital speed a body of {BALLISTIC_COEFFICIENT_MAX_KG_M2:,.0f} kg/m2 falls from there "
            f"through the air within {kilometres(fall)}, and the way up crosses the same air"
        )
    else:
        heating, height, speed = (float(value) for value in burnout_heating(apogee_m, range_m))
        why = (
            f"the way up would be so shallow that even a missile of long burning ends its thrust at "
            f"{kilometres(height)} height with {speed:,.0f} m/s, under {heating / 1e6:.1f} MW/m2 of heating "
            f"where {HEATING_MAX_W_M2 / 1e6:.0f} MW/m2 melts its skin within a second"
        )
    return (
        f"{arc_name} lies too deep in the air for a ballistic missile: {why}. "
        f"With this apogee at most {kilometres(limit_m)} can be flown; lift or thrust all the way would be "
        f"no "
        f"ballistic flight."
    )
