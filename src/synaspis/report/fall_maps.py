"""Maps of where fragments may come down: the share of the intercepts whose fall area covers a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import xarray as xr
from markupsafe import Markup

from synaspis.report import palette
from synaspis.report.atlas import RASTER_COLUMNS
from synaspis.report.content import ReportContent
from synaspis.report.mapgrid import GridBuilder, MapGrid
from synaspis.report.projection import MapFrame
from synaspis.report.rasters import Category, Classes, image
from synaspis.report.svgmaps import Panel, definitions
from synaspis.report.wording import percent_text

STEPS: Final = (0.01, 0.05, 0.2)
"""Edges between the classes, shares of the intercepts."""

FALL_LEGEND: Final = tuple(
    Category(label, colour)
    for label, colour in zip(
        ("under 1 % of the intercepts", "1 to 5 %", "5 to 20 %", "20 % or more"),
        palette.FALL_RAMP,
        strict=True,
    )
)
BODIES: Final = {"missile": "of the missile", "interceptor": "of the interceptor"}


def fall_classes(share: np.ndarray[Any, np.dtype[np.float64]]) -> Classes:
    """Return the class of each cell for `FALL_LEGEND`; 0 where nothing falls."""
    classes: Classes = np.where(share > 0.0, 1 + np.digitize(share, STEPS), 0).astype(np.uint8)
    return classes


class FallAtlas:
    """Maps of the fall areas of each threat, in one frame around all of them."""

    prefix = "fall-map"

    def __init__(self, content: ReportContent, layers: Mapping[str, xr.Dataset]) -> None:
        """layers: by threat, of the analysis of consequences; those without any fall are left out."""
        self.content = content
        self.layers = {threat: layer for threat, layer in layers.items() if (layer["fall_share"] > 0).any()}
        touched = [_touched(layer) for layer in self.layers.values()]
        latitude, longitude = (np.concatenate([each[axis] for each in touched]) for axis in (0, 1))
        points = [(p.latitude_deg, p.longitude_deg) for p in content.launches if p.threat in self.layers]
        self.frame = MapFrame.around(latitude, longitude, points)
        outlines = content.outlines
        self._own = self.frame.outline_paths(outlines.own)
        self._other = self.frame.outline_paths(outlines.other)
        self._pixels = np.zeros((1, 1), dtype=np.intp)

    def definitions(self) -> Markup:
        """Return what all maps of the fall areas share."""
        return definitions(self.frame, self._own, self._other, self.prefix)

    def grid(self, documents: Mapping[str, Mapping[str, Any]]) -> MapGrid:
        """Return a row for each threat and a column for each kind of body. documents: by threat."""
        grid = GridBuilder(self, "fall", FALL_LEGEND)
        names = {threat.id: threat.name for threat in self.content.threats}
        for threat, layer in self.layers.items():
            groups = documents[threat]["groups"]
            shooting = {group["battery"] for group in groups}
            marks = [asset for asset in self.content.assets if asset.id in shooting]
            points = [point for point in self.content.launches if point.threat == threat]
            cells = [np.asarray(layer[name].values, dtype=np.float64) for name in ("latitude", "longitude")]
            self._pixels = self.frame.pixel_cells(cells[0], cells[1], RASTER_COLUMNS)
            panels: list[Panel | None] = []
            for body, words in BODIES.items():
                share = layer["fall_share"].sel(body=body).values
                most = percent_text(float(share.max())) if (share > 0).any() else "none"
                caption = f"at most {most} of the intercepts over one place" if most != "none" else "no fall"
                text = f"{names[threat]}: fragments {words}, {caption}."
                panels.append(
                    grid.panel(f"{threat}-{body}", fall_classes(share), caption, text, marks, points)
                )
            grid.rows.append((names[threat], tuple(panels)))
        return grid.finish(tuple(f"Fragments {words}" for words in BODIES.values()))

    def png(self, classes: Classes, legend: Sequence[Category]) -> bytes:
        """Return one map's palette image."""
        return image(classes, self._pixels, legend)


def _touched(layer: xr.Dataset) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Latitudes and longitudes at the edges of where anything falls, degrees."""
    there = np.any(np.asarray(layer["fall_share"].values) > 0, axis=0)
    latitude, longitude = layer["latitude"].values, layer["longitude"].values
    rows, columns = latitude[there.any(axis=1)], longitude[there.any(axis=0)]
    return rows[[0, -1]], columns[[0, -1]]
