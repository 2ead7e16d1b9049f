"""Live feeds for globes: KML that a network link fetches again and again, and packets of CZML.

Formats as in `gateways.kml` and `gateways.czml`; here an object is known up to now and goes on.
What a globe has no field for is a property beside it, so that nothing of a track or message is left out.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.engine.earth import ecef_to_geodetic
from synaspis.gateways._cot_xml import EXERCISE
from synaspis.gateways._live_told import label_line, titled, told_packets, told_placemarks
from synaspis.gateways.kml import NAMESPACE
from synaspis.gateways.picture import ShownTrack
from synaspis.gateways.told import ToldMessage

STATES_MAX: Final = 600
"""States of one track that are kept: ten minutes at one a second."""

HOLD_S: Final = 10.0
"""How long a globe may carry a track on along its last velocity."""

_COLOUR: Final = (231, 41, 138)
_KML_COLOUR: Final = "ff8a29e7"


@dataclass
class LiveTrack:
    """One track as it was shown so far; the newest state is in `track`.

    path: time (microseconds since the epoch) and position (ECEF, m) of the states, in order of time.
    """

    track: ShownTrack
    path: deque[tuple[int, tuple[float, float, float]]] = field(
        default_factory=lambda: deque(maxlen=STATES_MAX)
    )

    def take(self, track: ShownTrack) -> bool:
        """Take a newer state; returns False for one that is not newer, which changes nothing."""
        if self.path and track.time_us <= self.path[-1][0]:
            if track.status == "ended":
                self.track = track
            return False
        self.track = track
        self.path.append((track.time_us, track.position_ecef_m))
        return True


def marking(track: ShownTrack) -> str:
    """All that a track is marked with, in one line: exercise, each label's policy, class and categories."""
    parts = [] if track.exercise is None else [f"{EXERCISE} {track.exercise}"]
    return " // ".join((*parts, *map(label_line, track.labels)))


def live_kml(
    title: str, tracks: Sequence[LiveTrack], exercise: str | None, told: Sequence[ToldMessage] = ()
) -> str:
    """A KML document of the newest states and the paths so far, and of messages; the marking stands in each
    placemark.

    title: of the document. exercise: name of the exercise, None in earnest.
    """
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(root, "Document")
    ET.SubElement(document, "name").text = titled(title, exercise)
    style = ET.SubElement(document, "Style", id="track")
    for tag, more in (("IconStyle", ()), ("LineStyle", (("width", "2"),))):
        part = ET.SubElement(style, tag)
        ET.SubElement(part, "color").text = _KML_COLOUR
        for name, text in more:
            ET.SubElement(part, name).text = text
    for live in tracks:
        _placemarks(document, live)
    for message in told:
        told_placemarks(document, message)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def network_link(title: str, address: str, exercise: str | None, *, refresh_s: float = 2.0) -> str:
    """A KML document that has a globe fetch another one again and again.

    address: of that one. refresh_s: seconds between.
    """
    root = ET.Element("kml", xmlns=NAMESPACE)
    link = ET.SubElement(root, "NetworkLink")
    ET.SubElement(link, "name").text = titled(title, exercise)
    inner = ET.SubElement(link, "Link")
    ET.SubElement(inner, "href").text = address
    ET.SubElement(inner, "refreshMode").text = "onInterval"
    ET.SubElement(inner, "refreshInterval").text = f"{refresh_s:g}"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def live_czml(
    title: str, tracks: Sequence[LiveTrack], exercise: str | None, told: Sequence[ToldMessage] = ()
) -> str:
    """A whole CZML document of the paths so far, and of messages."""
    head = {"id": "document", "version": "1.0", "name": titled(title, exercise)}
    messages = (packet for each in told for packet in told_packets(each))
    return _json([head, *(czml_packet(live) for live in tracks), *messages]) + "\n"


def czml_told(told: ToldMessage) -> tuple[tuple[str, str], ...]:
    """Id and packet of each part of a message."""
    return tuple((str(packet["id"]), _json(packet)) for packet in told_packets(told))


def czml_delete(name: str) -> str:
    """The packet that takes an object off."""
    return _json({"id": name, "delete": True})


def czml_document(title: str, exercise: str | None) -> str:
    """The packet with which a CZML stream begins."""
    return _json({"id": "document", "version": "1.0", "name": titled(title, exercise)})


def czml_update(track: ShownTrack) -> str:
    """The packet of one new state; a globe adds it to the path that it has. An ended track is deleted."""
    name = _czml_id(track)
    if track.status == "ended":
        return czml_delete(name)
    return _json(_packet(track, [(track.time_us, track.position_ecef_m)]))


def czml_packet(live: LiveTrack) -> dict[str, Any]:
    """The packet of a track with its whole path."""
    return _packet(live.track, list(live.path))


def _packet(track: ShownTrack, path: list[tuple[int, tuple[float, float, float]]]) -> dict[str, Any]:
    epoch_us = path[0][0]
    samples: list[float] = []
    for time_us, position in path:
        samples += [(time_us - epoch_us) / SECOND_US, *(round(number, 3) for number in position)]
    last = to_rfc3339(path[-1][0] + round(HOLD_S * SECOND_US))
    return {
        "id": _czml_id(track),
        "name": track.name,
        "description": marking(track),
        "availability": f"{to_rfc3339(epoch_us)}/{last}",
        "properties": {"marking": marking(track), **dict(_facts(track))},
        "position": {
            "epoch": to_rfc3339(epoch_us),
            "referenceFrame": "FIXED",
            "interpolationAlgorithm": "LINEAR",
            "interpolationDegree": 1,
            "forwardExtrapolationType": "HOLD",
            "forwardExtrapolationDuration": HOLD_S,
            "cartesian": samples,
        },
        "point": {"color": {"rgba": [*_COLOUR, 255]}, "pixelSize": 10},
        "label": {"text": titled(track.name, track.exercise), "font": "12px sans-serif"},
    }


def _placemarks(document: ET.Element, live: LiveTrack) -> None:
    track = live.track
    latitude, longitude, height = ecef_to_geodetic([position for _, position in live.path])
    points = [
        f"{x:.7f},{y:.7f},{h:.1f}"
        for x, y, h in zip(_degrees(longitude), _degrees(latitude), height, strict=True)
    ]
    for shape, text in (("Point", points[-1]), ("LineString", " ".join(points))):
        if shape == "LineString" and len(points) < 2:
            continue
        placemark = ET.SubElement(document, "Placemark")
        ET.SubElement(placemark, "name").text = titled(track.name, track.exercise)
        ET.SubElement(placemark, "description").text = marking(track)
        if shape == "Point":
            stamp = ET.SubElement(placemark, "TimeStamp")
            ET.SubElement(stamp, "when").text = to_rfc3339(track.time_us)
        ET.SubElement(placemark, "styleUrl").text = "#track"
        extended = ET.SubElement(placemark, "ExtendedData")
        for name, value in _facts(track):
            ET.SubElement(ET.SubElement(extended, "Data", name=name), "value").text = value
        geometry = ET.SubElement(placemark, shape)
        ET.SubElement(geometry, "altitudeMode").text = "absolute"
        ET.SubElement(geometry, "coordinates").text = text


def _facts(track: ShownTrack) -> list[tuple[str, str]]:
    """What a globe has no field for."""
    facts = [
        ("labels", json.dumps([label.to_json() for label in track.labels])),
        ("quality", track.quality),
        ("sources", ", ".join(track.sources)),
        ("status", track.status),
        ("velocity_ecef_m_s", " ".join(f"{number:.10g}" for number in track.velocity_ecef_m_s)),
    ]
    if track.covariance is not None:
        triangle = track.covariance[np.tril_indices(6)]
        facts.append(("covariance", " ".join(f"{number:.10g}" for number in triangle)))
    for name, point in (("impact", track.impact), ("launch", track.launch)):
        if point is None:
            continue
        facts.append((name, str(point)))
        if point.covariance_m2 is not None:
            numbers = " ".join(f"{number:.10g}" for number in point.covariance_m2)
            facts.append((f"{name}_covariance_m2", numbers))
        if point.sigma_s is not None:
            facts.append((f"{name}_sigma_s", f"{point.sigma_s:g}"))
    return facts


def _degrees(values: NDArray[np.float64]) -> list[float]:
    found: list[float] = np.degrees(values).tolist()
    return found


def _czml_id(track: ShownTrack) -> str:
    return f"synaspis.{track.picture}.{track.number}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
