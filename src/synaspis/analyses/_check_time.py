"""A reported flight time against the shortest drag-free flight and what thrust and drag add to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from synaspis.analyses.flight_envelope import (
    CIRCULAR_SPEED_M_S,
    HALF_CIRCUMFERENCE_M,
    LONGEST_EXCESS_S,
    MODEL_ERROR,
    Interval,
    depressed_apogee,
    excess_bounds,
    longest_range,
    lowest_apogee,
    time_bounds,
)
from synaspis.analyses.flight_report import (
    CONSISTENT,
    IMPOSSIBLE,
    UNUSUAL,
    Finding,
    Reading,
    kilometres,
    seconds,
)
from synaspis.engine.kepler import apogee_arc, minimum_energy_arc

_HIGHEST_APOGEE_M: Final = 1e8


@dataclass(frozen=True, slots=True)
class Timing:
    """What an arc allows.

    minimum_s: shortest drag-free time. floor_s: the same, less what rounding of apogee and range and the
    model allow.
    expected_s: with powered ascent and drag. ceiling_s: longest time of any ballistic flight.
    """

    minimum_s: float
    floor_s: float
    expected_s: Interval
    ceiling_s: float


def _timing(
    reading: Reading, apogees_m: tuple[float, ...], ranges_m: tuple[float, ...], nominal: tuple[float, float]
) -> Timing:
    """Times for the reported arc and for all that rounding allows (the cross of apogees and ranges)."""
    latitude, azimuth = reading.latitude_rad, reading.azimuth_rad
    plain = time_bounds(*nominal, latitude, azimuth)
    apogees, ranges = np.meshgrid(apogees_m, ranges_m)
    rounded = time_bounds(apogees, ranges, latitude, azimuth)
    speeds = apogee_arc(apogees, ranges).speed_m_s
    least, most = excess_bounds(speeds)
    expected = Interval(rounded.low + float(least.min()), rounded.high + float(most.max()))
    return Timing(
        plain.low,
        rounded.low * (1.0 - MODEL_ERROR),
        expected,
        rounded.high * (1.0 + MODEL_ERROR) + LONGEST_EXCESS_S,
    )


def check_both(reading: Reading, apogee_m: float, range_m: float, values: dict[str, Any]) -> list[Finding]:
    """Apogee and range are known: hold the time, if there is one, against the arc."""
    nearest = max(range_m - reading.range_rounding_m, 0.0)
    farthest = min(range_m + reading.range_rounding_m, HALF_CIRCUMFERENCE_M)
    lowest = max(apogee_m - reading.apogee_rounding_m, 0.5 * apogee_m)
    timing = _timing(
        reading,
        (lowest, apogee_m + reading.apogee_rounding_m),
        (nearest, range_m, farthest),
        (apogee_m, min(range_m, HALF_CIRCUMFERENCE_M)),
    )
    flight = f"to {kilometres(apogee_m)} and over {kilometres(range_m)}"
    return time_findings(reading, timing, flight, values)


def time_findings(reading: Reading, timing: Timing, flight: str, values: dict[str, Any]) -> list[Finding]:
    """Judge the reported time, if there is one; `flight` ends the words "the shortest drag-free flight"."""
    values["minimum_time_s"], values["expected_time_s"] = timing.minimum_s, timing.expected_s
    expected = f"{seconds(timing.expected_s.low)} to {seconds(timing.expected_s.high)}"
    if reading.time_s is None:
        return [Finding(CONSISTENT, f"No time is reported; {expected} would be expected.")]
    time, rounding = reading.time_s, reading.time_rounding_s
    margin = time - timing.minimum_s
    values["margin_s"] = margin
    known = reading.azimuth_rad is not None and reading.latitude_rad is not None
    minimum = seconds(timing.minimum_s) + ("" if known else ", whatever the place and direction of launch")
    apart = f"{seconds(abs(margin))} {'more' if margin >= 0.0 else 'less'}"
    head = f"The reported {seconds(time)} is {apart} than the shortest drag-free flight {flight} takes"
    head = f"{head} ({minimum})"
    if time + rounding < timing.floor_s:
        allowed = seconds(timing.minimum_s - timing.floor_s + rounding)
        sentence = (
            f"{head}; rounding and the model of the Earth allow {allowed}. Powered ascent and drag only add "
            f"to "
            f"it: {expected} would be expected."
        )
        return [Finding(IMPOSSIBLE, sentence)]
    if time - rounding > timing.ceiling_s:
        most = seconds(LONGEST_EXCESS_S)
        sentence = f"{head}; no thrust and no drag delay a ballistic flight by more than {most}."
        return [Finding(IMPOSSIBLE, sentence)]
    if timing.expected_s.low - rounding <= time <= timing.expected_s.high + rounding:
        sentence = f"{head}; with powered ascent and drag {expected} is expected."
        return [Finding(CONSISTENT, sentence)]
    side = "quicker" if time < timing.expected_s.low else "slower"
    sentence = f"{head}: {side} than powered ascent and drag let expect ({expected})."
    return [Finding(UNUSUAL, sentence)]


def check_without_range(
    reading: Reading, apogee_m: float, time_s: float, values: dict[str, Any]
) -> list[Finding]:
    """Apogee and time are known: which range do they leave?"""
    farthest = longest_range(apogee_m + reading.apogee_rounding_m)
    timing = _timing(
        reading,
        (max(apogee_m - reading.apogee_rounding_m, 0.5 * apogee_m), apogee_m + reading.apogee_rounding_m),
        (0.0, farthest),
        (apogee_m, 0.0),
    )
    findings = time_findings(reading, timing, f"to {kilometres(apogee_m)}", values)
    ranges = np.linspace(0.0, farthest, 500)
    arc = apogee_arc(apogee_m, ranges)
    least, most = excess_bounds(arc.speed_m_s)
    near, far = (
        float(np.interp(time_s + sign * reading.time_rounding_s, arc.time_s + excess, ranges))
        for sign, excess in ((-1.0, most), (1.0, least))
    )
    if findings[0].verdict != IMPOSSIBLE:
        values["implied_range_m"] = Interval(near, far)
        findings.append(
            Finding(CONSISTENT, f"Apogee and time imply a range of {kilometres(near)} to {kilometres(far)}.")
        )
    return findings


def check_without_apogee(reading: Reading, range_m: float, values: dict[str, Any]) -> list[Finding]:
    """Range is known, apogee not: from the lowest arc in the air to the most lofted that is usual."""
    ends = np.array(
        [
            max(range_m - reading.range_rounding_m, 1.0),
            min(range_m + reading.range_rounding_m, HALF_CIRCUMFERENCE_M),
        ]
    )
    launch = (reading.latitude_rad, reading.azimuth_rad)
    bottom = lowest_apogee(ends[0])
    usual_bottom = max(depressed_apogee(range_m), bottom)
    heights = np.geomspace(bottom, _HIGHEST_APOGEE_M, 3000)
    arcs = apogee_arc(heights, range_m)
    orbital = (arcs.speed_m_s > CIRCULAR_SPEED_M_S) & (heights > usual_bottom)
    usual_top = float(heights[np.argmax(orbital)])
    usual = np.array([usual_bottom, usual_top])
    least, most = excess_bounds(apogee_arc(usual, range_m).speed_m_s)
    timing = Timing(
        time_bounds(bottom, range_m, *launch).low,
        time_bounds(bottom, ends, *launch).low * (1.0 - MODEL_ERROR),
        Interval(
            time_bounds(usual_bottom, ends, *launch).low + float(least[0]),
            time_bounds(usual_top, ends, *launch).high + float(most[1]),
        ),
        np.inf,
    )
    values["minimum_energy_apogee_m"] = float(minimum_energy_arc(range_m).apogee_m)
    flight = f"over {kilometres(range_m)}, as low as the air lets it ({kilometres(bottom)}),"
    findings = time_findings(reading, timing, flight, values)
    if reading.time_s is not None and findings[0].verdict != IMPOSSIBLE:
        least, most = excess_bounds(arcs.speed_m_s)
        low, high = (
            float(np.interp(reading.time_s + sign * reading.time_rounding_s, arcs.time_s + excess, heights))
            for sign, excess in ((-1.0, most), (1.0, least))
        )
        values["implied_apogee_m"] = Interval(low, high)
        sentence = f"Range and time imply an apogee of {kilometres(low)} to {kilometres(high)}."
        findings.append(Finding(CONSISTENT, sentence))
    return findings
