"""Grids of small maps: one row for each threat, one column for each phase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from synaspis.report import palette
from synaspis.report.content import AssetMark, LaunchPoint, ReportContent
from synaspis.report.mapgrid import GridBuilder, MapGrid
from synaspis.report.projection import MapFrame
from synaspis.report.rasters import (
    DIFFERENCE_LEGEND,
    Category,
    Classes,
    count_classes,
    coverage_classes,
    coverage_legend,
    difference_classes,
    image,
    territory_pixels,
    warning_classes,
    warning_edges_min,
    warning_legend,
)
from synaspis.report.svgmaps import Panel, definitions
from synaspis.report.tables import CaseRow, case_rows, phase_gains, share
from synaspis.report.wording import area_text, case_sentence, change_text, minutes_text, percent_text

RASTER_COLUMNS = 1000
"""Pixels across a map: about 5 km each for Europe, finer than the cells of a quarter degree."""


class Atlas:
    """All maps of the territory in one report; the frame and the pixel look-up are worked out once."""

    prefix = "map"

    def __init__(self, content: ReportContent) -> None:
        self.content = content
        self.dataset = content.dataset
        latitude = np.asarray(self.dataset["latitude"].values, dtype=np.float64)
        longitude = np.asarray(self.dataset["longitude"].values, dtype=np.float64)
        points = [(p.latitude_deg, p.longitude_deg) for p in content.launches]
        points += [(a.latitude_deg, a.longitude_deg) for a in content.assets if a.kind != "satellite"]
        seen = np.any(
            (self.dataset["threatened"].values > 0).reshape(-1, latitude.size, longitude.size), axis=0
        )
        rows, columns = (
            (latitude[seen.any(axis=1)], longitude[seen.any(axis=0)]) if seen.any() else (latitude, longitude)
        )
        self.frame = MapFrame.around(rows, columns, points)
        self.own_paths = self.frame.outline_paths(content.outlines.own)
        self.other_paths = self.frame.outline_paths(content.outlines.other)
        cells = self.frame.pixel_cells(latitude, longitude, RASTER_COLUMNS)
        self._pixels = territory_pixels(cells, self.dataset["territory"].values > 0, self.own_paths)
        self._rows = {(row.phase, row.threat): row for row in case_rows(self.dataset)}

    def definitions(self) -> Markup:
        """Return what all maps of the page share."""
        return definitions(self.frame, self.own_paths, self.other_paths, self.prefix)

    def coverage(self) -> MapGrid:
        """Return what is defended, and why the rest is not, for each phase and threat."""
        legend = coverage_legend(self.dataset)
        grid = GridBuilder(self, "coverage", legend)
        for threat in self.content.threats:
            panels: list[Panel | None] = []
            for phase in self.content.phases:
                case, row = (
                    self.dataset.sel(phase=phase.id, threat=threat.id),
                    self._rows[phase.id, threat.id],
                )
                panels.append(
                    grid.panel(
                        f"{phase.id}-{threat.id}",
                        coverage_classes(case, legend),
                        _share_caption(row),
                        f"{phase.name} ({phase.year}), {threat.name}. {case_sentence(row)}",
                        self._assets(phase.id),
                        self._launches(threat.id),
                    )
                )
            grid.rows.append((threat.name, tuple(panels)))
        return grid.finish(self._phase_headings())

    def differences(self) -> MapGrid:
        """Return what each phase added to the one before and took away."""
        grid = GridBuilder(self, "difference", DIFFERENCE_LEGEND)
        pairs = list(zip(self.content.phases[:-1], self.content.phases[1:], strict=True))
        gains = {
            (before.id, threat.id): gain
            for before, after in pairs
            for threat, gain in zip(
                self.content.threats,
                phase_gains(self.dataset, before.id, after.id, [t.id for t in self.content.threats]),
                strict=True,
            )
        }
        for threat in self.content.threats:
            panels: list[Panel | None] = []
            for before, after in pairs:
                gained, lost = gains[before.id, threat.id]
                caption = change_text(gained, lost)
                classes = difference_classes(
                    self.dataset.sel(phase=before.id, threat=threat.id),
                    self.dataset.sel(phase=after.id, threat=threat.id),
                )
                words = (
                    f"{before.year} to {after.year}, {threat.name}: "
                    f"gained {area_text(gained)}, lost {area_text(lost)}."
                )
                new = [a for a in self._assets(after.id) if before.id not in a.phases]
                panels.append(grid.panel(f"{after.id}-{threat.id}", classes, caption, words, new, []))
            grid.rows.append((threat.name, tuple(panels)))
        return grid.finish(tuple(f"{before.year} → {after.year}" for before, after in pairs))

    def warning(self) -> MapGrid:
        """Return the warning time of each threatened cell."""
        edges = warning_edges_min(self.dataset["warning_time"].values)
        grid = GridBuilder(self, "warning", warning_legend(edges))
        for threat in self.content.threats:
            panels: list[Panel | None] = []
            for phase in self.content.phases:
                case, row = (
                    self.dataset.sel(phase=phase.id, threat=threat.id),
                    self._rows[phase.id, threat.id],
                )
                median = minutes_text(row.median_warning_s)
                words = f"{phase.name} ({phase.year}), {threat.name}: median warning time {median}."
                sensors = [a for a in self._assets(phase.id) if a.kind == "radar"]
                classes = warning_classes(case, edges)
                panels.append(
                    grid.panel(
                        f"{phase.id}-{threat.id}",
                        classes,
                        f"median {median}",
                        words,
                        sensors,
                        self._launches(threat.id),
                    )
                )
            grid.rows.append((threat.name, tuple(panels)))
        return grid.finish(self._phase_headings())

    def sensors(self) -> MapGrid:
        """Return how many radars hold a firm track of the flight to each threatened cell."""
        ramp = palette.SENSOR_RAMP
        legend = [Category("no radar", palette.NO_SENSOR), Category("1 radar", ramp[0])]
        legend += [Category(f"{n} radars", ramp[n - 1]) for n in range(2, len(ramp))]
        legend.append(Category(f"{len(ramp)} radars or more", ramp[-1]))
        grid = GridBuilder(self, "sensors", legend)
        for threat in self.content.threats:
            panels: list[Panel | None] = []
            for phase in self.content.phases:
                case = self.dataset.sel(phase=phase.id, threat=threat.id)
                threatened, count = case["threatened"].values > 0, case["tracking_radars"].values
                seen = share(float((threatened & (count > 0)).sum()), float(threatened.sum()))
                caption = f"tracked: {percent_text(seen)} of the cells in reach"
                words = f"{phase.name} ({phase.year}), {threat.name}. {caption[:1].upper()}{caption[1:]}."
                radars = [a for a in self._assets(phase.id) if a.kind == "radar"]
                classes = count_classes(count, threatened, len(ramp))
                launches = self._launches(threat.id)
                panels.append(
                    grid.panel(f"{phase.id}-{threat.id}", classes, caption, words, radars, launches)
                )
            grid.rows.append((threat.name, tuple(panels)))
        return grid.finish(self._phase_headings())

    def _phase_headings(self) -> tuple[str, ...]:
        return tuple(f"{phase.name} · {phase.year}" for phase in self.content.phases)

    def _assets(self, phase: str) -> list[AssetMark]:
        return [asset for asset in self.content.assets if phase in asset.phases]

    def _launches(self, threat: str) -> list[LaunchPoint]:
        return [point for point in self.content.launches if point.threat == threat]

    def png(self, classes: Classes, legend: Sequence[Category]) -> bytes:
        """Return one map's palette image."""
        return image(classes, self._pixels, legend)


def _share_caption(row: CaseRow) -> str:
    if row.threatened_area_m2 <= 0:
        return "out of reach of this threat"
    return f"{percent_text(row.area_share)} of area, {percent_text(row.population_share)} of people"
