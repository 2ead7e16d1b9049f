"""The exchange centre on the network: web application, certificates, limits; no decisions of its own."""

from synaspis.server.admission import RequestDocument, admit, make_request
from synaspis.server.application import application
from synaspis.server.backup import back_up, restore
from synaspis.server.folder import DataFolder, PartnerDocument, ServerDocument
from synaspis.server.founding import Founding, init_centre
from synaspis.server.journal import Journal
from synaspis.server.limits import Limits
from synaspis.server.mirror import Mirror, serve_mirror
from synaspis.server.parts import Parts
from synaspis.server.renewal import (
    retire,
    rotate_certificate,
    rotate_message_key,
    rotate_server,
    rotate_witness_key,
)
from synaspis.server.service import Service, serve

__all__ = [
    "DataFolder",
    "Founding",
    "Journal",
    "Limits",
    "Mirror",
    "PartnerDocument",
    "Parts",
    "RequestDocument",
    "ServerDocument",
    "Service",
    "admit",
    "application",
    "back_up",
    "init_centre",
    "make_request",
    "restore",
    "retire",
    "rotate_certificate",
    "rotate_message_key",
    "rotate_server",
    "rotate_witness_key",
    "serve",
    "serve_mirror",
]
