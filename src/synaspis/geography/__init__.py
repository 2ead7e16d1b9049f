"""Where land, countries and people are, and distances between places."""

from synaspis.geography.borders import Border, border_between, distance_to_border_m
from synaspis.geography.cities import Cities, cities
from synaspis.geography.countries import SEA, Countries
from synaspis.geography.geodesics import Direct, Inverse, geodesic_direct, geodesic_inverse
from synaspis.geography.grid import Grid

__all__ = [
    "SEA",
    "Border",
    "Cities",
    "Countries",
    "Direct",
    "Grid",
    "Inverse",
    "border_between",
    "cities",
    "distance_to_border_m",
    "geodesic_direct",
    "geodesic_inverse",
]
