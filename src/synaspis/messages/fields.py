"""What the fields of messages are made of: instants, places, areas, estimates, references.

A model holds a field as it stands in the message; what a program calculates with is a property beside it
(`time` is text, `time_us` an integer).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import sqrt
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict
from pydantic.types import Strict

from synaspis.core.clock import from_rfc3339
from synaspis.core.documents import Rejected
from synaspis.core.errors import Fault

TEXT_MAX: Final = 4_000
"""Characters of a free text."""

POSITION_VARIANCE_MIN_M2: Final = 1e-4
"""Square of 1 cm: nobody knows the place of a missile better."""

POSITION_VARIANCE_MAX_M2: Final = 1e14
"""Square of 10,000 km: beyond it a position says nothing."""

POINTS_MAX: Final = 64
"""Boundary points of an area."""

EARLIEST_US: Final = from_rfc3339("1900-01-01T00:00:00Z")
LATEST_US: Final = from_rfc3339("2200-01-01T00:00:00Z")

# Names are shown beside each other; marks that turn the direction of writing could dress one as another.
_NOT_IN_NAMES: Final = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
# Lines of a free text end with a line feed alone.
_NOT_IN_PROSE: Final = r"\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff"
_INSTANT: Final = r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z"


class WireModel(BaseModel):
    """Base of everything in a message: cannot be changed, refuses unknown keys and numbers that are not
    finite.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _instant(text: str) -> str:
    problem = "" if _IS_INSTANT(text) else "the form is another"
    try:
        from_rfc3339(text)
    except ValueError as error:
        problem = problem or str(error)
    if problem:
        remedy = "Write UTC such as 2026-11-22T05:00:00.000000Z, of the years 1900 to 2199."
        raise Rejected(Fault(f"{_shown(text)} is no time here: {problem}", remedy=remedy))
    return text


def _without(forbidden: str) -> Callable[[str], str]:
    find = re.compile(f"[{forbidden}]").search

    def check(text: str) -> str:
        if (found := find(text)) is not None:
            what = f"the character U+{ord(found[0]):04X} at place {found.start()} is not allowed"
            raise Rejected(Fault(what, remedy="Leave out control characters and marks."))
        return text

    return check


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 40 else f"{text[:37]}...")


_IS_INSTANT: Final = re.compile(_INSTANT, re.ASCII).fullmatch

Number = Annotated[float, Strict()]
"""A finite JSON number; text that looks like one is refused."""

Three = Annotated[tuple[Number, ...], Field(fail_fast=True, min_length=3, max_length=3)]
Latitude = Annotated[Number, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[Number, Field(ge=-180.0, le=180.0)]
Azimuth = Annotated[Number, Field(ge=0.0, lt=360.0)]
Length = Annotated[Number, Field(gt=0.0, le=50_000_000.0)]

Instant = Annotated[
    str,
    Field(json_schema_extra={"format": "date-time", "pattern": f"^{_INSTANT}$"}),
    AfterValidator(_instant),
]
"""RFC 3339 in UTC with Z and at most six decimals, 1900 to 2199; no leap second."""

PartnerId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
MessageId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MessageIdOrDigest = Annotated[str, Field(pattern=r"^([0-9a-f]{32}|[0-9a-f]{64})$")]
Name = Annotated[
    str,
    Field(min_length=1, max_length=80, json_schema_extra={"pattern": f"^[^{_NOT_IN_NAMES}]+$"}),
    AfterValidator(_without(_NOT_IN_NAMES)),
]
Prose = Annotated[
    str,
    Field(min_length=1, max_length=TEXT_MAX, json_schema_extra={"pattern": f"^[^{_NOT_IN_PROSE}]+$"}),
    AfterValidator(_without(_NOT_IN_PROSE)),
]

MissileClass = Literal["icbm", "slbm", "irbm", "mrbm", "srbm", "space-launch", "sounding-rocket", "unknown"]
"""Generic class of what is launched, as notifications have it: never a type or designation."""

StatementKind = Literal[
    "pre-launch-notification",
    "post-launch-notification",
    "launch-report",
    "track-report",
    "sensor-status",
    "warning",
    "text",
    "ambiguity-query",
    "ambiguity-answer",
    "defence-plan",
    "engagement-intent",
    "engagement-claim",
    "hand-over",
    "acknowledgement",
    "response",
    "exercise-control",
]
"""What a message is that stands for itself."""

Kind = Literal[StatementKind, "cancellation", "correction"]
"""What a message is."""


class Point(WireModel):
    """A place on the WGS 84 ellipsoid."""

    latitude_deg: Latitude = Field(description="Geodetic latitude, degrees, north positive, -90 to 90.")
    longitude_deg: Longitude = Field(description="Longitude, degrees, east positive, -180 to 180.")


_NULL: Final[JsonDict] = {"type": "null"}


class Area(WireModel):
    """An area by its boundary points, or by centre and radius; one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {
                    "required": ["boundary"],
                    "properties": {"boundary": {"type": "array"}, "centre": _NULL, "radius_m": _NULL},
                },
                {
                    "required": ["centre", "radius_m"],
                    "properties": {
                        "boundary": _NULL,
                        "centre": {"type": "object"},
                        "radius_m": {"type": "number"},
                    },
                },
            ]
        }
    )

    name: Name | None = Field(default=None, description="What people call it: a site, a sea, a quadrant.")
    boundary: (
        Annotated[tuple[Point, ...], Field(fail_fast=True, min_length=3, max_length=POINTS_MAX)] | None
    ) = Field(
        default=None,
        description="Corners in order, 3 to 64, joined by great circles, the last to the first.",
    )
    centre: Point | None = Field(default=None, description="Centre of a circle; needs `radius_m`.")
    radius_m: Annotated[Number, Field(gt=0.0, le=10_000_000.0)] | None = Field(
        default=None,
        validate_default=True,
        description="Radius along the ground, metres, above 0 to 10,000,000; needs `centre`.",
    )

    @field_validator("radius_m")
    @classmethod
    def _one_shape(cls, radius_m: float | None, info: ValidationInfo) -> float | None:
        if not {"boundary", "centre"} <= set(info.data):
            return radius_m  # one of them is wrong and has been reported
        circle = (info.data["centre"] is not None, radius_m is not None)
        if (info.data["boundary"] is not None, *circle) not in ((True, False, False), (False, True, True)):
            remedy = "Give `boundary` alone, or `centre` and `radius_m`."
            raise Rejected(Fault("an area needs one shape, whole", remedy=remedy))
        return radius_m

    @property
    def corners(self) -> tuple[Point, ...]:
        """Boundary points, or the centre of a circle alone."""
        return self.boundary or ((self.centre,) if self.centre is not None else ())


class Window(WireModel):
    """A span of time with both ends."""

    earliest: Instant = Field(description="First instant, UTC.")
    latest: Instant = Field(description="Last instant, UTC; not before `earliest`.")

    @field_validator("latest")
    @classmethod
    def _in_order(cls, latest: str, info: ValidationInfo) -> str:
        earliest = info.data.get("earliest")
        if earliest is not None and from_rfc3339(latest) < from_rfc3339(earliest):
            raise Rejected(Fault(f"{latest} lies before `earliest`, {earliest}"))
        return latest

    @property
    def earliest_us(self) -> int:
        """First instant, microseconds since the Unix epoch."""
        return from_rfc3339(self.earliest)

    @property
    def latest_us(self) -> int:
        """Last instant, microseconds since the Unix epoch."""
        return from_rfc3339(self.latest)


class PlaceEstimate(WireModel):
    """A place that was estimated, with its covariance on the ground."""

    latitude_deg: Latitude = Field(description="Geodetic latitude, degrees, north positive, -90 to 90.")
    longitude_deg: Longitude = Field(description="Longitude, degrees, east positive, -180 to 180.")
    covariance_m2: Three = Field(
        description="East-east, east-north, north-north, square metres; positive definite, variances of "
        "1e-4 to 1e14."
    )

    @field_validator("covariance_m2")
    @classmethod
    def _definite(cls, covariance: tuple[float, ...]) -> tuple[float, ...]:
        east, cross, north = covariance
        if not all(POSITION_VARIANCE_MIN_M2 <= each <= POSITION_VARIANCE_MAX_M2 for each in (east, north)):
            what = f"the variances {east:g} and {north:g} m2 do not both lie in 1e-4 to 1e14 m2"
            raise Rejected(Fault(what, remedy="Give sigmas of 1 cm to 10,000 km, squared."))
        if not abs(cross) < sqrt(east) * sqrt(north):
            what = f"the cross term {cross:g} m2 is not smaller than the product of the sigmas"
            raise Rejected(Fault(what, remedy="Give east-east, east-north, north-north."))
        return covariance


class TimeEstimate(WireModel):
    """An instant that was estimated, with its standard deviation."""

    time: Instant = Field(description="Best estimate, UTC.")
    sigma_s: Annotated[Number, Field(gt=0.0, le=86_400.0)] = Field(
        description="Standard deviation, seconds, above 0 to 86,400."
    )

    @property
    def time_us(self) -> int:
        """Best estimate, microseconds since the Unix epoch."""
        return from_rfc3339(self.time)


class AngleEstimate(WireModel):
    """A direction that was estimated, with its standard deviation."""

    azimuth_deg: Azimuth = Field(description="From north over east, degrees, 0 to below 360.")
    sigma_deg: Annotated[Number, Field(gt=0.0, le=180.0)] = Field(
        description="Standard deviation, degrees, above 0 to 180."
    )


class LengthEstimate(WireModel):
    """A length that was estimated, with its standard deviation."""

    value_m: Length = Field(description="Best estimate, metres, above 0 to 50,000,000.")
    sigma_m: Length = Field(description="Standard deviation, metres, above 0 to 50,000,000.")


class Reference(WireModel):
    """Another message of the same sender."""

    id: MessageId = Field(description="The `id` of that message.")
    kind: StatementKind = Field(
        description="The `kind` of that message; it decides what is released to whom. No cancellation and no "
        "correction: refer to the message that they are about."
    )
