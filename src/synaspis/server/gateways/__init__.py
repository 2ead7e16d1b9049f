"""Gateways of one partner: what it was delivered goes out in other formats, notes come in as its messages."""

from synaspis.server.gateways.account import Account
from synaspis.server.gateways.cot import CotGateway
from synaspis.server.gateways.dis import DisGateway
from synaspis.server.gateways.follow import follow
from synaspis.server.gateways.globe import GlobeGateway
from synaspis.server.gateways.limits import GatewayLimits
from synaspis.server.gateways.newest import Newest
from synaspis.server.gateways.notes import NoteDesk
from synaspis.server.gateways.tls import client_context, server_context

__all__ = [
    "Account",
    "CotGateway",
    "DisGateway",
    "GatewayLimits",
    "GlobeGateway",
    "Newest",
    "NoteDesk",
    "client_context",
    "follow",
    "server_context",
]
