"""Which announced launch a launch report belongs to, for each recipient from what it has been shown itself.

A recipient that was shown no notification sees its launch reports as unmatched, whatever others were told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, radians, sin
from typing import Any, Final

from shapely import MultiPoint, Point, Polygon

from synaspis.core.clock import SECOND_US
from synaspis.geography import geodesic_inverse
from synaspis.messages import Area, LaunchReport, PreLaunchNotification

SIGMAS: Final = 3.0
"""A launch agrees with what was announced up to so many standard deviations of the report."""

TIME_TOLERANCE_S: Final = 300.0
PLACE_TOLERANCE_M: Final = 50_000.0
AZIMUTH_TOLERANCE_DEG: Final = 15.0
"""What is allowed beyond the announcement, for launches a little late or early and areas told coarsely."""

KEPT_AFTER_WINDOW_US: Final = 2 * 86_400 * SECOND_US
"""How long after its window an announcement can still be matched, for reports that are released late."""


def match(
    report: LaunchReport, notification: PreLaunchNotification, *, with_covariance: bool
) -> float | None:
    """How well a launch agrees with what was announced.

    with_covariance: whether the standard deviations of the report may be used; without them the tolerances
    stand alone. Returns the part of what is allowed that is left over, 0 to 1, of the worst of time, place
    and azimuth; None if one is beyond what is allowed or the classes differ.
    """
    if report.missile_class != notification.missile_class and "unknown" not in (
        report.missile_class,
        notification.missile_class,
    ):
        return None
    spread = SIGMAS if with_covariance else 0.0
    in_time = _margin(
        _outside_s(report, notification), TIME_TOLERANCE_S + spread * report.launch_time.sigma_s
    )
    if in_time < 0.0:
        return None
    away_m = distance_to_area_m(
        report.launch.latitude_deg, report.launch.longitude_deg, notification.launch_area
    )
    allowed_m = PLACE_TOLERANCE_M + spread * _largest_sigma_m(report.launch.covariance_m2)
    margins = [in_time, _margin(away_m, allowed_m)]
    if report.azimuth is not None and notification.azimuth_deg is not None:
        off_deg = abs((report.azimuth.azimuth_deg - notification.azimuth_deg + 180.0) % 360.0 - 180.0)
        margins.append(_margin(off_deg, AZIMUTH_TOLERANCE_DEG + spread * report.azimuth.sigma_deg))
    worst = min(margins)
    return round(worst, 3) if worst >= 0.0 else None


def _margin(value: float, allowed: float) -> float:
    return 1.0 - value / allowed


def _outside_s(report: LaunchReport, notification: PreLaunchNotification) -> float:
    launched_us, window = report.launch_time.time_us, notification.window
    return max(window.earliest_us - launched_us, launched_us - window.latest_us, 0) / SECOND_US


def _largest_sigma_m(covariance_m2: Sequence[float]) -> float:
    east, cross, north = covariance_m2
    return float((0.5 * (east + north) + hypot(0.5 * (east - north), cross)) ** 0.5)


def distance_to_area_m(latitude_deg: float, longitude_deg: float, area: Area) -> float:
    """Distance along the ground from a place to an area, metres; 0 inside.

    Boundary points are laid out around the place by azimuth and distance and joined by straight lines: exact
    for distances from the place to corners, and within a part in a thousand for edges of some 500 km.
    """
    corners = area.corners
    away = geodesic_inverse(
        radians(latitude_deg),
        radians(longitude_deg),
        [radians(corner.latitude_deg) for corner in corners],
        [radians(corner.longitude_deg) for corner in corners],
    )
    if area.radius_m is not None:
        return max(float(away.distance_m[0]) - area.radius_m, 0.0)
    laid_out = [
        (distance * sin(azimuth), distance * cos(azimuth))
        for distance, azimuth in zip(away.distance_m.tolist(), away.azimuth_start_rad.tolist(), strict=True)
    ]
    shape = Polygon(laid_out).buffer(0.0)
    # Corners that enclose nothing, such as one place said three times, are a line or a point.
    return float((MultiPoint(laid_out).convex_hull if shape.is_empty else shape).distance(Point(0.0, 0.0)))


@dataclass(slots=True)
class Announced:
    """A pre-launch notification and what its recipients know of it.

    reference: its name in events. sender: who made it. exercise: empty if it is meant in earnest.
    until_us: when nobody needs it any more. told: in the order of release, when, to whom (mask), and the body
    that holds from then on; None for a cancellation.
    """

    reference: str
    sender: str
    exercise: str
    until_us: int
    told: list[tuple[int, int, PreLaunchNotification | None]] = field(default_factory=list)

    def tell(self, at_us: int, mask: int, body: PreLaunchNotification | None) -> None:
        """Note that some recipients were shown it, its correction or its cancellation."""
        self.told.append((at_us, mask, body))
        self.told.sort(key=lambda entry: entry[0])
        if body is not None:
            self.until_us = max(self.until_us, body.window.latest_us + KEPT_AFTER_WINDOW_US)

    def known_to(self, mask: int, at_us: int) -> Iterator[tuple[int, PreLaunchNotification]]:
        """Bodies that hold for recipients at an instant: mask and body, for those that know of one."""
        for since_us, told, body in reversed(self.told):
            if since_us <= at_us and told & mask:
                # Not `until_us`: others may have been told of a later window.
                if body is not None and at_us <= body.window.latest_us + KEPT_AFTER_WINDOW_US:
                    yield told & mask, body
                mask &= ~told


def correlations(
    report: LaunchReport, announced: list[Announced], *, mask: int, at_us: int, with_covariance: bool
) -> list[tuple[int, Any]]:
    """What a launch report is matched with, by group of recipients.

    announced: of the same exercise, or in earnest as the report. mask: recipients. at_us: release.
    Returns mask and JSON: ``"unmatched"``, or the references that match with their margins, best first.
    """
    groups: list[tuple[int, tuple[tuple[float, str], ...]]] = [(mask, ())]
    for each in announced:
        for told, body in each.known_to(mask, at_us):
            margin = match(report, body, with_covariance=with_covariance)
            if margin is None:
                continue
            split = []
            for group, found in groups:
                if group & told:
                    split.append((group & told, (*found, (margin, each.reference))))
                if group & ~told:
                    split.append((group & ~told, found))
            groups = split
    merged: dict[tuple[tuple[float, str], ...], int] = {}
    for group, found in groups:
        key = tuple(sorted(found, key=lambda one: (-one[0], one[1])))
        merged[key] = merged.get(key, 0) | group
    return [(group, _told(found)) for found, group in sorted(merged.items())]


def _told(found: tuple[tuple[float, str], ...]) -> Any:
    if not found:
        return "unmatched"
    return [{"notification": reference, "margin": margin} for margin, reference in found]
