"""PDUs from strangers: every length, type and number is held against the standard before it is believed."""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

from synaspis.core.errors import Fault, InputError
from synaspis.gateways.dis._times import instant_of, is_absolute, nearest_instant
from synaspis.gateways.dis.pdus import (
    DATUM_MAX_BYTES,
    DATUMS_MAX,
    HEADER_BYTES,
    PDU_MAX_BYTES,
    VERSION,
    Comment,
    Datum,
    Detonation,
    EntityId,
    EntityState,
    EntityType,
    EventId,
    Fire,
    Header,
    Munition,
    Pdu,
    StartResume,
    StopFreeze,
    Vector,
)

POSITION_MAX_M: Final = 1.0e9
"""Farther from the middle of the Earth nothing of an exercise is (the Moon is at 3.8e8 m)."""

SPEED_MAX_M_S: Final = 1.0e5

PDUS_MAX: Final = 64
"""PDUs in one datagram."""

_KINDS: Final[dict[int, tuple[str, int, int]]] = {
    1: ("Entity State", 1, 144),
    2: ("Fire", 2, 96),
    3: ("Detonation", 2, 104),
    13: ("Start/Resume", 5, 44),
    14: ("Stop/Freeze", 5, 40),
    22: ("Comment", 5, 32),
}
"""Name, family and least length of each type."""


def read_datagram(data: bytes, *, near_us: int) -> list[Pdu | InputError]:
    """Read what one datagram holds: one PDU, or several behind each other.

    near_us: about when it came; a timestamp tells its place within the hour alone.
    Returns each PDU, or the error of one that was refused; what follows a PDU whose length cannot be
    believed is refused with it. At most `PDUS_MAX`.
    """
    found: list[Pdu | InputError] = []
    at = 0
    while at < len(data) or not data:
        if len(found) == PDUS_MAX:
            found.append(InputError(Fault(f"more than {PDUS_MAX} PDUs in one datagram")))
            break
        length = struct.unpack_from(">H", data, at + 8)[0] if len(data) - at >= HEADER_BYTES else 0
        end = at + length if HEADER_BYTES <= length <= len(data) - at else len(data)
        try:
            found.append(read_pdu(data[at:end], near_us=near_us))
        except InputError as error:
            found.append(error)
        at = end
        if not data:
            break
    return found


def read_pdu(data: bytes, *, near_us: int) -> Pdu:
    """Read one PDU.

    data: exactly its bytes. near_us: about when it came, microseconds since the epoch.
    Raises InputError with every fault of the header at once, or that of the body: another version, a type
    that is not read, a length that is not that of the data or of what it says it holds, a number that is not
    finite or out of all bounds, a marking or text that cannot be shown.
    """
    name = _checked_header(data)
    try:
        return _READERS[data[2]](_Fields(data), _header(data, near_us))
    except InputError as error:
        raise InputError(
            [Fault(each.what, each.where or name, each.remedy) for each in error.faults]
        ) from None


def _checked_header(data: bytes) -> str:
    if len(data) < HEADER_BYTES:
        raise InputError(Fault(f"{len(data)} bytes; a PDU begins with a header of {HEADER_BYTES}"))
    version, exercise, kind, family, _, length, _, _ = struct.unpack_from(">BBBBIHBB", data)
    faults = []
    if version != VERSION:
        remedy = "Set the other program to DIS 7 (IEEE 1278.1-2012)."
        faults.append(Fault(f"protocol version {version}; {VERSION} is read", "header", remedy))
    if exercise == 0:
        faults.append(Fault("exercise identifier 0", "header", "Exercises are numbered from 1 to 255."))
    if len(data) > PDU_MAX_BYTES:
        faults.append(Fault(f"{len(data)} bytes; the standard allows {PDU_MAX_BYTES}", "header"))
    if length != len(data):
        faults.append(Fault(f"it says {length} bytes and has {len(data)}", "header"))
    if kind not in _KINDS:
        known = ", ".join(f"{number} ({name})" for number, (name, _, _) in _KINDS.items())
        faults.append(Fault(f"PDU type {kind} is not read; read are {known}", "header"))
    else:
        name, right, least = _KINDS[kind]
        if family != right:
            faults.append(Fault(f"{name} is of the family {right}, not {family}", "header"))
        if len(data) < least:
            faults.append(Fault(f"{name} has at least {least} bytes, not {len(data)}", "header"))
    if faults:
        raise InputError(faults)
    return _KINDS[kind][0]


def _header(data: bytes, near_us: int) -> Header:
    stamp = struct.unpack_from(">I", data, 4)[0]
    # A relative timestamp counts from nowhere that we know: the time of arrival is the best that there is.
    time_us = nearest_instant(stamp, near_us) if is_absolute(stamp) else near_us
    return Header(data[1], time_us, data[10])


class _Fields:
    """Takes fields off a PDU, in order."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, HEADER_BYTES

    def take(self, form: str) -> tuple[Any, ...]:
        size = struct.calcsize(form)
        self.need(size)
        values = struct.unpack_from(form, self._data, self._at)
        self._at += size
        return values

    def need(self, size: int) -> None:
        left = len(self._data) - self._at
        if size > left:
            raise InputError(Fault(f"{size} bytes are announced where {left} are left"))

    def end(self) -> None:
        if left := len(self._data) - self._at:
            raise InputError(Fault(f"{left} bytes are left over at its end"))

    def entity(self) -> EntityId:
        return EntityId(*self.take(">HHH"))

    def type(self) -> EntityType:
        return EntityType(*self.take(">BBHBBBB"))

    def vector(self, form: str, name: str, most: float) -> Vector:
        x, y, z = self.take(form)
        for value in (x, y, z):
            if not isfinite(value) or abs(value) > most:
                raise InputError(Fault(f"{name} holds {value!r}; allowed is up to {most:g}", ""))
        return x, y, z

    def position(self) -> Vector:
        return self.vector(">3d", "position (m)", POSITION_MAX_M)

    def velocity(self) -> Vector:
        return self.vector(">3f", "velocity (m/s)", SPEED_MAX_M_S)

    def munition(self) -> Munition:
        return Munition(self.type(), *self.take(">HHHH"))

    def parameters(self, count: int) -> tuple[bytes, ...]:
        self.need(16 * count)
        return tuple(self.take(">16s")[0] for _ in range(count))


def _entity_state(fields: _Fields, header: Header) -> EntityState:
    entity = fields.entity()
    force, count = fields.take(">BB")
    kind, alternative = fields.type(), fields.type()
    velocity, position = fields.velocity(), fields.position()
    orientation = fields.vector(">3f", "orientation (rad)", 1e3)
    appearance, algorithm, _ = fields.take(">IB15s")
    acceleration = fields.vector(">3f", "acceleration (m/s2)", 1e6)
    turn = fields.vector(">3f", "angular velocity (rad/s)", 1e6)
    charset, raw, capabilities = fields.take(">B11sI")
    parameters = fields.parameters(count)
    fields.end()
    marking = raw.split(b"\0")[0].decode("ascii", "replace") if charset <= 1 else ""
    if not marking.isprintable() or not marking.isascii():
        raise InputError(Fault(f"a marking that cannot be shown: {raw!r}"))
    return EntityState(
        header,
        entity,
        kind,
        position,
        velocity,
        orientation,
        force,
        alternative,
        appearance,
        algorithm,
        acceleration,
        turn,
        marking.rstrip(),
        capabilities,
        parameters,
    )


def _fire(fields: _Fields, header: Header) -> Fire:
    shooter, target, munition = fields.entity(), fields.entity(), fields.entity()
    event = EventId(*fields.take(">HHH"))
    (mission,) = fields.take(">I")
    position, descriptor, velocity = fields.position(), fields.munition(), fields.velocity()
    (range_m,) = fields.take(">f")
    fields.end()
    if not 0.0 <= range_m <= POSITION_MAX_M:
        raise InputError(Fault(f"a range of {range_m!r} m; allowed is 0 to {POSITION_MAX_M:g}"))
    return Fire(header, shooter, target, munition, event, position, descriptor, velocity, range_m, mission)


def _detonation(fields: _Fields, header: Header) -> Detonation:
    shooter, target, munition = fields.entity(), fields.entity(), fields.entity()
    event = EventId(*fields.take(">HHH"))
    velocity, position, descriptor = fields.velocity(), fields.position(), fields.munition()
    inside = fields.vector(">3f", "position in the target (m)", POSITION_MAX_M)
    result, count, _ = fields.take(">BBH")
    parameters = fields.parameters(count)
    fields.end()
    return Detonation(
        header,
        shooter,
        target,
        munition,
        event,
        position,
        velocity,
        descriptor,
        inside,
        result,
        parameters,
    )


def _start(fields: _Fields, header: Header) -> StartResume:
    sender, recipient = fields.entity(), fields.entity()
    hours, stamp, simulated_hours, simulated, request = fields.take(">iIiII")
    fields.end()
    real_us, simulation_us = instant_of(hours, stamp), instant_of(simulated_hours, simulated)
    return StartResume(header, sender, recipient, real_us, simulation_us, request)


def _stop(fields: _Fields, header: Header) -> StopFreeze:
    sender, recipient = fields.entity(), fields.entity()
    hours, stamp, reason, frozen, _, request = fields.take(">iIBBHI")
    fields.end()
    return StopFreeze(header, sender, recipient, instant_of(hours, stamp), reason, frozen, request)


def _comment(fields: _Fields, header: Header) -> Comment:
    sender, recipient = fields.entity(), fields.entity()
    fixed_count, count = fields.take(">II")
    if fixed_count > DATUMS_MAX or count > DATUMS_MAX:
        what = f"{fixed_count} fixed and {count} variable datums; at most {DATUMS_MAX} of each are read"
        raise InputError(Fault(what))
    fixed = tuple((number, value) for number, value in (fields.take(">I4s") for _ in range(fixed_count)))
    datums = []
    for _ in range(count):
        number, bits = fields.take(">II")
        if bits % 8 or bits > 8 * DATUM_MAX_BYTES:
            what = f"a datum of {bits} bits; whole bytes are read, at most {DATUM_MAX_BYTES}"
            raise InputError(Fault(what))
        size = bits // 8
        (value,) = fields.take(f">{size}s{-size % 8}x")
        datums.append(Datum(number, value))
    fields.end()
    return Comment(header, sender, recipient, tuple(datums), fixed)


_READERS: Final[dict[int, Callable[[_Fields, Header], Pdu]]] = {
    1: _entity_state,
    2: _fire,
    3: _detonation,
    13: _start,
    14: _stop,
    22: _comment,
}
