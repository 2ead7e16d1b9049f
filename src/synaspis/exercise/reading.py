"""What an event tells of a flight, at whatever quality it came: where and when it will come down.

Used by scripted cells while an exercise runs and by its review afterwards, so that both take the same from
the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import radians, sqrt
from typing import Any, Final

from synaspis.core.clock import from_rfc3339
from synaspis.geography import geodesic_inverse

REPORTS: Final = ("launch-report", "track-report")
"""Kinds of message that tell what sensors saw."""


@dataclass(frozen=True)
class Impact:
    """Where and when something is expected to come down.

    time_us: microseconds since the epoch, None if it is not told. sigma_m, sigma_s: one standard deviation,
    0 where it is not told. radius_m: of an area that is named; 0 for a point. track: number of the track in
    the picture, with the track itself as it was shown.
    """

    latitude_deg: float
    longitude_deg: float
    time_us: int | None
    sigma_m: float = 0.0
    sigma_s: float = 0.0
    radius_m: float = 0.0
    track: Mapping[str, Any] | None = None

    def distance_m(self, latitude_deg: float, longitude_deg: float) -> float:
        """Distance along the ground to a place; 0 within the area."""
        ends = (self.latitude_deg, self.longitude_deg, latitude_deg, longitude_deg)
        away_m = float(geodesic_inverse(*map(radians, ends)).distance_m)
        return max(away_m - self.radius_m, 0.0)


def content_of(event: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    """Kind, sender and what is shown of the body of an event that brings a message."""
    message = event["message"]
    shown = event.get("extract", message.get("body", {}))
    if "replacement" in shown:
        shown = shown["replacement"]
    return str(message["kind"]), str(message["sender"]), shown


def impacts_of(event: Mapping[str, Any]) -> Iterator[Impact]:
    """Every expected impact that an event tells of."""
    if event["type"] == "picture":
        for track in event["tracks"]:
            if (place := track.get("impact")) is not None and track["status"] != "ended":
                yield _place(place, place, track)
    elif event["type"] == "message":
        kind, _sender, shown = content_of(event)
        if kind == "warning":
            yield from _warned(shown)
        elif (place := shown.get("impact")) is not None and kind in REPORTS:
            yield _place(place, shown.get("impact_time", {}), None)


def _warned(shown: Mapping[str, Any]) -> Iterator[Impact]:
    centre = shown.get("area", {}).get("centre")
    window = shown.get("impact")
    if centre is None or window is None or shown.get("level") == "all-clear":
        return
    earliest, latest = from_rfc3339(window["earliest"]), from_rfc3339(window["latest"])
    yield Impact(
        centre["latitude_deg"],
        centre["longitude_deg"],
        (earliest + latest) // 2,
        radius_m=shown["area"]["radius_m"],
    )


def _place(place: Mapping[str, Any], time: Mapping[str, Any], track: Mapping[str, Any] | None) -> Impact:
    east, _, north = place.get("covariance_m2", (0.0, 0.0, 0.0))
    text = time.get("time")
    return Impact(
        place["latitude_deg"],
        place["longitude_deg"],
        None if text is None else from_rfc3339(text),
        sqrt(max(east, north)),
        float(time.get("sigma_s", 0.0)),
        track=track,
    )
