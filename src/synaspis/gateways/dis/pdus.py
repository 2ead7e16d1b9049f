"""The protocol data units that are written and read, and the limits on them.

Source: IEEE Std 1278.1-2012, clauses 6 and 7; numbers of types from SISO-REF-010. World coordinates of DIS
are those of WGS 84 turning with the Earth, metres: our ECEF frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

VERSION: Final = 7
"""Protocol version of IEEE 1278.1-2012."""

PDU_MAX_BYTES: Final = 8_192
"""Longest PDU that the standard allows."""

DATUMS_MAX: Final = 16
DATUM_MAX_BYTES: Final = 4_096

MARKING_MAX: Final = 11
"""Characters of an entity's marking."""

HEADER_BYTES: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class EntityId:
    """Who: site, application, entity; 16 bits each. Entity 0 is none, 65535 all."""

    site: int
    application: int
    entity: int = 0


@dataclass(frozen=True, slots=True, order=True)
class EventId:
    """Which event, such as a launch: site, application, number; 16 bits each."""

    site: int
    application: int
    number: int


@dataclass(frozen=True, slots=True)
class EntityType:
    """What kind of thing (SISO-REF-010): kind, domain, country, category, subcategory, specific, extra."""

    kind: int = 2
    domain: int = 0
    country: int = 0
    category: int = 0
    subcategory: int = 0
    specific: int = 0
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Munition:
    """Munition descriptor: type, warhead, fuse, quantity, rate; all zero is other or unknown."""

    type: EntityType = EntityType()
    warhead: int = 0
    fuse: int = 0
    quantity: int = 1
    rate: int = 0


Vector = tuple[float, float, float]
_ZERO: Final[Vector] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Header:
    """What every PDU begins with.

    exercise: identifier, 1 to 255. time_us: instant, microseconds since the epoch; only its place within the
    hour is written, to 1.7 us. status: PDU status record, 8 bits.
    """

    exercise: int
    time_us: int
    status: int = 0


@dataclass(frozen=True, slots=True)
class EntityState:
    """Where an entity is.

    force: 0 other. velocity_ecef_m_s: 32-bit floats. position_ecef_m: 64-bit. orientation_rad: psi, theta,
    phi. dead_reckoning: 1 static, 2 straight on. marking: at most 11 printable ASCII characters.
    parameters: variable parameter records, 16 bytes each, as received.
    """

    PDU_TYPE: ClassVar[int] = 1
    FAMILY: ClassVar[int] = 1

    header: Header
    entity: EntityId
    type: EntityType
    position_ecef_m: Vector
    velocity_ecef_m_s: Vector = _ZERO
    orientation_rad: Vector = _ZERO
    force: int = 0
    alternative_type: EntityType = EntityType(kind=0)
    appearance: int = 0
    dead_reckoning: int = 2
    acceleration_m_s2: Vector = _ZERO
    turn_rad_s: Vector = _ZERO
    marking: str = ""
    capabilities: int = 0
    parameters: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Fire:
    """A launch: of which munition, by whom, at what, where.

    mission: fire mission index. range_m: to the target, 0 if unknown.
    """

    PDU_TYPE: ClassVar[int] = 2
    FAMILY: ClassVar[int] = 2

    header: Header
    shooter: EntityId
    target: EntityId
    munition: EntityId
    event: EventId
    position_ecef_m: Vector
    descriptor: Munition = Munition()
    velocity_ecef_m_s: Vector = _ZERO
    range_m: float = 0.0
    mission: int = 0


@dataclass(frozen=True, slots=True)
class Detonation:
    """An end of a munition: where, and with which result (SISO-REF-010; 1 hit of the entity, 3 ground)."""

    PDU_TYPE: ClassVar[int] = 3
    FAMILY: ClassVar[int] = 2

    header: Header
    shooter: EntityId
    target: EntityId
    munition: EntityId
    event: EventId
    position_ecef_m: Vector
    velocity_ecef_m_s: Vector = _ZERO
    descriptor: Munition = Munition()
    position_in_target_m: Vector = _ZERO
    result: int = 0
    parameters: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class StartResume:
    """Start or go on: real_us: when, by the clock; simulation_us: at which instant of the exercise."""

    PDU_TYPE: ClassVar[int] = 13
    FAMILY: ClassVar[int] = 5

    header: Header
    sender: EntityId
    recipient: EntityId
    real_us: int
    simulation_us: int
    request: int = 0


@dataclass(frozen=True, slots=True)
class StopFreeze:
    """Stop or pause: real_us: when. reason: 1 recess, 2 termination. frozen: what goes on meanwhile."""

    PDU_TYPE: ClassVar[int] = 14
    FAMILY: ClassVar[int] = 5

    header: Header
    sender: EntityId
    recipient: EntityId
    real_us: int
    reason: int = 0
    frozen: int = 0
    request: int = 0


@dataclass(frozen=True, slots=True)
class Datum:
    """A variable datum: number of its kind, and bytes; a length that is no whole byte is refused."""

    id: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Comment:
    """Words to whom it concerns. fixed: number and 32 bits of each fixed datum. datums: variable ones."""

    PDU_TYPE: ClassVar[int] = 22
    FAMILY: ClassVar[int] = 5

    header: Header
    sender: EntityId
    recipient: EntityId
    datums: tuple[Datum, ...] = ()
    fixed: tuple[tuple[int, bytes], ...] = field(default=())


Pdu = EntityState | Fire | Detonation | StartResume | StopFreeze | Comment
