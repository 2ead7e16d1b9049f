"""Release by agreement: who gets what, when, at which level, and one picture for each set of equal rights."""

from synaspis.exchange.release.correlation import match
from synaspis.exchange.release.extracts import EXTRACTS, extract
from synaspis.exchange.release.outgoing import Delivery
from synaspis.exchange.release.releaser import Releaser
from synaspis.exchange.release.rights import Rulings

__all__ = ["EXTRACTS", "Delivery", "Releaser", "Rulings", "extract", "match"]
