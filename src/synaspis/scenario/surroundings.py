"""What an entry of a scenario refers to: the other entries of its file, the catalogue, the map.

It is built from the document as read, before the document is checked, so that a reference to an entry that
has faults of its own is not reported as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from synaspis.agreement import LabelTable, Membership
from synaspis.agreement.loader import membership_of
from synaspis.catalogue import Catalogue, Interceptor, Radar, Satellite, Site
from synaspis.core.documents import Document, nearest

AssetItem = Radar | Interceptor | Satellite
Kind = Literal["radar", "battery", "satellite"]


@dataclass(frozen=True)
class Surroundings:
    """Context of the validators of `synaspis.scenario.schema`.

    catalogue: with the scenario's overrides applied. membership: partners and alliances of the document.
    assets: asset entries as read. launch_areas: ids. countries: codes of all countries on the map.
    """

    catalogue: Catalogue
    membership: Membership
    assets: Mapping[str, Any]
    launch_areas: tuple[str, ...]
    countries: tuple[str, ...]

    @property
    def labels(self) -> LabelTable:
        """Markings that a clause of the scenario itself can name: those by default."""
        return LabelTable()

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions that a clause of the scenario itself can name: none, they stand in agreement books."""
        return ()

    @property
    def sources(self) -> Mapping[str, object]:
        """Sources of the source list by id."""
        return self.catalogue.sources

    def item(self, item_id: object) -> AssetItem | None:
        """Catalogue item that an asset can be; None if there is no such item."""
        if not isinstance(item_id, str):
            return None
        found: AssetItem | None = None
        for table in (self.catalogue.radars, self.catalogue.interceptors, self.catalogue.satellites):
            found = found or table.get(item_id)
        return found

    def item_of(self, asset_id: str) -> AssetItem | None:
        """Catalogue item of another asset of the document; None if it cannot be told."""
        return self.item(_entry(self.assets, asset_id).get("item"))

    def owner_of(self, asset_id: str) -> object:
        """Owner of another asset of the document as read; None if it has none."""
        return _entry(self.assets, asset_id).get("owner")

    def site(self, site_id: object) -> Site | None:
        """Site of the catalogue; None if there is no such site."""
        return self.catalogue.sites.get(site_id) if isinstance(site_id, str) else None

    def unknown_item(self, item_id: str) -> str:
        """Remedy for an item that an asset cannot be."""
        if item_id in self.catalogue.missiles:
            return "A missile is a threat, not an asset: name it in `threats`."
        allowed = (*self.catalogue.radars, *self.catalogue.interceptors, *self.catalogue.satellites)
        return f"{nearest(item_id, allowed)} `synaspis catalogue list` shows all.".strip()


def kind_of_item(item: AssetItem) -> Kind:
    """What an asset with this item is in a scenario."""
    if isinstance(item, Radar):
        return "radar"
    return "battery" if isinstance(item, Interceptor) else "satellite"


def surroundings_of(document: Document, catalogue: Catalogue, countries: tuple[str, ...]) -> Surroundings:
    """Collect what the entries of a document may refer to."""
    return Surroundings(
        catalogue=catalogue,
        membership=membership_of(document),
        assets=table(document, "assets"),
        launch_areas=tuple(table(document, "launch_areas")),
        countries=countries,
    )


def table(document: Document, section: str) -> Mapping[str, Any]:
    """Entries of a section as read; empty if it has none or is not a mapping."""
    return _entry(document.data, section)


def _entry(entries: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    entry = entries.get(name)
    return entry if isinstance(entry, Mapping) else {}
