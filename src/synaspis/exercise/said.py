"""Bodies of the messages that scripted cells send."""

from __future__ import annotations

from collections.abc import Mapping
from math import degrees
from typing import Any, Final, Literal

import numpy as np

from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exercise.reading import Impact
from synaspis.fusion import Estimate
from synaspis.messages import Body, LaunchReport, TrackReport, Warning
from synaspis.messages.bodies import read_body

WARNED_RADIUS_M: Final = 50_000.0
"""Radius of the area that a cell warns; assumed."""
_WINDOW_SIGMAS: Final = 3.0
_WINDOW_LEAST_US: Final = 30 * SECOND_US


def sigma_m(estimate: Estimate) -> float:
    """Larger of the two sigmas of an estimated place, metres."""
    (east, _), (_, north) = estimate.covariance_m2
    return float(np.sqrt(max(east, north)))


def report_of(launch: Estimate, impact: Estimate, report: TrackReport) -> LaunchReport:
    """Launch report of what own radars made of a flight; report: the latest measurement of it."""
    return LaunchReport.model_validate(
        {
            "launch_time": _time_json(launch),
            "launch": _place_json(launch),
            "missile_class": report.missile_class,
            "impact": _place_json(impact),
            "impact_time": _time_json(impact),
            "sources": ["radar"],
        }
    )


def _place_json(estimate: Estimate) -> dict[str, Any]:
    (east, cross), (_, north) = estimate.covariance_m2
    return {
        "latitude_deg": round(degrees(estimate.latitude_rad), 5),
        "longitude_deg": round(degrees(estimate.longitude_rad), 5),
        "covariance_m2": [round(number, 1) for number in (east, cross, north)],
    }


def _time_json(estimate: Estimate) -> dict[str, Any]:
    return {"time": to_rfc3339(estimate.time_us), "sigma_s": max(round(estimate.time_sigma_s, 3), 0.001)}


def _window(impact: Impact) -> dict[str, str]:
    assert impact.time_us is not None
    half_us = max(round(_WINDOW_SIGMAS * impact.sigma_s * SECOND_US), _WINDOW_LEAST_US)
    return {"earliest": to_rfc3339(impact.time_us - half_us), "latest": to_rfc3339(impact.time_us + half_us)}


def _area(impact: Impact) -> dict[str, Any]:
    return {"centre": _point(impact), "radius_m": max(WARNED_RADIUS_M, impact.radius_m)}


def _point(impact: Impact) -> dict[str, float]:
    return {
        "latitude_deg": round(impact.latitude_deg, 4),
        "longitude_deg": round(impact.longitude_deg, 4),
    }


def warning(impact: Impact, now_us: int) -> Body | None:
    """Warning to take shelter from an impact; None when it is past."""
    if impact.time_us is None or impact.time_us <= now_us:
        return None
    told = {"level": "take-shelter", "area": _area(impact), "impact": _window(impact)}
    return Warning.model_validate(told)


def all_clear(impact: Impact) -> Body:
    """That the danger of an impact is over."""
    return Warning.model_validate({"level": "all-clear", "area": _area(impact)})


def claim(
    impact: Impact, battery: str, now_us: int, kind: Literal["engagement-claim", "engagement-intent"]
) -> Body | None:
    """Claim on the object of an impact, or the intention of one; None when it is past or was not shown as a
    track.
    """
    track = impact.track
    if track is None or impact.time_us is None or impact.time_us <= now_us:
        return None
    state: dict[str, Any] = {key: track[key] for key in ("time", "position_ecef_m", "velocity_ecef_m_s")}
    if "covariance" in track:
        state["covariance"] = track["covariance"]
    state |= {"impact_area": _area(impact), "impact_time": to_rfc3339(impact.time_us)}
    window = {"earliest": to_rfc3339(now_us), "latest": to_rfc3339(impact.time_us)}
    return read_body(kind, {"object": state, "battery": battery, "window": window})


def impact_of_claim(shown: Mapping[str, Any]) -> list[Impact]:
    """Where a claim says that its object comes down; empty if it does not say."""
    claimed = shown.get("object", {})
    area, time = claimed.get("impact_area"), claimed.get("impact_time")
    if area is None or time is None or area.get("centre") is None:
        return []
    place = area["centre"]
    return [Impact(place["latitude_deg"], place["longitude_deg"], from_rfc3339(time))]
