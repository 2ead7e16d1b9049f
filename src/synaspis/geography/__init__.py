"""Where land, countries and people are, and distances between places."""

from synaspis.geography.cities import Cities, cities
from synaspis.geography.countries import SEA, Countries
from synaspis.geography.geodesics import Direct, Inverse, geodesic_direct, geodesic_inverse
from synaspis.geography.grid import Grid

__all__ = [
    "SEA",
    "Cities",
    "Countries",
    "Direct",
    "Grid",
    "Inverse",
    "cities",
    "geodesic_direct",
    "geodesic_inverse",
]
