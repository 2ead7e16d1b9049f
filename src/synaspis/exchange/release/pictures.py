"""The JSON of pictures: fused tracks as numbers that are written once for all who see the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import degrees, isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synaspis.agreement import Label
from synaspis.core.clock import to_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.release.rights import Markings
from synaspis.fusion import Estimate, FusedTrack

POSITION_DECIMALS: Final = 3
VELOCITY_DECIMALS: Final = 4
PLACE_DECIMALS: Final = 7
SIGMA_DECIMALS: Final = 6
"""Millimetres, tenths of a millimetre a second, 1e-7 degrees (11 mm), microseconds: far below any
error of a track."""

COVARIANCE_DIGITS: Final = 10
"""Significant digits of variances, at least. The smallest eigenvalue of correlations that a report may have
is 1e-9, so that rounding cannot make a covariance indefinite."""

_ROWS, _COLUMNS = np.tril_indices(6)
_LOG10_2: Final = 0.30103

encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
"""Canonical JSON as text, by an encoder that is made once."""


def to_digits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to `COVARIANCE_DIGITS` significant digits or one more, each number by itself.

    Only operations that IEEE 754 rounds exactly are used, so that a result does not depend on how many
    numbers are rounded with it.
    """
    _, exponent = np.frexp(values)
    decimals = COVARIANCE_DIGITS - 1 - np.floor((exponent - 1) * _LOG10_2).astype(np.int64)
    decimals = np.clip(decimals, -22, 22)
    scale = _TENS[np.abs(decimals)]
    rounded: NDArray[np.float64] = np.where(
        decimals >= 0, np.rint(values * scale) / scale, np.rint(values / scale) * scale
    )
    return rounded


_TENS: Final = np.array([float(10**power) for power in range(23)])
"""Powers of ten that a float holds exactly."""


def written_tracks(tracks: Sequence[FusedTrack], labels: Sequence[str], exact: Sequence[bool]) -> list[str]:
    """Write tracks as JSON objects without their last member, `why`, and without the closing brace.

    labels: the member that tells the label of each track, from `label_member`. exact: whether its covariance
    is told. Raises ValueError for a number that is not finite.
    """
    told = [track for track, exactly in zip(tracks, exact, strict=True) if exactly]
    rounded = iter(_covariances(told))
    return [
        _written(track, label, next(rounded) if exactly else None)
        for track, label, exactly in zip(tracks, labels, exact, strict=True)
    ]


def _covariances(tracks: Sequence[FusedTrack]) -> list[list[float]]:
    """Of each track the lower triangle of its covariance, and three numbers each of its launch and impact."""
    if not tracks:
        return []
    numbers = np.zeros((len(tracks), 27))
    numbers[:, :21] = np.array([track.covariance for track in tracks])[:, _ROWS, _COLUMNS]
    for row, track in zip(numbers, tracks, strict=True):
        for start, estimate in ((21, track.launch), (24, track.impact)):
            if estimate is not None:
                (east, cross), (_, north) = estimate.covariance_m2
                row[start : start + 3] = east, cross, north
    rounded: list[list[float]] = to_digits(numbers).tolist()
    return rounded


def _written(track: FusedTrack, label: str, covariance: list[float] | None) -> str:
    """Canonical JSON by hand: this is written for every track of every picture at every tick."""
    position = [round(number, POSITION_DECIMALS) for number in track.position_ecef_m]
    velocity = [round(number, VELOCITY_DECIMALS) for number in track.velocity_ecef_m_s]
    if not all(map(isfinite, (*position, *velocity, *(covariance or ())))):
        raise ValueError("a track holds a number that is not finite")
    parts = [] if covariance is None else [f'"covariance":{_numbers(covariance[:21])}']
    if track.impact is not None:
        parts.append(f'"impact":{_place(track.impact, covariance and covariance[24:])}')
    parts.append(label)
    if track.launch is not None:
        parts.append(f'"launch":{_place(track.launch, covariance and covariance[21:24])}')
    quality = "position" if covariance is None else "covariance"
    parts.append(
        f'"number":{track.number},"position_ecef_m":{_numbers(position)},"quality":"{quality}",'
        f'"sources":{encode(track.sources)},"status":"{track.status}","time":"{to_rfc3339(track.time_us)}",'
        f'"velocity_ecef_m_s":{_numbers(velocity)}'
    )
    return "{" + ",".join(parts)


def _numbers(values: Sequence[float]) -> str:
    return f"[{','.join(map(float.__repr__, values))}]"


def _place(estimate: Estimate, covariance: list[float] | None) -> str:
    latitude_deg = round(degrees(estimate.latitude_rad), PLACE_DECIMALS)
    longitude_deg = round(degrees(estimate.longitude_rad), PLACE_DECIMALS)
    sigma_s = round(estimate.time_sigma_s, SIGMA_DECIMALS)
    if not all(map(isfinite, (latitude_deg, longitude_deg, sigma_s))):
        raise ValueError("a place holds a number that is not finite")
    place = f'"latitude_deg":{latitude_deg!r},"longitude_deg":{longitude_deg!r},'
    time = f'"time":"{to_rfc3339(estimate.time_us)}"'
    if covariance is None:
        return f"{{{place}{time}}}"
    return f'{{"covariance_m2":{_numbers(covariance)},{place}"sigma_s":{sigma_s!r},{time}}}'


def place_json(estimate: Estimate) -> dict[str, Any]:
    """A place where a track meets the ground and when, as JSON, without their errors."""
    return {
        "latitude_deg": round(degrees(estimate.latitude_rad), PLACE_DECIMALS),
        "longitude_deg": round(degrees(estimate.longitude_rad), PLACE_DECIMALS),
        "time": to_rfc3339(estimate.time_us),
    }


def label_member(labels: Sequence[Label], markings: Markings) -> str:
    """How a track made from reports under several labels is marked, as a member of a JSON object.

    `label`, combined; or `labels`, all of them, where labels of different policies cannot be combined.
    """
    try:
        combined = labels[0] if len(labels) == 1 else markings.combine(labels)
    except InputError:
        each = [label.to_json() for label in sorted(labels, key=Label.to_canonical_json)]
        return f'"labels":{encode(each)}'
    return f'"label":{encode(combined.to_json())}'


def picture_event(
    *, at_us: int, policy: str, exercise: str, tracks: Sequence[str], why: Sequence[str]
) -> bytes:
    """Bytes of the event that brings a picture.

    tracks: from `written_tracks`. why: of each track the clauses, a JSON list that is written already.
    """
    body = ",".join(f'{track},"why":{reasons}}}' for track, reasons in zip(tracks, why, strict=True))
    named = f'"exercise":{encode(exercise)},' if exercise else ""
    return (
        f'{{"at":"{to_rfc3339(at_us)}",{named}"policy":{encode(policy)},"tracks":[{body}],"type":"picture"}}'
    ).encode()
