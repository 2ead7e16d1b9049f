"""Grids of maps as a page shows them: small in a table, enlarged on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from synaspis.report.content import AssetMark, LaunchPoint
from synaspis.report.projection import MapFrame
from synaspis.report.rasters import Category, Classes
from synaspis.report.svgmaps import Panel, map_svg, raster_definition


class Sheet(Protocol):
    """What a grid of maps is drawn on. prefix: of the ids of what the maps of the frame share."""

    prefix: str
    frame: MapFrame

    def png(self, classes: Classes, legend: Sequence[Category]) -> bytes:
        """Return one map's palette image."""
        ...


@dataclass(frozen=True, slots=True)
class MapGrid:
    """A grid of maps. columns: headings. rows: heading and one panel (or None) for each column."""

    id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Panel | None, ...]], ...]
    legend: tuple[Category, ...]
    definitions: Markup


class GridBuilder:
    """Collects the panels and images of one grid."""

    def __init__(self, sheet: Sheet, identifier: str, legend: Sequence[Category]) -> None:
        self.sheet, self.id, self.legend = sheet, identifier, tuple(legend)
        self.rows: list[tuple[str, tuple[Panel | None, ...]]] = []
        self._definitions: list[Markup] = []

    def panel(
        self,
        key: str,
        classes: Classes,
        caption: str,
        description: str,
        assets: Sequence[AssetMark],
        launches: Sequence[LaunchPoint],
    ) -> Panel:
        """Return a panel whose image is put into the page once and shown twice, small and enlarged."""
        identifier, frame = f"{self.id}-{key}", self.sheet.frame
        raster = f"raster-{identifier}"
        png = self.sheet.png(classes, self.legend)
        self._definitions.append(raster_definition(raster, frame, png))
        small = map_svg(frame, [raster], assets, launches, description, self.sheet.prefix)
        large = map_svg(frame, [raster], assets, launches, description, self.sheet.prefix, labels=True)
        return Panel(identifier, caption, description, small, large)

    def finish(self, columns: tuple[str, ...]) -> MapGrid:
        """Return the finished grid."""
        return MapGrid(self.id, columns, tuple(self.rows), self.legend, Markup("").join(self._definitions))
