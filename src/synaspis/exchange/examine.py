"""Can this launch report be true, and does it fit what others said of the same launch?

A report that cannot be true, or that contradicts another, is not refused: a question is asked of those
who gave it, as the consultation procedure has it. The centre reports, the states judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import hypot, radians, sqrt
from typing import Final, NamedTuple

from synaspis.analyses.check import CheckResult, FlightReport, Place, check
from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.accepted import Accepted
from synaspis.geography import geodesic_inverse
from synaspis.messages import AmbiguityQuery, LaunchReport
from synaspis.messages.consultation import QueryFinding
from synaspis.messages.fields import PlaceEstimate, TimeEstimate

ANSWER_US: Final = 24 * 3600 * SECOND_US
"""Time to answer a question."""

SIGMAS: Final = 3.0
"""Two estimates contradict each other beyond this many standard deviations of their difference."""

SAME_TIME_S: Final = 120.0
SAME_PLACE_M: Final = 50e3
"""Two reports are of one launch if they are nearer than these or than three standard deviations."""


def examine(accepted: Accepted, earlier: Sequence[Accepted]) -> list[AmbiguityQuery]:
    """Return the questions that a launch report raises, none for any other message.

    accepted: the report. earlier: launch reports that came before, of any sender. The first question is about
    the report alone, held against the physics of free flight; each further one is about it and one other
    report of the same launch by another sender. Deterministic: a function of these messages alone.
    """
    report = accepted.message.body
    if not isinstance(report, LaunchReport):
        return []
    questions = []
    result = _checked(report)
    if result is not None and result.verdict == "impossible":
        questions.append(_impossible(accepted, result))
    for other in earlier:
        said = other.message.body
        if (
            isinstance(said, LaunchReport)
            and other.message.sender != accepted.message.sender
            and other.message.exercise == accepted.message.exercise
            and _same_launch(report, said)
        ):
            findings = tuple(_contradictions(report, said))
            if findings:
                questions.append(_contradiction(accepted, other, findings))
    return questions


def _checked(report: LaunchReport) -> CheckResult | None:
    """The report held against physics; None if there is nothing in it to hold."""
    seconds = _flight_time(report)
    flight = FlightReport(
        apogee_m=None if report.apogee is None else report.apogee.value_m,
        range_m=None if report.range is None else report.range.value_m,
        time_s=None if seconds is None else seconds.value,
        launch=_place(report.launch),
        impact=None if report.impact is None else _place(report.impact),
        azimuth_rad=None if report.azimuth is None else radians(report.azimuth.azimuth_deg),
        apogee_rounding_m=None if report.apogee is None else SIGMAS * report.apogee.sigma_m,
        range_rounding_m=None if report.range is None else SIGMAS * report.range.sigma_m,
        time_rounding_s=None if seconds is None else SIGMAS * seconds.sigma,
    )
    if flight.apogee_m is None and flight.range_m is None and flight.impact is None:
        return None
    try:
        return check(flight)
    except InputError:
        return None  # values of which no flight can be made, such as an impact at the launch point


def _impossible(accepted: Accepted, result: CheckResult) -> AmbiguityQuery:
    margins = [("check/time", result.margin_s, "s"), ("check/range", result.range_margin_m, "m")]
    beyond = [(rule, margin, unit) for rule, margin, unit in margins if margin is not None and margin < 0.0]
    rule, margin, unit = beyond[0] if beyond else ("check", None, None)
    return AmbiguityQuery(
        about=(accepted.digest,),
        question="Free flight does not allow this report. Is it maintained, corrected or withdrawn?",
        findings=tuple(
            QueryFinding(rule=rule, text=reason, margin=margin, unit=unit)
            if number == 0
            else QueryFinding(rule="check", text=reason)
            for number, reason in enumerate(result.reasons)
        ),
        answer_by=to_rfc3339(accepted.received_us + ANSWER_US),
    )


def _contradiction(accepted: Accepted, other: Accepted, findings: tuple[QueryFinding, ...]) -> AmbiguityQuery:
    first, second = sorted((other.message.sender, accepted.message.sender))
    return AmbiguityQuery(
        about=tuple(sorted((other.digest, accepted.digest))),
        question=f"The reports of {first} and {second} on one launch contradict each other. Which holds?",
        findings=findings,
        answer_by=to_rfc3339(accepted.received_us + ANSWER_US),
    )


class _Value(NamedTuple):
    value: float
    sigma: float


def _flight_time(report: LaunchReport) -> _Value | None:
    if report.impact_time is None:
        return None
    seconds = (report.impact_time.time_us - report.launch_time.time_us) / SECOND_US
    return _Value(seconds, hypot(report.impact_time.sigma_s, report.launch_time.sigma_s))


def _same_launch(a: LaunchReport, b: LaunchReport) -> bool:
    apart_s = abs(a.launch_time.time_us - b.launch_time.time_us) / SECOND_US
    allowed_s = max(SAME_TIME_S, SIGMAS * _sigma_s(a.launch_time, b.launch_time))
    apart_m, sigma_m = _apart(a.launch, b.launch)
    return apart_s <= allowed_s and apart_m <= max(SAME_PLACE_M, SIGMAS * sigma_m)


def _contradictions(a: LaunchReport, b: LaunchReport) -> Iterator[QueryFinding]:
    pairs = (
        ("time of flight", "s", _flight_time(a), _flight_time(b)),
        ("greatest height", "m", _length(a, "apogee"), _length(b, "apogee")),
        ("range", "m", _length(a, "range"), _length(b, "range")),
    )
    for what, unit, one, two in pairs:
        if one is None or two is None:
            continue
        difference, allowed = abs(one.value - two.value), SIGMAS * hypot(one.sigma, two.sigma)
        if difference > allowed:
            yield _differs(what, difference, allowed, unit)
    if a.impact is not None and b.impact is not None:
        apart_m, sigma_m = _apart(a.impact, b.impact)
        if apart_m > SIGMAS * sigma_m:
            yield _differs("impact point", apart_m, SIGMAS * sigma_m, "m")


def _differs(what: str, difference: float, allowed: float, unit: str) -> QueryFinding:
    shown, scale = ("km", 1e-3) if unit == "m" else (unit, 1.0)
    text = (
        f"The {what} differs by {difference * scale:,.0f} {shown}; "
        f"the stated uncertainties allow {allowed * scale:,.0f} {shown}."
    )
    return QueryFinding(
        rule=f"compare/{what.replace(' ', '-')}", text=text, margin=allowed - difference, unit=unit
    )


def _length(report: LaunchReport, name: str) -> _Value | None:
    given = getattr(report, name)
    return None if given is None else _Value(given.value_m, given.sigma_m)


def _place(place: PlaceEstimate) -> Place:
    return Place(radians(place.latitude_deg), radians(place.longitude_deg))


def _sigma_s(a: TimeEstimate, b: TimeEstimate) -> float:
    return hypot(a.sigma_s, b.sigma_s)


def _apart(a: PlaceEstimate, b: PlaceEstimate) -> tuple[float, float]:
    """Distance of two places, metres, and the greatest standard deviation of their difference."""
    apart_m = float(geodesic_inverse(*_place(a), *_place(b)).distance_m)
    east, cross, north = (x + y for x, y in zip(a.covariance_m2, b.covariance_m2, strict=True))
    # Greatest eigenvalue of the 2x2 covariance of the difference.
    variance = 0.5 * (east + north) + hypot(0.5 * (east - north), cross)
    return apart_m, sqrt(variance)
