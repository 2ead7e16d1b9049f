"""The data exchange centre: intake, log, release by agreement, one fused picture per set of equal rights."""

from synaspis.exchange.client import Client
from synaspis.exchange.client_answers import Receipt
from synaspis.exchange.client_audit import Audit
from synaspis.exchange.client_errors import Alarm, ServerFault, SignedRefusal, Unreachable
from synaspis.exchange.client_events import Event
from synaspis.exchange.client_verify import Verification
from synaspis.exchange.kit import PartnerKit, write_kit

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
