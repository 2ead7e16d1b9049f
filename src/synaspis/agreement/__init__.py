"""Sharing agreements: who gives which product to whom, for which use, how late, and from when to when."""

from synaspis.agreement.membership import Membership
from synaspis.agreement.schema import USES, Agreement, Clause, Product, Use, reserved_in_use
from synaspis.agreement.sharing import Share, own_network, share_matrix, sharing

__all__ = [
    "USES",
    "Agreement",
    "Clause",
    "Membership",
    "Product",
    "Share",
    "Use",
    "own_network",
    "reserved_in_use",
    "share_matrix",
    "sharing",
]
