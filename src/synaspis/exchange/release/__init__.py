"""Release by agreement: who gets what, when, at which level, and one picture for each set of equal rights."""

from synaspis.exchange.release.correlation import match
from synaspis.exchange.release.extracts import EXTRACTS, extract
from synaspis.exchange.release.outgoing import Delivery
from synaspis.exchange.release.releaser import Releaser
from synaspis.exchange.release.rights import Rulings
from synaspis.exchange.release.tracks import Impacts

__all__ = ["EXTRACTS", "Delivery", "Impacts", "Releaser", "Rulings", "extract", "match"]
