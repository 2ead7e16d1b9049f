"""PDUs as bytes: big-endian, by the field tables of IEEE 1278.1-2012, clause 7."""

from __future__ import annotations

import struct
from math import isfinite
from typing import Final

from synaspis.core.errors import Fault, InputError
from synaspis.gateways.dis._times import clock_time, timestamp
from synaspis.gateways.dis.pdus import (
    DATUM_MAX_BYTES,
    DATUMS_MAX,
    HEADER_BYTES,
    MARKING_MAX,
    PDU_MAX_BYTES,
    VERSION,
    Comment,
    Detonation,
    EntityId,
    EntityState,
    EntityType,
    EventId,
    Fire,
    Munition,
    Pdu,
    StartResume,
    StopFreeze,
    Vector,
)

_ASCII: Final = 1
"""Character set of markings."""

_DEAD_RECKONING_PARAMETERS: Final = bytes(15)


def write_pdu(pdu: Pdu) -> bytes:
    """Write a PDU.

    Returns its bytes, header and padding included. Raises InputError where a value has no place in its
    field: an exercise outside 1 to 255, a marking of more than 11 printable ASCII characters, a number that
    is not finite or too large for its field, more than `PDU_MAX_BYTES` in all.
    """
    try:
        body = _body(pdu)
    except (struct.error, OverflowError) as error:
        raise InputError(Fault(f"a number does not fit into its field ({error})", _name(pdu))) from None
    if not 1 <= pdu.header.exercise <= 255:
        remedy = "Give the exercise a number from 1 to 255."
        raise InputError(Fault(f"exercise identifier {pdu.header.exercise}", _name(pdu), remedy))
    length = HEADER_BYTES + len(body)
    if length > PDU_MAX_BYTES:
        what = f"{length} bytes; the standard allows {PDU_MAX_BYTES}"
        raise InputError(Fault(what, _name(pdu), "Say less."))
    header = pdu.header
    stamp = timestamp(header.time_us)
    head = (VERSION, header.exercise, pdu.PDU_TYPE, pdu.FAMILY, stamp, length, header.status, 0)
    return struct.pack(">BBBBIHBB", *head) + body


def _name(pdu: Pdu) -> str:
    return type(pdu).__name__


def _body(pdu: Pdu) -> bytes:
    match pdu:
        case EntityState():
            return _entity_state(pdu)
        case Fire():
            return _fire(pdu)
        case Detonation():
            return _detonation(pdu)
        case StartResume():
            times = (*clock_time(pdu.real_us), *clock_time(pdu.simulation_us))
            return _between(pdu.sender, pdu.recipient) + struct.pack(">iIiII", *times, pdu.request)
        case StopFreeze():
            rest = (*clock_time(pdu.real_us), pdu.reason, pdu.frozen, 0, pdu.request)
            return _between(pdu.sender, pdu.recipient) + struct.pack(">iIBBHI", *rest)
        case Comment():
            return _comment(pdu)


def _entity_state(pdu: EntityState) -> bytes:
    marking = pdu.marking
    if len(marking) > MARKING_MAX or not (marking.isascii() and (marking.isprintable() or not marking)):
        what = f"the marking {marking!r}; allowed are {MARKING_MAX} printable ASCII characters"
        raise InputError(Fault(what, "EntityState", "Shorten it."))
    return b"".join(
        (
            _id(pdu.entity),
            struct.pack(">BB", pdu.force, len(pdu.parameters)),
            _type(pdu.type),
            _type(pdu.alternative_type),
            _floats(pdu.velocity_ecef_m_s),
            _doubles(pdu.position_ecef_m),
            _floats(pdu.orientation_rad),
            struct.pack(">IB", pdu.appearance, pdu.dead_reckoning),
            _DEAD_RECKONING_PARAMETERS,
            _floats(pdu.acceleration_m_s2),
            _floats(pdu.turn_rad_s),
            struct.pack(">B11sI", _ASCII, marking.encode("ascii"), pdu.capabilities),
            _parameters(pdu.parameters),
        )
    )


def _fire(pdu: Fire) -> bytes:
    return b"".join(
        (
            _between(pdu.shooter, pdu.target),
            _id(pdu.munition),
            _id(pdu.event),
            struct.pack(">I", pdu.mission),
            _doubles(pdu.position_ecef_m),
            _descriptor(pdu.descriptor),
            _floats(pdu.velocity_ecef_m_s),
            _floats((pdu.range_m,)),
        )
    )


def _detonation(pdu: Detonation) -> bytes:
    return b"".join(
        (
            _between(pdu.shooter, pdu.target),
            _id(pdu.munition),
            _id(pdu.event),
            _floats(pdu.velocity_ecef_m_s),
            _doubles(pdu.position_ecef_m),
            _descriptor(pdu.descriptor),
            _floats(pdu.position_in_target_m),
            struct.pack(">BBH", pdu.result, len(pdu.parameters), 0),
            _parameters(pdu.parameters),
        )
    )


def _comment(pdu: Comment) -> bytes:
    if len(pdu.datums) > DATUMS_MAX or len(pdu.fixed) > DATUMS_MAX:
        raise InputError(Fault(f"more than {DATUMS_MAX} datums of one sort", "Comment", "Say less."))
    parts = [_between(pdu.sender, pdu.recipient), struct.pack(">II", len(pdu.fixed), len(pdu.datums))]
    for number, value in pdu.fixed:
        if len(value) != 4:
            raise InputError(Fault(f"a fixed datum of {len(value)} bytes; it has 4", "Comment"))
        parts.append(struct.pack(">I", number) + value)
    for datum in pdu.datums:
        if len(datum.value) > DATUM_MAX_BYTES:
            what = f"a datum of {len(datum.value)} bytes; at most {DATUM_MAX_BYTES} are written"
            raise InputError(Fault(what, "Comment", "Say less."))
        # The length counts bits of the value, the field is filled up to 64 bits.
        parts.append(struct.pack(">II", datum.id, 8 * len(datum.value)))
        parts.append(datum.value + bytes(-len(datum.value) % 8))
    return b"".join(parts)


def _id(name: EntityId | EventId) -> bytes:
    last = name.entity if isinstance(name, EntityId) else name.number
    return struct.pack(">HHH", name.site, name.application, last)


def _between(one: EntityId, other: EntityId) -> bytes:
    return _id(one) + _id(other)


def _type(kind: EntityType) -> bytes:
    return struct.pack(
        ">BBHBBBB",
        kind.kind,
        kind.domain,
        kind.country,
        kind.category,
        kind.subcategory,
        kind.specific,
        kind.extra,
    )


def _descriptor(munition: Munition) -> bytes:
    rest = (munition.warhead, munition.fuse, munition.quantity, munition.rate)
    return _type(munition.type) + struct.pack(">HHHH", *rest)


def _floats(numbers: tuple[float, ...]) -> bytes:
    return struct.pack(f">{len(numbers)}f", *_finite(numbers))


def _doubles(numbers: Vector) -> bytes:
    return struct.pack(">3d", *_finite(numbers))


def _finite(numbers: tuple[float, ...]) -> tuple[float, ...]:
    if not all(map(isfinite, numbers)):
        raise InputError(Fault(f"{numbers} holds a number that is not finite", remedy="Leave it out."))
    return numbers


def _parameters(records: tuple[bytes, ...]) -> bytes:
    if any(len(record) != 16 for record in records):
        raise InputError(Fault("a variable parameter record has 16 bytes"))
    return b"".join(records)
