"""Whom intercepts touch: countries flown over, and where fragments come down; places alone, no effects."""

from synaspis.analyses.consequences.consequences import consequences
from synaspis.analyses.consequences.document import DebrisDocument, load_debris
from synaspis.analyses.consequences.layer import consequences_geojson
from synaspis.analyses.consequences.result import ConsequencesResult, Fall, Group

__all__ = [
    "ConsequencesResult",
    "DebrisDocument",
    "Fall",
    "Group",
    "consequences",
    "consequences_geojson",
    "load_debris",
]
