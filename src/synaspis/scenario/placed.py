"""A checked scenario with everything that it refers to at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import nan
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from synaspis.agreement import AgreementBook, Membership
from synaspis.catalogue import Catalogue, Missile, Satellite, sources_of
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats
from synaspis.geography import Grid
from synaspis.scenario.asset import Asset
from synaspis.scenario.region import BOUNDS, in_degrees
from synaspis.scenario.schema import LaunchArea, Phase, ScenarioDocument, Threat
from synaspis.scenario.surroundings import AssetItem, Kind, kind_of_item

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class PlacedAsset:
    """An asset with its catalogue item and its place.

    latitude_rad, longitude_rad: geodetic; of a satellite the point below it. height_m: above the ellipsoid.
    boresight_rad: azimuth from north over east; NaN for what sees all round.
    at_sea: whether it is a ship.
    """

    id: str
    kind: Kind
    entry: Asset
    item: AssetItem
    latitude_rad: float
    longitude_rad: float
    height_m: float
    boresight_rad: float
    at_sea: bool

    @property
    def name(self) -> str:
        """Name as people say it; the id if there is none."""
        return self.entry.name or self.id

    @property
    def owner(self) -> str:
        """Partner that decides about it."""
        return self.entry.owner


@dataclass(frozen=True)
class Scenario:
    """A scenario that has passed every check.

    document: what the file says. catalogue: with the scenario's overrides applied.
    files: the files that it was read from, its own first; empty if it was no file.
    book: its agreements, with the markings and regions of the book that it names, or those by default.
    """

    document: ScenarioDocument
    catalogue: Catalogue = field(repr=False)
    book: AgreementBook = field(repr=False)
    files: tuple[Path, ...] = ()

    @property
    def id(self) -> str:
        """Short name."""
        return self.document.id

    @cached_property
    def membership(self) -> Membership:
        """Partners and alliances."""
        alliances = {name: alliance.members for name, alliance in self.document.alliances.items()}
        return Membership(tuple(self.document.partners), alliances)

    @cached_property
    def assets(self) -> tuple[PlacedAsset, ...]:
        """All assets in the order of the file."""
        return tuple(_placed(name, entry, self.catalogue) for name, entry in self.document.assets.items())

    @cached_property
    def radars(self) -> tuple[PlacedAsset, ...]:
        """Radars in the order of the file."""
        return tuple(asset for asset in self.assets if asset.kind == "radar")

    @cached_property
    def satellites(self) -> tuple[PlacedAsset, ...]:
        """Satellites in the order of the file."""
        return tuple(asset for asset in self.assets if asset.kind == "satellite")

    @cached_property
    def batteries(self) -> tuple[PlacedAsset, ...]:
        """Batteries in the order of the file."""
        return tuple(asset for asset in self.assets if asset.kind == "battery")

    def in_service(self, day: date) -> tuple[PlacedAsset, ...]:
        """Assets in service on a day, in the order of the file."""
        return tuple(asset for asset in self.assets if asset.entry.serves_on(day))

    def phase(self, phase_id: str) -> Phase:
        """A phase; raises InputError for an unknown id."""
        return _found(self.document.phases, phase_id, "phase")

    def threat(self, threat_id: str) -> Threat:
        """A threat; raises InputError for an unknown id."""
        return _found(self.document.threats, threat_id, "threat")

    def missile(self, threat_id: str) -> Missile:
        """Catalogue missile of a threat."""
        return self.catalogue.missiles[self.threat(threat_id).missile]

    def launch_area(self, threat_id: str) -> LaunchArea:
        """Launch area of a threat."""
        return self.document.launch_areas[self.threat(threat_id).launch_area]

    def launch_points(self, threat_id: str) -> tuple[tuple[str, ...], Floats, Floats]:
        """Names, latitudes and longitudes (rad) of the launch points of a threat."""
        points = self.launch_area(threat_id).points
        latitude = np.array([point.latitude.si for point in points])
        longitude = np.array([point.longitude.si for point in points])
        return tuple(point.name for point in points), latitude, longitude

    def grid(self, step_deg: float | None = None) -> Grid:
        """Grid over the region; step_deg: side of a cell, that of the scenario by default."""
        region = self.document.region
        south, north, west, east, step = (in_degrees(getattr(region, name)) for name in BOUNDS)
        return Grid.over(south, north, west, east, step if step_deg is None else step_deg)

    def sources(self) -> tuple[str, ...]:
        """Ids of all sources that the scenario and the catalogue items in it name, each once."""
        document = self.document
        claims = (*document.assets.values(), *document.phases.values(), *document.agreements.values())
        named = [claim.source for claim in (*claims, *document.launch_areas.values())]
        items: list[Any] = [asset.item for asset in self.assets]
        items += [self.missile(threat_id) for threat_id in document.threats]
        items += [
            self.catalogue.sites[asset.entry.site] for asset in self.assets if asset.entry.site is not None
        ]
        for item in items:
            named += sources_of(item)
        return tuple(dict.fromkeys(source for source in named if source is not None))

    def notices(self) -> tuple[str, ...]:
        """What a user should know although it is no fault."""
        countries = dict.fromkeys(self.document.region.countries)
        warned = {partner.country for partner in self.document.partners.values()}
        grid = self.grid()
        required = self.document.engagement.shots_required
        return (
            *self.book.simulation_notices(),
            *(
                f"{code} is to be defended and has no cell on the map: the region leaves it out, or the step "
                "is too coarse for it"
                for code in countries
                if not grid.of_countries([code]).any()
            ),
            *(
                f"{code} is to be defended and is the country of no partner: nobody gives warning there"
                for code in countries
                if code not in warned
            ),
            *(
                f"{battery.id} has {battery.entry.interceptors} interceptors, fewer than the "
                f"{required} shots required: stocks do not count here, so it may still count as enough"
                for battery in self.batteries
                if (battery.entry.interceptors or 0) < required
            ),
        )

    def as_dict(self) -> dict[str, Any]:
        """The scenario as plain mappings, lists, numbers and text, as JSON can hold them."""
        return self.document.model_dump(mode="json", by_alias=True, exclude_none=True)


def _found(entries: Mapping[str, Entry], name: str, what: str) -> Entry:
    try:
        return entries[name]
    except KeyError:
        remedy = nearest(name, tuple(entries))
        raise InputError(Fault(f"the scenario has no {what} {name!r}", remedy=remedy)) from None


def _placed(name: str, entry: Asset, catalogue: Catalogue) -> PlacedAsset:
    item = cast(AssetItem, catalogue.find(entry.item))
    boresight = nan if entry.boresight is None else entry.boresight.si
    at_sea = False
    if isinstance(item, Satellite):
        assert entry.longitude is not None
        place = (item.position_latitude.si, entry.longitude.si, item.position_altitude.si)
    elif entry.site is not None:
        site = catalogue.sites[entry.site]
        place = (site.latitude.si, site.longitude.si, site.height.si)
        at_sea = site.kind == "ship-station"
    else:
        assert entry.place is not None
        place = (entry.place.latitude.si, entry.place.longitude.si, entry.place.height.si)
        at_sea = entry.place.at_sea
    return PlacedAsset(name, kind_of_item(item), entry, item, *place, boresight, at_sea)
