"""Pictures that a partner was delivered, read from the events of its feed for the writers of other formats.

`docs/formats/exchange-interface.md` says what an event is. Only what the event shows is here: a partner that
is given positions alone has no covariance to hand on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synaspis.agreement.label import Label
from synaspis.core.clock import from_rfc3339, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.gateways.carried import NotCarried

TRACKS_MAX: Final = 10_000
"""Tracks in one picture; the centre sends far fewer."""

_READ: Final = frozenset({"type", "exercise", "tracks"})
_READ_OF_TRACK: Final = frozenset(
    {"number", "status", "time", "position_ecef_m", "velocity_ecef_m_s", "covariance", "quality", "label",
     "labels", "sources", "launch", "impact"}
)  # fmt: skip
_WHY: Final = {
    "at": "the instants of the states stand for it",
    "policy": "the version of the agreements is for the recipient, not for its other programs",
    "why": "the clauses are for the recipient, not for its other programs",
}

_DISTANCE_MAX_M: Final = 1.0e9
_SPEED_MAX_M_S: Final = 1.0e5
_NUMBER_MAX: Final = 2**31
_ROWS, _COLUMNS = np.tril_indices(6)


@dataclass(frozen=True, slots=True)
class GroundPoint:
    """Where a track meets the ground and when.

    latitude_deg, longitude_deg: WGS 84. time_us: microseconds since the epoch. covariance_m2: east-east,
    east-north, north-north; None if it was not released. sigma_s: of the time, None likewise.
    """

    latitude_deg: float
    longitude_deg: float
    time_us: int
    covariance_m2: tuple[float, float, float] | None = None
    sigma_s: float | None = None

    def __str__(self) -> str:
        return f"{self.latitude_deg:.4f},{self.longitude_deg:.4f} at {to_rfc3339(self.time_us)[:19]}Z"


@dataclass(frozen=True, slots=True)
class ShownTrack:
    """One track of a picture, as its recipient sees it.

    picture: whose picture the number belongs to, such as a partner id. exercise: None in earnest.
    status: new, updated or ended. time_us: of the state. position_ecef_m, velocity_ecef_m_s: 3 numbers each.
    covariance: 6x6, None if it was not released. labels: one, or several of different policies that cannot
    be combined. sources: who reported it.
    """

    picture: str
    exercise: str | None
    number: int
    status: str
    time_us: int
    position_ecef_m: tuple[float, float, float]
    velocity_ecef_m_s: tuple[float, float, float]
    covariance: NDArray[np.float64] | None
    labels: tuple[Label, ...]
    sources: tuple[str, ...] = ()
    launch: GroundPoint | None = None
    impact: GroundPoint | None = None

    @property
    def name(self) -> str:
        """What people call it in this picture."""
        return f"T{self.number}"

    @property
    def quality(self) -> str:
        """How exactly it was released: `covariance` or `position`."""
        return "position" if self.covariance is None else "covariance"


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture event: at_us: when it fell due. exercise: None in earnest. tracks: those that changed.

    not_carried: what stands in the event and goes to no gateway.
    """

    at_us: int
    exercise: str | None
    tracks: tuple[ShownTrack, ...] = field(default=())
    not_carried: tuple[NotCarried, ...] = field(default=())


def picture_of(event: Mapping[str, Any], *, recipient: str) -> ShownPicture:
    """Read a picture event.

    event: as decoded from the feed, `type` is picture. recipient: whose feed it is.
    Raises InputError with every fault: a number that is not finite or out of all bounds, a label that is
    none, a part that is missing.
    """
    faults: list[Fault] = []
    exercise = event.get("exercise") or None
    at_us = 0
    try:
        if event.get("type") != "picture":
            raise ValueError(f"an event of the type {str(event.get('type'))[:40]!r}; a picture is needed")
        at_us = from_rfc3339(str(event["at"]))
        given = event["tracks"]
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > TRACKS_MAX:
            raise ValueError(f"tracks is no list of at most {TRACKS_MAX:,}")
    except (KeyError, ValueError) as error:
        raise InputError(_fault(error, "")) from None
    tracks: list[ShownTrack] = []
    for index, each in enumerate(given):
        try:
            tracks.append(_track(each, recipient, exercise))
        except InputError as error:
            faults += [Fault(f.what, f"tracks[{index}].{f.where}", f.remedy) for f in error.faults]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            faults.append(_fault(error, f"tracks[{index}]"))
    if faults:
        raise InputError(faults)
    return ShownPicture(at_us, exercise, tuple(tracks), tuple(_unread(event, given)))


def _unread(event: Mapping[str, Any], tracks: Sequence[Mapping[str, Any]]) -> Iterator[NotCarried]:
    """Members that are not read, those of the tracks once."""
    inside = sorted({f"tracks[].{name}" for track in tracks for name in set(track) - _READ_OF_TRACK})
    for part in (*sorted(set(event) - _READ), *inside):
        name = part.removeprefix("tracks[].")
        yield NotCarried("picture", name, _WHY.get(name, "no gateway knows what it is"), part)


def _track(given: Mapping[str, Any], recipient: str, exercise: str | None) -> ShownTrack:
    number, status = given["number"], given["status"]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < _NUMBER_MAX:
        raise ValueError(f"the number {number!r} of a track is no whole number from 1")
    if status not in ("new", "updated", "ended"):
        raise ValueError(f"the status {str(status)[:40]!r} is not new, updated or ended")
    labels = [given["label"]] if "label" in given else given["labels"]
    sources = tuple(str(name) for name in given.get("sources", ()))
    return ShownTrack(
        picture=recipient,
        exercise=exercise,
        number=number,
        status=status,
        time_us=from_rfc3339(given["time"]),
        position_ecef_m=_vector(given["position_ecef_m"], "position_ecef_m", _DISTANCE_MAX_M),
        velocity_ecef_m_s=_vector(given["velocity_ecef_m_s"], "velocity_ecef_m_s", _SPEED_MAX_M_S),
        covariance=_covariance(given.get("covariance")),
        labels=tuple(Label.from_json(label) for label in labels),
        sources=sources,
        launch=_point(given.get("launch")),
        impact=_point(given.get("impact")),
    )


def _vector(given: Any, name: str, most: float) -> tuple[float, float, float]:
    numbers = _numbers(given, name, 3)
    if any(abs(number) > most for number in numbers):
        raise ValueError(f"{name} has a number beyond {most:g}")
    x, y, z = numbers
    return x, y, z


def _covariance(given: Any) -> NDArray[np.float64] | None:
    if given is None:
        return None
    matrix = np.zeros((6, 6))
    matrix[_ROWS, _COLUMNS] = _numbers(given, "covariance", 21)
    whole: NDArray[np.float64] = matrix + np.tril(matrix, -1).T
    if np.any(np.diag(whole) < 0.0):
        raise ValueError("covariance has a negative variance")
    return whole


def _point(given: Any) -> GroundPoint | None:
    if given is None:
        return None
    latitude, longitude = _numbers([given["latitude_deg"], given["longitude_deg"]], "a place", 2)
    if abs(latitude) > 90.0 or abs(longitude) > 180.0:
        raise ValueError(f"{latitude}, {longitude} is no latitude and longitude in degrees")
    known = given.get("covariance_m2")
    east, cross, north = (0.0, 0.0, 0.0) if known is None else _numbers(known, "covariance_m2", 3)
    sigma = given.get("sigma_s")
    return GroundPoint(
        latitude,
        longitude,
        from_rfc3339(given["time"]),
        None if known is None else (east, cross, north),
        None if sigma is None else _numbers([sigma], "sigma_s", 1)[0],
    )


def _numbers(given: Any, name: str, count: int) -> list[float]:
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != count:
        raise ValueError(f"{name} is no list of {count} numbers")
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in given):
        raise ValueError(f"{name} holds something that is no number")
    numbers = [float(each) for each in given]
    if not all(map(isfinite, numbers)):
        raise ValueError(f"{name} holds a number that is not finite")
    return numbers


def _fault(error: Exception, where: str) -> Fault:
    what = f"the key {error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
    return Fault(what, where, "Ask the operator of the centre: this is no picture as its interface has it.")
