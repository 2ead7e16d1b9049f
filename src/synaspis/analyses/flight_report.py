"""What is reported about a ballistic flight, with its rounding, and whether its parts agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import degrees, isfinite, pi
from typing import Final, NamedTuple

from synaspis.core.errors import Fault, InputError
from synaspis.geography import geodesic_inverse

CONSISTENT: Final = "consistent"
UNUSUAL: Final = "unusual"
IMPOSSIBLE: Final = "impossible"
SEVERITY: Final = (CONSISTENT, UNUSUAL, IMPOSSIBLE)

_ROUNDING_SHARE_MAX: Final = 0.01
_MINUTE_S: Final = 60.0


class Place(NamedTuple):
    """A point on the ground: geodetic latitude (-pi/2 to pi/2) and longitude (-pi to 2 pi)."""

    latitude_rad: float
    longitude_rad: float


class Finding(NamedTuple):
    """One thing found out about a report: a verdict, and the sentence that says why."""

    verdict: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightReport:
    """A reported flight; None is what the report does not say.

    apogee_m: highest point above the ellipsoid. range_m: along the ground. time_s: from launch to impact.
    azimuth_rad: of the impact point seen from the launch point, clockwise from north.
    launch_time, impact_time: with a time zone.
    apogee_rounding_m, range_rounding_m, time_rounding_s: how far the true value may lie from the reported
    one; None takes half a unit of the last digit given (1 % at most), for a time in whole minutes half a
    minute.
    """

    apogee_m: float | None = None
    range_m: float | None = None
    time_s: float | None = None
    launch: Place | None = None
    impact: Place | None = None
    azimuth_rad: float | None = None
    launch_time: datetime | None = None
    impact_time: datetime | None = None
    apogee_rounding_m: float | None = None
    range_rounding_m: float | None = None
    time_rounding_s: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A report with everything derived that can be: what was given goes before what was derived.

    findings: what the comparison of given and derived values said.
    """

    apogee_m: float | None
    range_m: float | None
    time_s: float | None
    latitude_rad: float | None
    azimuth_rad: float | None
    apogee_rounding_m: float
    range_rounding_m: float
    time_rounding_s: float
    findings: tuple[Finding, ...]


def read_report(report: FlightReport) -> Reading:
    """Check the values, derive range, azimuth and time from points and clock times, and compare.

    Raises InputError with every value that cannot be (negative, zero, not finite, latitude beyond a pole,
    impact before launch, no value at all).
    """
    faults = _faults(report)
    if faults:
        raise InputError(faults)
    range_m, azimuth_rad, time_s = report.range_m, report.azimuth_rad, report.time_s
    range_rounding = _rounding(range_m, report.range_rounding_m, _last_digit)
    time_rounding = _rounding(time_s, report.time_rounding_s, _time_digit)
    findings: list[Finding] = []
    if report.launch is not None and report.impact is not None:
        inverse = geodesic_inverse(*report.launch, *report.impact)
        between_m, bearing_rad = float(inverse[0]), float(inverse[1])
        if range_m is None:
            range_m = between_m
        else:
            findings.append(_compare_range(range_m, between_m, range_rounding))
        if azimuth_rad is None:
            azimuth_rad = bearing_rad
        else:
            findings.append(_compare_azimuth(azimuth_rad, bearing_rad, between_m))
    if report.launch_time is not None and report.impact_time is not None:
        elapsed_s = (report.impact_time - report.launch_time).total_seconds()
        clock_rounding = sum(_clock_digit(time) for time in (report.launch_time, report.impact_time))
        if time_s is None:
            time_s, time_rounding = elapsed_s, clock_rounding
        else:
            findings.append(_compare_time(time_s, elapsed_s, time_rounding + clock_rounding))
    return Reading(
        apogee_m=report.apogee_m,
        range_m=range_m,
        time_s=time_s,
        latitude_rad=None if report.launch is None else report.launch.latitude_rad,
        azimuth_rad=azimuth_rad,
        apogee_rounding_m=_rounding(report.apogee_m, report.apogee_rounding_m, _last_digit),
        range_rounding_m=range_rounding,
        time_rounding_s=time_rounding,
        findings=tuple(findings),
    )


def kilometres(length_m: float) -> str:
    """Length as people write it: 6,248.5 km, 1,090 km."""
    text = f"{length_m / 1e3:,.1f}" if length_m < 1e8 else f"{length_m / 1e3:,.0f}"
    return f"{text.removesuffix('.0')} km"


def seconds(time_s: float) -> str:
    """Time as people write it: 4,052 s."""
    return f"{time_s:,.0f} s"


def _rounding(value: float | None, given: float | None, by_digits: Callable[[float], float]) -> float:
    if given is not None:
        return given
    return 0.0 if value is None else by_digits(value)


def _half_last_digit(value: float) -> float:
    exponent = Decimal(f"{value:.9g}").normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return 0.5 * 10.0**exponent


def _last_digit(value: float) -> float:
    """Half a unit of the last digit of a length; 1,090,000 m was probably said as 1,090 km."""
    return min(_half_last_digit(value), _ROUNDING_SHARE_MAX * value)


def _time_digit(time_s: float) -> float:
    """Half a minute for whole minutes, half a unit of the last digit otherwise."""
    whole_minutes = abs(time_s / _MINUTE_S - round(time_s / _MINUTE_S)) < 1e-9
    return 0.5 * _MINUTE_S if whole_minutes else min(_half_last_digit(time_s), 0.5 * _MINUTE_S)


def _clock_digit(time: datetime) -> float:
    return 0.5 if time.second or time.microsecond else 0.5 * _MINUTE_S


def _compare_range(given_m: float, between_m: float, rounding_m: float) -> Finding:
    apart = abs(given_m - between_m)
    allowed = rounding_m + max(25e3, 0.03 * between_m)
    verdict = _graded(apart, allowed, max(150e3, 0.15 * between_m) + rounding_m)
    relation = "agrees with" if verdict == CONSISTENT else "does not fit"
    return Finding(
        verdict,
        f"The range of {kilometres(given_m)} {relation} the {kilometres(between_m)} between launch and "
        f"impact point "
        f"(difference {kilometres(apart)}, allowed {kilometres(allowed)}).",
    )


def _compare_azimuth(given_rad: float, bearing_rad: float, between_m: float) -> Finding:
    apart = abs((given_rad - bearing_rad + pi) % (2.0 * pi) - pi)
    # Points are often known to 25 km only, which is a wide angle for a short range.
    allowed = max(pi / 36.0, 25e3 / max(between_m, 25e3))
    verdict = _graded(apart, allowed, max(pi / 6.0, 6.0 * allowed))
    relation = "agrees with" if verdict == CONSISTENT else "does not fit"
    return Finding(
        verdict,
        f"The azimuth of {degrees(given_rad):.1f} deg {relation} the {degrees(bearing_rad) % 360.0:.1f} deg "
        f"from launch to "
        f"impact point (difference {degrees(apart):.1f} deg, allowed {degrees(allowed):.1f} deg).",
    )


def _compare_time(given_s: float, elapsed_s: float, rounding_s: float) -> Finding:
    apart = abs(given_s - elapsed_s)
    allowed = rounding_s + 0.01 * elapsed_s
    verdict = _graded(apart, allowed, rounding_s + max(120.0, 0.05 * elapsed_s))
    relation = "agrees with" if verdict == CONSISTENT else "does not fit"
    return Finding(
        verdict,
        f"The flight time of {seconds(given_s)} {relation} the {seconds(elapsed_s)} between launch and "
        f"impact time "
        f"(difference {seconds(apart)}, allowed {seconds(allowed)}).",
    )


def _graded(apart: float, allowed: float, at_most: float) -> str:
    """Verdict on a difference: more than at_most cannot be one and the same flight."""
    return SEVERITY[int(apart > allowed) + int(apart > max(at_most, allowed))]


def _faults(report: FlightReport) -> list[Fault]:
    faults: list[Fault] = []
    for where, value, unit in (
        ("apogee", report.apogee_m, "m"),
        ("range", report.range_m, "m"),
        ("time", report.time_s, "s"),
    ):
        if value is not None and not (isfinite(value) and value > 0.0):
            faults.append(
                Fault(
                    f"the {where} is {value:g} {unit}; a finite number above 0 is needed",
                    where,
                    "Leave it out if unknown.",
                )
            )
    for where, rounding in (
        ("apogee_rounding", report.apogee_rounding_m),
        ("range_rounding", report.range_rounding_m),
        ("time_rounding", report.time_rounding_s),
    ):
        if rounding is not None and not (isfinite(rounding) and rounding >= 0.0):
            faults.append(
                Fault(f"{rounding:g} is not a rounding; a finite number of 0 or more is needed", where)
            )
    if report.azimuth_rad is not None and not -pi <= report.azimuth_rad <= 2.0 * pi:
        faults.append(
            Fault(
                f"{degrees(report.azimuth_rad):g} deg is not an azimuth; -180 to 360 deg is allowed",
                "azimuth",
            )
        )
    for where, place in (("launch", report.launch), ("impact", report.impact)):
        faults += _place_faults(where, place)
    if not faults and report.launch is not None and report.launch == report.impact:
        faults.append(Fault("launch and impact point are the same; they have to differ", "impact"))
    return faults + _clock_faults(report) + _empty_faults(report)


def _place_faults(where: str, place: Place | None) -> list[Fault]:
    if place is None:
        return []
    latitude, longitude = degrees(place.latitude_rad), degrees(place.longitude_rad)
    faults = []
    if not abs(latitude) <= 90.0:
        faults.append(Fault(f"latitude {latitude:g} deg is out of bounds; -90 to 90 deg is allowed", where))
    if not -180.0 <= longitude <= 360.0:
        faults.append(
            Fault(f"longitude {longitude:g} deg is out of bounds; -180 to 360 deg is allowed", where)
        )
    return faults


def _clock_faults(report: FlightReport) -> list[Fault]:
    faults = [
        Fault(
            f"{time.isoformat()} has no time zone", where, "Write it with one, such as 2022-03-24T05:34:00Z."
        )
        for where, time in (("launch_time", report.launch_time), ("impact_time", report.impact_time))
        if time is not None and time.tzinfo is None
    ]
    if not faults and report.launch_time is not None and report.impact_time is not None:
        elapsed = (report.impact_time - report.launch_time).total_seconds()
        if elapsed <= 0.0:
            faults.append(
                Fault(
                    f"the impact is {-elapsed:g} s before or at the launch; it has to come after it",
                    "impact_time",
                    "Check dates and time zones.",
                )
            )
    return faults


def _empty_faults(report: FlightReport) -> list[Fault]:
    if any(value is not None for value in (report.apogee_m, report.range_m, report.time_s)):
        return []
    if report.launch is not None and report.impact is not None:
        return []
    if report.launch_time is not None and report.impact_time is not None:
        return []
    return [
        Fault(
            "the report says nothing that can be checked",
            remedy="Give at least one of apogee, range, time, or both points, or both clock times.",
        )
    ]
