"""Can this report of a ballistic flight be true? Apogee, range and time against the physics of free flight.

See `docs/methods/check.md` for the equations and the reason of each allowance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from synaspis.analyses._check_shape import is_on_earth, shape_findings
from synaspis.analyses._check_time import check_both, check_without_apogee, check_without_range
from synaspis.analyses.flight_envelope import Interval
from synaspis.analyses.flight_report import (
    CONSISTENT,
    IMPOSSIBLE,
    SEVERITY,
    Finding,
    FlightReport,
    Place,
    Reading,
    read_report,
)

__all__ = ["CheckResult", "FlightReport", "Interval", "Place", "check"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a reported flight is possible, by how much, and why.

    verdict: consistent, unusual or impossible. reasons: sentences, the gravest first; at least one.
    minimum_time_s: shortest drag-free time for what is reported; None if the report leaves it open.
    expected_time_s: times that powered ascent and drag make likely.
    margin_s: reported time less the minimum; negative means too fast.
    range_margin_m: longest range that the apogee allows less the range; negative means too far.
    apogee_m, range_m, time_s: as reported or as derived from points and clock times.
    speed_m_s: of the drag-free arc at the surface. minimum_energy_apogee_m: of the arc of least speed for the
    range.
    implied_range_m, implied_apogee_m: what the other two values imply where one is not reported.
    """

    verdict: str
    reasons: tuple[str, ...]
    minimum_time_s: float | None = None
    expected_time_s: Interval | None = None
    margin_s: float | None = None
    range_margin_m: float | None = None
    apogee_m: float | None = None
    range_m: float | None = None
    time_s: float | None = None
    speed_m_s: float | None = None
    minimum_energy_apogee_m: float | None = None
    implied_range_m: Interval | None = None
    implied_apogee_m: Interval | None = None

    def to_dict(self) -> dict[str, object]:
        """The result as plain JSON values; intervals and reasons become lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name in self.__dataclass_fields__
            for value in [getattr(self, name)]
        }


def check(report: FlightReport) -> CheckResult:
    """Say whether a reported ballistic flight is possible.

    Raises InputError for values that cannot be read as a flight; see `FlightReport`.
    """
    reading = read_report(report)
    findings = list(reading.findings)
    values: dict[str, Any] = {
        "apogee_m": reading.apogee_m,
        "range_m": reading.range_m,
        "time_s": reading.time_s,
    }
    shape = shape_findings(reading, values)
    findings += shape
    if is_on_earth(reading):
        timed = _time_findings(reading, values)
        if reading.time_s is not None or not any(finding.verdict == IMPOSSIBLE for finding in shape):
            findings += timed
    if not findings:
        findings.append(Finding(CONSISTENT, "Nothing else is given that this value could contradict."))
    findings.sort(key=lambda finding: -SEVERITY.index(finding.verdict))
    return CheckResult(findings[0].verdict, tuple(finding.sentence for finding in findings), **values)


def _time_findings(reading: Reading, values: dict[str, Any]) -> list[Finding]:
    if reading.apogee_m is not None and reading.range_m is not None:
        return check_both(reading, reading.apogee_m, reading.range_m, values)
    if reading.apogee_m is not None and reading.time_s is not None:
        return check_without_range(reading, reading.apogee_m, reading.time_s, values)
    if reading.range_m is not None:
        return check_without_apogee(reading, reading.range_m, values)
    return []
