"""Public items with the source of every value: what can be flown, what sees it, what stops it, and where."""

from synaspis.catalogue.costs import MONEY, PRICED, Costs, DevelopmentShare, NotPublic, Price
from synaspis.catalogue.loader import KINDS, Catalogue, load_catalogue, quantities, sources_of
from synaspis.catalogue.rendering import describe, lines, listing
from synaspis.catalogue.schema import (
    Flight,
    Interceptor,
    Item,
    Missile,
    Place,
    Platform,
    Radar,
    RadarEquation,
    Satellite,
    Site,
    Source,
    Stage,
)
from synaspis.catalogue.trials import TrialRecord

__all__ = [
    "KINDS",
    "MONEY",
    "PRICED",
    "Catalogue",
    "Costs",
    "DevelopmentShare",
    "Flight",
    "Interceptor",
    "Item",
    "Missile",
    "NotPublic",
    "Place",
    "Platform",
    "Price",
    "Radar",
    "RadarEquation",
    "Satellite",
    "Site",
    "Source",
    "Stage",
    "TrialRecord",
    "describe",
    "lines",
    "listing",
    "load_catalogue",
    "quantities",
    "sources_of",
]
