"""KML 2.2 (OGC 07-147r2) for virtual globes: a folder for each phase, styles, time spans, paths."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date
from math import degrees
from typing import Final

import numpy as np
import shapely

from synaspis.engine.earth import ecef_to_geodetic
from synaspis.gateways.features import Area, Marks, Place, Property, Track, utc_text

NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
_EDGE_MAX_DEG: Final = 1.0
"""Globes draw long edges as great circles; pieces of 1 degree stay within 0.2 km of the parallel."""


def to_kml(
    marks: Marks, areas: Sequence[Area] = (), places: Sequence[Place] = (), tracks: Sequence[Track] = ()
) -> str:
    """Write a KML document.

    marks: title and marking of the document; the marking is in the description of each placemark too.
    Returns KML text. Heights of paths are above the ellipsoid, which KML takes for the sea level: up to 100 m
    too low or high.
    """
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(root, "Document")
    _child(document, "name", marks.title)
    _child(document, "description", " ".join(filter(None, (marks.line, marks.provenance))))
    styles = dict.fromkeys([(each.colour, each.opacity) for each in areas])
    styles |= dict.fromkeys([(place.colour, 1.0) for place in places])
    styles |= dict.fromkeys([(track.colour, 1.0) for track in tracks])
    for colour, opacity in styles:
        _style(document, colour, opacity)
    phases = dict.fromkeys([*(each.phase for each in areas), *(each.phase for each in places)])
    for phase in phases:
        folder = _folder(document, phase or "All phases")
        for area in (each for each in areas if each.phase == phase and not each.shape.is_empty):
            _area(folder, marks, area)
        for place in (each for each in places if each.phase == phase):
            _place(folder, marks, place)
    if tracks:
        folder = _folder(document, "Paths")
        for track in tracks:
            _track(folder, marks, track)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _child(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = text
    return element


def _folder(document: ET.Element, name: str) -> ET.Element:
    folder = ET.SubElement(document, "Folder")
    _child(folder, "name", name)
    return folder


def _style_id(colour: str, opacity: float) -> str:
    return f"style-{colour[1:]}-{round(255 * opacity):02x}"


def _style(document: ET.Element, colour: str, opacity: float) -> None:
    """Style of a colour; KML writes opacity, blue, green, red."""
    mixed = colour[5:7] + colour[3:5] + colour[1:3]
    style = ET.SubElement(document, "Style", id=_style_id(colour, opacity))
    _child(ET.SubElement(style, "IconStyle"), "color", f"ff{mixed}")
    line = ET.SubElement(style, "LineStyle")
    _child(line, "color", f"ff{mixed}")
    _child(line, "width", "2")
    _child(ET.SubElement(style, "PolyStyle"), "color", f"{round(255 * opacity):02x}{mixed}")


def _placemark(
    folder: ET.Element,
    marks: Marks,
    item: Area | Place | Track,
    opacity: float,
    begin: str | None,
    end: str | None,
) -> ET.Element:
    """Placemark with everything but its geometry, in the order that the schema asks for."""
    placemark = ET.SubElement(folder, "Placemark")
    _child(placemark, "name", item.name)
    _child(placemark, "description", marks.line)
    if begin is not None or end is not None:
        span = ET.SubElement(placemark, "TimeSpan")
        for tag, moment in (("begin", begin), ("end", end)):
            if moment is not None:
                _child(span, tag, moment)
    _child(placemark, "styleUrl", "#" + _style_id(item.colour, opacity))
    extended = ET.SubElement(placemark, "ExtendedData")
    for key, value in ({**item.properties, "category": item.category}).items():
        if value is not None:
            _child(ET.SubElement(extended, "Data", name=key), "value", _text(value))
    return placemark


def _text(value: Property) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _area(folder: ET.Element, marks: Marks, area: Area) -> None:
    placemark = _placemark(folder, marks, area, area.opacity, _day(area.begin), _day(area.end))
    geometry = ET.SubElement(placemark, "MultiGeometry")
    # Segmentizing a multipolygon of one part gives the part alone.
    for part in shapely.get_parts(shapely.segmentize(shapely.orient_polygons(area.shape), _EDGE_MAX_DEG)):
        polygon = ET.SubElement(geometry, "Polygon")
        _child(polygon, "tessellate", "1")
        for tag, ring in (
            ("outerBoundaryIs", part.exterior),
            *(("innerBoundaryIs", hole) for hole in part.interiors),
        ):
            linear = ET.SubElement(ET.SubElement(polygon, tag), "LinearRing")
            _child(linear, "coordinates", " ".join(f"{x:.7f},{y:.7f}" for x, y in ring.coords))


def _place(folder: ET.Element, marks: Marks, place: Place) -> None:
    placemark = _placemark(folder, marks, place, 1.0, _day(place.begin), _day(place.end))
    position = f"{degrees(place.longitude_rad):.7f},{degrees(place.latitude_rad):.7f}"
    height = "" if place.height_m is None else f",{place.height_m:.1f}"
    _child(ET.SubElement(placemark, "Point"), "coordinates", position + height)


def _track(folder: ET.Element, marks: Marks, track: Track) -> None:
    start, stop = track.span
    placemark = _placemark(folder, marks, track, 1.0, utc_text(start), utc_text(stop))
    latitude, longitude, height = ecef_to_geodetic(track.ephemeris.position_ecef_m)
    line = ET.SubElement(placemark, "LineString")
    _child(line, "altitudeMode", "absolute")
    points = np.column_stack([np.degrees(longitude), np.degrees(latitude), height])
    _child(line, "coordinates", " ".join(f"{x:.7f},{y:.7f},{h:.1f}" for x, y, h in points))
