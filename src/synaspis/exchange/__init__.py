"""The data exchange centre: intake, log, release by agreement, one fused picture per set of equal rights."""

from synaspis.exchange.client.answers import Receipt
from synaspis.exchange.client.audit import Audit
from synaspis.exchange.client.client import Client
from synaspis.exchange.client.errors import Alarm, ServerFault, SignedRefusal, Unreachable
from synaspis.exchange.client.events import Event
from synaspis.exchange.client.kit import PartnerKit, write_kit
from synaspis.exchange.client.verification import Verification

__all__ = [
    "Alarm",
    "Audit",
    "Client",
    "Event",
    "PartnerKit",
    "Receipt",
    "ServerFault",
    "SignedRefusal",
    "Unreachable",
    "Verification",
    "write_kit",
]
