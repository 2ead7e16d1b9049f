"""Maps of the launch area: from where everything large in reach is defended."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from markupsafe import Markup

from synaspis.report import palette
from synaspis.report.atlas import RASTER_COLUMNS
from synaspis.report.content import ReportContent
from synaspis.report.mapgrid import GridBuilder, MapGrid
from synaspis.report.projection import MapFrame
from synaspis.report.rasters import Category, Classes, image, territory_pixels
from synaspis.report.svgmaps import Panel, definitions
from synaspis.report.tables import share
from synaspis.report.wording import area_text, percent_text

DENIED_LEGEND = (
    Category("denied: every large city in reach is defended", palette.DEFENDED_TWICE),
    Category("some of the large cities in reach are defended", palette.DEFENDED_ONCE),
    Category("none of them is defended", palette.VERMILION),
)


def denied_classes(case: xr.Dataset) -> Classes:
    """Return the class of each launch cell for `DENIED_LEGEND`; 0 where no large city is in reach."""
    reach, held = case["cities_in_reach"].values, case["cities_defended"].values
    classes: Classes = np.select([reach == 0, held == reach, held > 0], [0, 1, 2], 3).astype(np.uint8)
    return classes


class LaunchAtlas:
    """Maps of the countries in which the launch points lie."""

    prefix = "launch-map"

    def __init__(self, content: ReportContent, denied: xr.Dataset) -> None:
        self.content, self.denied = content, denied
        latitude, longitude = (
            np.asarray(denied[name].values, dtype=np.float64) for name in ("latitude", "longitude")
        )
        points = [(point.latitude_deg, point.longitude_deg) for point in content.launches]
        self.frame = MapFrame.around(latitude, longitude, points)
        outlines = content.outlines
        self.own_paths = self.frame.outline_paths(outlines.launch)
        self.other_paths = self.frame.outline_paths((*outlines.other, *outlines.own))
        cells = self.frame.pixel_cells(latitude, longitude, RASTER_COLUMNS)
        inside = np.any(denied["launch_area"].values > 0, axis=0)
        self._pixels = territory_pixels(cells, inside, self.own_paths)

    def definitions(self) -> Markup:
        """Return what all maps of the launch area share."""
        return definitions(self.frame, self.own_paths, self.other_paths, self.prefix)

    def grid(self) -> MapGrid:
        """Return the launch area denied for each phase and threat."""
        grid = GridBuilder(self, "launch-area", DENIED_LEGEND)
        for threat in self.content.threats:
            panels: list[Panel | None] = []
            for phase in self.content.phases:
                case = self.denied.sel(phase=phase.id, threat=threat.id)
                denied_m2, whole_m2 = float(case["denied_area"]), float(case["reaching_area"])
                caption = f"denied: {percent_text(share(denied_m2, whole_m2))}"
                words = (
                    f"{phase.name} ({phase.year}), {threat.name}. Launch area denied: "
                    f"{area_text(denied_m2)} of the {area_text(whole_m2)} with a large city in reach."
                )
                points = [point for point in self.content.launches if point.threat == threat.id]
                panels.append(
                    grid.panel(f"{phase.id}-{threat.id}", denied_classes(case), caption, words, [], points)
                )
            grid.rows.append((threat.name, tuple(panels)))
        return grid.finish(tuple(f"{phase.name} · {phase.year}" for phase in self.content.phases))

    def png(self, classes: Classes, legend: Sequence[Category]) -> bytes:
        """Return one map's palette image."""
        return image(classes, self._pixels, legend)
