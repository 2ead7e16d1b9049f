"""Public warning in the Common Alerting Protocol 1.2: alerts for an area where an impact is expected.

Source: OASIS, Common Alerting Protocol Version 1.2, 1 July 2010. Times are UTC, written with -00:00 as the
standard has it (Z is not allowed).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import degrees
from typing import Final, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from synaspis.core.clock import SECOND_US
from synaspis.core.errors import Fault, InputError

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"

EVENT: Final = "Ballistic missile impact"

AlertKind = Literal["Alert", "Update", "Cancel"]

_FORBIDDEN_IN_NAMES: Final = frozenset(" ,<&")
_AFTER_IMPACT_US: Final = 600 * SECOND_US


@dataclass(frozen=True, slots=True)
class AlertName:
    """What an alert is called, so that later ones can refer to it.

    sender, identifier: no space, comma, `<` or `&`. sent_us: microseconds since the Unix epoch.
    """

    sender: str
    identifier: str
    sent_us: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert for one recipient's area.

    name: its own. kind: Alert (first), Update, Cancel. earlier: the alerts that an update or cancellation
    replaces. source: on what it rests, for the reader. exercise: name of the exercise, or None in earnest.
    area: what people call the place. polygons: each a closed ring of latitude and longitude, radians, at
    least 4 points. impact_us, impact_sigma_s: when the impact is expected, and the standard deviation.
    """

    name: AlertName
    kind: AlertKind
    area: str
    polygons: tuple[tuple[tuple[float, float], ...], ...]
    impact_us: int
    impact_sigma_s: float
    source: str
    earlier: tuple[AlertName, ...] = ()
    exercise: str | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        faults = [
            Fault(
                f"{text!r} holds a space, comma, '<' or '&', which CAP does not allow in names",
                where,
                "Use letters, digits, dots, colons and hyphens.",
            )
            for name in (self.name, *self.earlier)
            for where, text in (("sender", name.sender), ("identifier", name.identifier))
            if not text or _FORBIDDEN_IN_NAMES & set(text)
        ]
        if (self.kind == "Alert") == bool(self.earlier):
            faults.append(
                Fault(
                    f"an alert of kind {self.kind} refers to {len(self.earlier)} earlier alerts",
                    "earlier",
                    "A first alert refers to none, an update or cancellation to at least one.",
                )
            )
        for number, ring in enumerate(self.polygons):
            closed = "is" if ring[:1] == ring[-1:] else "is not"
            if len(ring) < 4 or closed == "is not":
                faults.append(
                    Fault(
                        f"a ring of {len(ring)} points that {closed} closed",
                        f"polygons[{number}]",
                        "Give at least 4 points, the last equal to the first.",
                    )
                )
        faults += [
            Fault(f"{text!r} is empty or holds characters that cannot be printed", where)
            for where, text in (
                ("area", self.area),
                ("source", self.source),
                ("exercise", self.exercise or "-"),
            )
            if not text or not text.isprintable()
        ]
        if faults:
            raise InputError(faults)


def write_cap(alert: Alert) -> bytes:
    """Write an alert as CAP 1.2 XML, UTF-8 with declaration."""
    root = Element("alert", xmlns=NAMESPACE)
    _add(root, "identifier", alert.name.identifier)
    _add(root, "sender", alert.name.sender)
    _add(root, "sent", _time(alert.name.sent_us))
    _add(root, "status", "Exercise" if alert.exercise else "Actual")
    _add(root, "msgType", alert.kind)
    _add(root, "source", alert.source)
    _add(root, "scope", "Public")
    if alert.exercise:
        _add(root, "note", f"EXERCISE {alert.exercise}. This is not a real warning.")
    if alert.earlier:
        names = (f"{name.sender},{name.identifier},{_time(name.sent_us)}" for name in alert.earlier)
        _add(root, "references", " ".join(names))
    _add_info(root, alert)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _add_info(root: Element, alert: Alert) -> None:
    over = alert.kind == "Cancel"
    left_s = (alert.impact_us - alert.name.sent_us) / SECOND_US
    marked = "EXERCISE: " if alert.exercise else ""
    info = SubElement(root, "info")
    _add(info, "language", alert.language)
    _add(info, "category", "Security")
    _add(info, "event", EVENT)
    _add(info, "responseType", "AllClear" if over else "Shelter")
    _add(info, "urgency", "Past" if over else "Immediate")
    _add(info, "severity", "Minor" if over else "Extreme")
    _add(info, "certainty", "Unlikely" if over else "Likely")
    _add(info, "effective", _time(alert.name.sent_us))
    if not over:
        spread_us = round(2.0 * alert.impact_sigma_s * SECOND_US)
        _add(info, "onset", _time(alert.impact_us - spread_us))
    _add(info, "expires", _time(max(alert.impact_us, alert.name.sent_us) + _AFTER_IMPACT_US))
    _add(info, "headline", f"{marked}{_headline(alert, left_s)}")
    _add(info, "description", f"{marked}{_description(alert, left_s)}")
    _add(
        info,
        "instruction",
        "Normal life may go on." if over else "Go to the nearest shelter or inner room at once.",
    )
    if not over:
        _parameter(info, "timeToImpactSeconds", f"{max(left_s, 0.0):.0f}")
        _parameter(info, "timeToImpactSigmaSeconds", f"{alert.impact_sigma_s:.0f}")
    area = SubElement(info, "area")
    _add(area, "areaDesc", alert.area)
    for ring in alert.polygons:
        _add(area, "polygon", _ring(ring))


def _headline(alert: Alert, left_s: float) -> str:
    if alert.kind == "Cancel":
        return f"All clear for {alert.area}"
    if left_s <= 0.0:
        return f"Missile impact expected now in {alert.area}"
    return f"Missile impact expected in {alert.area} in {_duration(left_s)}"


def _description(alert: Alert, left_s: float) -> str:
    if alert.kind == "Cancel":
        return "The warning of a missile impact is withdrawn."
    when = _time(alert.impact_us)
    sigma = f"standard deviation {alert.impact_sigma_s:.0f} s"
    return f"Impact is expected at {when} ({sigma}), {_duration(max(left_s, 0.0))} after this alert."


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _ring(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{degrees(latitude):.4f},{degrees(longitude):.4f}" for latitude, longitude in points)


def _time(instant_us: int) -> str:
    # Whole seconds, rounded down: CAP has no decimals, and an alert is never later than it says.
    moment = datetime.fromtimestamp(instant_us // SECOND_US, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _parameter(info: Element, name: str, value: str) -> None:
    parameter = SubElement(info, "parameter")
    _add(parameter, "valueName", name)
    _add(parameter, "value", value)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
