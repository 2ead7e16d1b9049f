"""Tracks as Cursor on Target events: XML as TAK protocol version 0 carries it.

Version 1 (protobuf) has no room for `caveat` and `releasableTo`, so that a conversion drops who may see the
event; it is not offered. `docs/formats/cot.md` says what is written where.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING, Final, Literal
from xml.etree import ElementTree

import numpy as np
from numpy.typing import ArrayLike

from synaspis.agreement.label import RELEASABLE_TO, Label
from synaspis.core.clock import SECOND_US
from synaspis.core.errors import Fault, InputError
from synaspis.engine.earth import ecef_to_geodetic, local_axes_ecef
from synaspis.gateways._cot_xml import mark, marked, started
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.picture import ShownTrack
from synaspis.messages import Message, TrackReport

if TYPE_CHECKING:
    from synaspis.fusion import FusedTrack

TYPE: Final = "a-u-A-W-M"
"""Atom, affiliation unknown, air, weapon, missile: whose it is, is for states to say."""

How = Literal["reported", "fused"]

_HOW: Final[dict[How, str]] = {"reported": "m", "fused": "m-f"}


@dataclass(frozen=True, slots=True)
class CotEvent:
    """One object at one instant, as CoT has it.

    uid: the same for all events of one object. time_us, stale_us: instant of the state, and until when it may
    be shown; microseconds since the epoch. latitude_deg, longitude_deg: WGS 84. hae_m: height above the
    ellipsoid. ce_m, le_m: one sigma around the place and of the height; None if not known. course_deg: from
    north over east. speed_m_s: along the path. slope_deg: of the path, positive upwards. label: who may see
    it. exercise: name of the exercise, None if it is meant in earnest. callsign, remarks: for people.
    how: reported by one source, or fused from several.
    """

    uid: str
    time_us: int
    stale_us: int
    latitude_deg: float
    longitude_deg: float
    hae_m: float | None
    ce_m: float | None
    le_m: float | None
    course_deg: float
    speed_m_s: float
    slope_deg: float
    label: Label
    exercise: str | None = None
    callsign: str = ""
    remarks: str = ""
    how: How = "reported"


_COVARIANCE: Final = "an event has the circle and the height error alone"


def cot_of_report(message: Message, *, stale_us: int) -> Carried[CotEvent]:
    """The event of a track report, and what an event cannot carry of it.

    Raises InputError if the message is of another kind.
    """
    body = message.body
    if not isinstance(body, TrackReport):
        raise InputError(Fault(f"a {message.kind} is no track report; it has no place in CoT"))
    of, no_field = f"track {body.track}", "an event has no field for it"
    lost = (
        NotCarried(of, "covariance", _COVARIANCE, "body.covariance"),
        *(NotCarried(of, name, no_field, f"body.{name}") for name in ("estimate", "quality")),
        *(NotCarried(of, name, no_field, name) for name in ("id", "sent_at")),
    )
    event = _event(
        body.position_ecef_m,
        body.velocity_ecef_m_s,
        body.covariance_matrix,
        uid=f"synaspis.{message.sender}.{body.track}",
        time_us=body.time_us,
        stale_us=stale_us,
        label=message.label,
        exercise=message.exercise,
        callsign=body.track,
        remarks=f"{body.missile_class}, {body.sensor}, reported by {message.sender}",
        how="reported",
    )
    return Carried(event, lost)


def cot_of_fused(
    track: FusedTrack, *, picture: str, stale_us: int, label: Label, exercise: str | None = None
) -> Carried[CotEvent]:
    """The event of a fused track, and what an event cannot carry of it.

    picture: whose picture the number of the track belongs to, such as a partner id. label: of everything
    that went into the track, combined.
    """
    of = f"track {track.number}"
    lost = [NotCarried(of, "covariance", _COVARIANCE, "covariance")]
    lost += [
        NotCarried(of, name, "an event has one place", name)
        for name, point in (("launch", track.launch), ("impact", track.impact))
        if point is not None
    ]
    event = _event(
        track.position_ecef_m,
        track.velocity_ecef_m_s,
        track.covariance,
        uid=f"synaspis.{picture}.{track.number}",
        time_us=track.time_us,
        stale_us=stale_us,
        label=label,
        exercise=exercise,
        callsign=f"T{track.number}",
        remarks=f"{track.status}, fused from {', '.join(track.sources)}",
        how="fused",
    )
    return Carried(event, tuple(lost))


def cot_of_shown(track: ShownTrack, *, stale_s: float = 30.0) -> Carried[CotEvent | None]:
    """The event of a track in a picture that was delivered, and what an event cannot carry of it.

    stale_s: how long after its time a client may show it; a track that has ended is stale at once. None for a
    track whose labels are of several policies or for nobody: an event has one, and none goes out without.
    """
    of = f"track {track.number}"
    if len(track.labels) != 1:
        why = f"it has {len(track.labels)} labels that cannot be combined, an event has one"
        return Carried(None, (NotCarried(of, "the track", why),))
    released = track.labels[0].category(RELEASABLE_TO)
    if released is not None and not released.values:
        return Carried(None, (NotCarried(of, "the track", "its label is releasable to nobody"),))
    lost = []
    if track.covariance is not None:
        lost.append(
            NotCarried(of, "covariance", "an event has the circle and the height error alone", "covariance")
        )
    if track.launch is not None:
        lost.append(NotCarried(of, "launch point", "an event has one place", "launch"))
    if track.impact is not None:
        why = "the impact stands in the remarks, in words"
        for name, value in (("covariance_m2", track.impact.covariance_m2), ("sigma_s", track.impact.sigma_s)):
            if value is not None:
                lost.append(NotCarried(of, f"{name} of the impact", why, f"impact.{name}"))
    sources = f"fused from {', '.join(track.sources)}" if track.sources else ""
    impact = "" if track.impact is None else f"impact {track.impact}"
    event = _event(
        track.position_ecef_m,
        track.velocity_ecef_m_s,
        track.covariance,
        uid=f"synaspis.{track.picture}.{track.number}",
        time_us=track.time_us,
        stale_us=track.time_us + (0 if track.status == "ended" else round(stale_s * SECOND_US)),
        label=track.labels[0],
        exercise=track.exercise,
        callsign=track.name,
        remarks=", ".join(filter(None, (track.status, sources, track.quality, impact))),
        how="fused",
    )
    return Carried(event, tuple(lost))


def to_cot(event: CotEvent) -> str:
    """The event as one line of XML, without a declaration; events follow each other on a stream.

    The label stands in the attributes that every client reads (`access`, `caveat`, `releasableTo`) and whole,
    as JSON, in a child of `detail`.
    Raises InputError for a label that is for nobody: such an event is written nowhere.
    """
    root = started(
        event.uid,
        TYPE,
        _HOW[event.how],
        (event.time_us, event.stale_us),
        (event.latitude_deg, event.longitude_deg),
        (event.hae_m, event.ce_m, event.le_m),
        event.label,
        event.exercise,
    )
    detail = ElementTree.SubElement(root, "detail")
    ElementTree.SubElement(detail, "contact", {"callsign": event.callsign or event.uid})
    ElementTree.SubElement(
        detail,
        "track",
        {
            # 359.96 rounds up to 360.0, which is 0.
            "course": f"{round(event.course_deg, 1) % 360.0:.1f}",
            "speed": f"{event.speed_m_s:.1f}",
            "slope": f"{event.slope_deg:.1f}",
        },
    )
    mark(detail, event.label, event.exercise)
    remarks = ElementTree.SubElement(detail, "remarks")
    remarks.text = marked(event.remarks, event.exercise)
    return ElementTree.tostring(root, encoding="unicode")


def _event(
    position_ecef_m: ArrayLike,
    velocity_ecef_m_s: ArrayLike,
    covariance: ArrayLike | None,
    *,
    uid: str,
    time_us: int,
    stale_us: int,
    label: Label,
    exercise: str | None,
    callsign: str,
    remarks: str,
    how: How,
) -> CotEvent:
    """Place, errors and motion of a state in the terms of CoT."""
    latitude, longitude, height = (float(part) for part in ecef_to_geodetic(position_ecef_m))
    axes = np.stack(local_axes_ecef(latitude, longitude))
    east, north, up = (float(part) for part in axes @ np.asarray(velocity_ecef_m_s))
    local = None if covariance is None else axes @ np.asarray(covariance)[:3, :3] @ axes.T
    return CotEvent(
        uid=uid,
        time_us=time_us,
        stale_us=stale_us,
        latitude_deg=degrees(latitude),
        longitude_deg=degrees(longitude),
        hae_m=height,
        # The circle has to hold the ellipse: its long half-axis, not a mean of both.
        ce_m=None if local is None else float(np.sqrt(np.linalg.eigvalsh(local[:2, :2])[-1])),
        le_m=None if local is None else float(np.sqrt(local[2, 2])),
        course_deg=degrees(atan2(east, north)) % 360.0,
        speed_m_s=hypot(east, north, up),
        slope_deg=degrees(atan2(up, hypot(east, north))),
        label=label,
        exercise=exercise,
        callsign=callsign,
        remarks=remarks,
        how=how,
    )
