"""Distributed Interactive Simulation, version 7 (IEEE 1278.1-2012): six kinds of PDU, written and read."""

from synaspis.gateways.dis.control import control_of
from synaspis.gateways.dis.pdus import (
    Comment,
    Datum,
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
)
from synaspis.gateways.dis.reader import read_datagram, read_pdu
from synaspis.gateways.dis.told import dis_of_told
from synaspis.gateways.dis.tracks import DisIdentity, dis_of_track, label_in, sign_of_life, text_of
from synaspis.gateways.dis.writer import write_pdu

__all__ = [
    "Comment",
    "Datum",
    "Detonation",
    "DisIdentity",
    "EntityId",
    "EntityState",
    "EntityType",
    "EventId",
    "Fire",
    "Munition",
    "Pdu",
    "StartResume",
    "StopFreeze",
    "control_of",
    "dis_of_told",
    "dis_of_track",
    "label_in",
    "read_datagram",
    "read_pdu",
    "sign_of_life",
    "text_of",
    "write_pdu",
]
