"""Does a notification keep to the agreement under which it is given?

A rule that is broken is said, with the margin, and the message goes on: the centre reports, the states judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from synaspis.core.clock import SECOND_US
from synaspis.geography import border_between, distance_to_border_m, geodesic_direct, geodesic_inverse
from synaspis.messages.fields import Area, PlaceEstimate
from synaspis.messages.message import Message
from synaspis.messages.notifications import PostLaunchNotification, PreLaunchNotification
from synaspis.messages.reports import LaunchReport
from synaspis.messages.rulebook import NotificationRules

Notification = PreLaunchNotification | PostLaunchNotification

PATH_POINTS: Final = 200
"""Points of a ground track that are held against a border."""


class Finding(NamedTuple):
    """One thing about a message that does not keep to a rule.

    rule: id of the agreement and the rule, such as ``plns-2000/threshold``. text: a sentence.
    margin: by how much, in `unit`, negative where the limit is passed; None if there is nothing to measure.
    unit: unit of the margin, SI; empty without one.
    """

    rule: str
    text: str
    margin: float | None = None
    unit: str = ""


def notification_findings(
    message: Message, received_us: int, rulebook: Mapping[str, NotificationRules]
) -> tuple[Finding, ...]:
    """Find where a notification or launch report departs from the agreements that it falls under.

    message: any message; other kinds have no rules. received_us: when it came in, microseconds since the
    epoch. rulebook: rules by id. A notification falls under those that it names in `under`, a launch report
    under all that speak of launch reports. Returns findings in the order of the rules, none if all is kept.
    """
    body = message.body
    if isinstance(body, LaunchReport):
        named = [rules for rules in rulebook.values() if message.kind in rules.kinds]
        return tuple(finding for rules in named for finding in _report_findings(rules, body))
    if not isinstance(body, Notification):
        return ()
    findings = [
        Finding(f"{name}/unknown", f"The agreement {name!r} is not in the rulebook of the centre.")
        for name in body.under
        if name not in rulebook
    ]
    for name in body.under:
        rules = rulebook.get(name)
        if rules is None:
            continue
        if message.kind not in rules.kinds or (rules.classes and body.missile_class not in rules.classes):
            text = f"{rules.name} does not speak of a {message.kind} of class {body.missile_class}."
            findings.append(Finding(f"{name}/not-covered", text))
            continue
        for rule, examine in _RULES.items():
            findings += [Finding(f"{name}/{rule}", *found) for found in examine(rules, body, received_us)]
    return tuple(findings)


Found = tuple[str, float | None, str]


def _needed(rules: NotificationRules, body: Notification, _received_us: int) -> Iterator[Found]:
    for name in rules.needs:
        given = getattr(body, name, None)
        absent_after_launch = isinstance(body, PostLaunchNotification) and name == "window"
        if not given and not absent_after_launch:
            yield f"{rules.name} asks for `{name}`, which is not given.", None, ""


def _notice(rules: NotificationRules, body: Notification, received_us: int) -> Iterator[Found]:
    if rules.notice is None or not isinstance(body, PreLaunchNotification):
        return
    given_s = (body.window.earliest_us - received_us) / SECOND_US
    margin_s = given_s - rules.notice.si
    if margin_s < 0.0:
        yield (
            f"The window opens {given_s / 3600.0:.1f} h after the notification; "
            f"{rules.notice.value:g} {rules.notice.unit} of notice are agreed.",
            margin_s,
            "s",
        )


def _window(rules: NotificationRules, body: Notification, _received_us: int) -> Iterator[Found]:
    if rules.window_longest is None or not isinstance(body, PreLaunchNotification):
        return
    long_s = (body.window.latest_us - body.window.earliest_us) / SECOND_US
    margin_s = rules.window_longest.si - long_s
    if margin_s < 0.0:
        yield (
            f"The window is {long_s / 3600.0:.1f} h long; at most {rules.window_longest.value:g} "
            f"{rules.window_longest.unit} are agreed.",
            margin_s,
            "s",
        )


def _threshold(rules: NotificationRules, body: Notification, _received_us: int) -> Iterator[Found]:
    if isinstance(body, PreLaunchNotification):
        yield from _below(rules, body.range_m, body.apogee_m)


def _report_findings(rules: NotificationRules, report: LaunchReport) -> Iterator[Finding]:
    range_m = None if report.range is None else report.range.value_m
    if range_m is None and report.impact is not None:
        range_m = _apart_m(report.launch, report.impact)
    apogee_m = None if report.apogee is None else report.apogee.value_m
    for found in _below(rules, range_m, apogee_m):
        yield Finding(f"{rules.id}/threshold", *found)


def _below(rules: NotificationRules, range_m: float | None, apogee_m: float | None) -> Iterator[Found]:
    """Yield one finding if what is known of a launch lies below every threshold of an agreement."""
    given = [
        (word, value, limit.si)
        for word, value, limit in (
            ("range", range_m, rules.threshold_range),
            ("greatest height", apogee_m, rules.threshold_apogee),
        )
        if value is not None and limit is not None
    ]
    if given and all(value <= limit for _, value, limit in given):
        values = " and ".join(f"{word} of {value / 1e3:,.0f} km" for word, value, _ in given)
        limit = " and ".join(f"{limit / 1e3:,.0f} km" for _, _, limit in given)
        text = f"A {values} is not above the {limit} from which {rules.name} asks for a report."
        yield text, max(value - limit for _, value, limit in given), "m"


def _launch_distance(rules: NotificationRules, body: Notification, _received_us: int) -> Iterator[Found]:
    if rules.launch_distance is not None:
        yield from _too_near(rules, "launch area", body.launch_area, rules.launch_distance.si)


def _impact_distance(rules: NotificationRules, body: Notification, _received_us: int) -> Iterator[Found]:
    if rules.impact_distance is not None:
        for area in body.impact_areas:
            yield from _too_near(rules, "impact area", area, rules.impact_distance.si)


def _path_distance(rules: NotificationRules, body: Notification, _received_us: int) -> Iterator[Found]:
    if rules.path_distance is None or rules.border is None:
        return
    start = _centre_rad(body.launch_area)
    border = border_between(*rules.border)
    for area in body.impact_areas:
        end = _centre_rad(area)
        line = geodesic_inverse(*start, *end)
        steps = np.linspace(0.0, float(line.distance_m), PATH_POINTS)
        track = geodesic_direct(*start, line.azimuth_start_rad, steps)
        nearest_m = float(distance_to_border_m(track.latitude_rad, track.longitude_rad, border).min())
        margin_m = nearest_m - rules.path_distance.si
        if margin_m < 0.0:
            yield _near(rules, "ground track", nearest_m, rules.path_distance.si), margin_m, "m"


def _too_near(rules: NotificationRules, what: str, area: Area, least_m: float) -> Iterator[Found]:
    if rules.border is None:
        return
    points = np.radians([(corner.latitude_deg, corner.longitude_deg) for corner in area.corners])
    apart_m = distance_to_border_m(points[:, 0], points[:, 1], border_between(*rules.border))
    nearest_m = max(float(apart_m.min()) - (area.radius_m or 0.0), 0.0)
    if nearest_m < least_m:
        yield _near(rules, what, nearest_m, least_m), nearest_m - least_m, "m"


def _near(rules: NotificationRules, what: str, nearest_m: float, least_m: float) -> str:
    border = " and ".join(rules.border or ())
    return (
        f"The {what} comes within {nearest_m / 1e3:,.0f} km of the border of {border}; "
        f"{least_m / 1e3:,.0f} km are agreed."
    )


def _centre_rad(area: Area) -> tuple[float, float]:
    """Latitude and longitude of the middle of an area, radians; of corners, the mean of their directions."""
    points = np.radians([(corner.latitude_deg, corner.longitude_deg) for corner in area.corners])
    latitude, longitude = points[:, 0], points[:, 1]
    x, y, z = (
        float(np.mean(part))
        for part in (
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        )
    )
    return float(np.arctan2(z, np.hypot(x, y))), float(np.arctan2(y, x))


def _apart_m(start: PlaceEstimate, end: PlaceEstimate) -> float:
    places = (start.latitude_deg, start.longitude_deg, end.latitude_deg, end.longitude_deg)
    return float(geodesic_inverse(*np.radians(places)).distance_m)


_RULES: Final[dict[str, Callable[[NotificationRules, Notification, int], Iterator[Found]]]] = {
    "needed": _needed,
    "notice": _notice,
    "window": _window,
    "threshold": _threshold,
    "launch-distance": _launch_distance,
    "impact-distance": _impact_distance,
    "path-distance": _path_distance,
}
