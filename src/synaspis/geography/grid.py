"""Grid of latitude and longitude cells over a region, with land, country, exact area and population."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isfinite, pi, radians, sqrt
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synaspis.core.constants import EARTH_ECCENTRICITY_SQUARED, EARTH_POLAR_RADIUS_M
from synaspis.core.errors import Fault, InputError
from synaspis.geography.cities import Cities, cities
from synaspis.geography.countries import SEA, Countries

MAXIMUM_CELLS: Final = 4_000_000
"""Largest grid: it keeps a study within memory; the whole Earth at 0.15 degrees is 2,880,000 cells."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells of equal steps in latitude and longitude; rows go north, columns go east.

    latitude_rad: (row,) centres, rising.
    longitude_rad: (column,) centres, rising; they exceed pi where the region crosses the 180th meridian.
    step_rad: side of a cell.
    codes: ISO 3166-1 alpha-2 codes.
    country: (row, column) index into `codes` of the country at the centre of the cell, -1 at sea. A cell
    whose centre is sea but which holds a city that has no cell of its country beside it (a small island) is
    land of that country. cell_area_m2: (row, column) exact on the WGS84 ellipsoid, sea or land.
    population: (row, column) inhabitants of the cities of 15,000 and more in the cell.
    """

    latitude_rad: NDArray[np.float64]
    longitude_rad: NDArray[np.float64]
    step_rad: float
    codes: tuple[str, ...]
    country: NDArray[np.int16]
    cell_area_m2: NDArray[np.float64]
    population: NDArray[np.int64]

    @classmethod
    def over(
        cls, south_deg: float, north_deg: float, west_deg: float, east_deg: float, step_deg: float
    ) -> Grid:
        """Lay a grid over a region.

        south_deg < north_deg, -90 to 90.
        west_deg and east_deg: -180 to 360; east less than west crosses the 180th meridian.
        step_deg: side of a cell; both sides of the region must be whole numbers of steps.
        Raises InputError with every fault of the five numbers.
        """
        rows, columns = _size(south_deg, north_deg, west_deg, east_deg, step_deg)
        step = radians(step_deg)
        latitude = np.radians(south_deg + step_deg * (np.arange(rows) + 0.5))
        longitude = np.radians(west_deg + step_deg * (np.arange(columns) + 0.5))
        countries = Countries.load()
        country = countries.country_at(latitude[:, None], longitude[None, :])
        edges = np.radians(south_deg + step_deg * np.arange(rows + 1))
        area = np.repeat((step * np.diff(area_from_equator_m2(edges)))[:, None], columns, axis=1)
        corner = (radians(south_deg), radians(west_deg))
        population, country = _place_cities(cities(), countries.codes, country, corner, step)
        return cls(latitude, longitude, step, countries.codes, country, area, population)

    @staticmethod
    def shape_over(
        south_deg: float, north_deg: float, west_deg: float, east_deg: float, step_deg: float
    ) -> tuple[int, int]:
        """Rows and columns that `over` would lay, without laying them; arguments and errors are the same."""
        return _size(south_deg, north_deg, west_deg, east_deg, step_deg)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.latitude_rad.size, self.longitude_rad.size

    @cached_property
    def land(self) -> NDArray[np.bool_]:
        """(row, column) True where the centre of the cell is land."""
        land: NDArray[np.bool_] = self.country != SEA
        return land

    def of_countries(self, codes: tuple[str, ...] | list[str]) -> NDArray[np.bool_]:
        """(row, column) True where the centre of the cell is land of one of the countries.

        codes: ISO 3166-1 alpha-2; raises InputError that names every unknown code.
        """
        unknown = [code for code in codes if code not in self.codes]
        if unknown:
            raise InputError(
                Fault(
                    f"country code {code!r} has no land on the map",
                    remedy="Use an ISO 3166-1 alpha-2 code such as 'DE' or 'TR'.",
                )
                for code in unknown
            )
        wanted = [self.codes.index(code) for code in codes]
        found: NDArray[np.bool_] = np.isin(self.country, np.array(wanted, dtype=np.int16))
        return found


def area_from_equator_m2(latitude_rad: ArrayLike) -> NDArray[np.float64]:
    """Area of the WGS84 ellipsoid between the equator and a parallel, for each radian of longitude.

    latitude_rad: geodetic, any shape. Returns m2, negative in the south.
    Equation: b^2/2 (s/(1 - e^2 s^2) + artanh(e s)/e) with s the sine of the latitude, e the eccentricity, b
    the polar radius. Source: Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987),
    doi:10.3133/pp1395, equation 3-12.
    """
    e = sqrt(EARTH_ECCENTRICITY_SQUARED)
    s = np.sin(np.asarray(latitude_rad, dtype=np.float64))
    area: NDArray[np.float64] = (
        0.5 * EARTH_POLAR_RADIUS_M**2 * (s / (1.0 - (e * s) ** 2) + np.arctanh(e * s) / e)
    )
    return area


def _size(south: float, north: float, west: float, east: float, step: float) -> tuple[int, int]:
    """Rows and columns of a region, all five numbers checked together."""
    faults = [
        Fault(f"{name} is {value} deg; allowed is {low} to {high} deg", where=name)
        for name, value, low, high in (
            ("south", south, -90, 90),
            ("north", north, -90, 90),
            ("west", west, -180, 360),
            ("east", east, -180, 360),
        )
        if not (isfinite(value) and low <= value <= high)
    ]
    if not (isfinite(step) and 0.01 <= step <= 10.0):
        faults.append(Fault(f"step is {step} deg; allowed is 0.01 to 10 deg", where="step"))
    if faults:
        raise InputError(faults)
    width = east - west if east > west else east - west + 360.0
    if south >= north:
        faults.append(
            Fault(f"south is {south} deg and north {north} deg; south must be less than north", where="south")
        )
    if width > 360.0:
        faults.append(Fault(f"the region is {width:g} deg wide; allowed is up to 360 deg", where="east"))
    if faults:
        raise InputError(faults)
    sizes = []
    for name, length in (("north", north - south), ("east", width)):
        count = length / step
        if abs(count - round(count)) > 1e-6:
            faults.append(
                Fault(
                    f"{length:g} deg is {count:.3f} steps of {step:g} deg; it must be whole",
                    where=name,
                    remedy=f"Move {name} by {max(round(count), 1) * step - length:+.6g} deg.",
                )
            )
        sizes.append(round(count))
    rows, columns = sizes
    if rows * columns > MAXIMUM_CELLS:
        faults.append(
            Fault(
                f"the grid has {rows * columns:,} cells; allowed are {MAXIMUM_CELLS:,}",
                where="step",
                remedy=f"Use a step of {step * sqrt(rows * columns / MAXIMUM_CELLS):.2g} deg or more.",
            )
        )
    if faults:
        raise InputError(faults)
    return rows, columns


def _place_cities(
    table: Cities,
    codes: tuple[str, ...],
    country: NDArray[np.int16],
    corner_rad: tuple[float, float],
    step_rad: float,
) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """Put every city of the region into a cell, so that none is lost.

    A city counts in its own cell if that is land of its country, else in the nearest such cell of the eight
    around it. If there is none, its own cell becomes land of its country if it was sea (a small island).
    A city whose country is not drawn goes to the nearest land among these nine cells.
    Returns inhabitants and country, both (row, column).
    """
    rows, columns = country.shape
    y = (table.latitude_rad - corner_rad[0]) / step_rad
    x = np.mod(table.longitude_rad - corner_rad[1], 2.0 * pi) / step_rad
    inside = np.flatnonzero((y >= 0.0) & (y < rows) & (x < columns))
    y, x = y[inside], x[inside]
    row, column = y.astype(np.int64), x.astype(np.int64)
    index_of = {code: index for index, code in enumerate(codes)}
    own = np.array([index_of.get(str(code), SEA) for code in table.country[inside]], dtype=np.int16)
    country = country.copy()
    east_west = np.cos(table.latitude_rad[inside])
    for i in np.flatnonzero((country[row, column] != own) | (own == SEA)):
        found = _nearest_cell(country, int(own[i]), y[i], x[i], east_west[i])
        if found is not None:
            row[i], column[i] = found
        elif own[i] != SEA and country[row[i], column[i]] == SEA:
            country[row[i], column[i]] = own[i]
    population = np.zeros(country.shape, dtype=np.int64)
    np.add.at(population, (row, column), table.population[inside])
    return population, country


def _nearest_cell(
    country: NDArray[np.int16], own: int, y: float, x: float, east_west: float
) -> tuple[int, int] | None:
    """Nearest cell of a country (of any, if `own` is SEA) among the nine around a place given in cells."""
    top, left = max(int(y) - 1, 0), max(int(x) - 1, 0)
    near = country[top : int(y) + 2, left : int(x) + 2]
    r, c = np.nonzero(near == own if own != SEA else near != SEA)
    if not r.size:
        return None
    best = np.argmin((top + r + 0.5 - y) ** 2 + ((left + c + 0.5 - x) * east_west) ** 2)
    return top + int(r[best]), left + int(c[best])
