"""The maps of a study for geographic programs and globes: areas by class, assets, launch points, sample
paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import cache
from math import radians

import numpy as np
import shapely
import xarray as xr
from numpy.typing import NDArray

from synaspis.engagement.gates import Gate
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.gateways import (
    Area,
    Marks,
    NotCarried,
    Place,
    Track,
    left_out,
    merge_cells,
    to_czml,
    to_geojson,
    to_kml,
)
from synaspis.report import palette
from synaspis.report.content import ReportContent
from synaspis.report.rasters import gates_present
from synaspis.scenario import Scenario

_ASSET_COLOUR = "#1d2733"
_LAUNCH_COLOUR = "#8c1d18"
_PATH_COLOUR = "#8c1d18"


class Layers:
    """Areas, places and paths of one study; each is made when first asked for."""

    def __init__(self, content: ReportContent, scenario: Scenario) -> None:
        self.content, self.scenario, self.dataset = content, scenario, content.dataset
        self.provenance = f"Synaspis {content.manifest.get('version', '')}, scenario {scenario.id}".strip()

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield name and text of the files of the study: GeoJSON and KML of each case, paths of each
        threat.
        """
        for phase in self.content.phases:
            for threat in self.content.threats:
                stem = f"defended-{phase.id}-{threat.id}"
                yield f"{stem}.geojson", self.geojson(phase.id, threat.id)
                yield f"{stem}.kml", self.kml(phase.id, threat.id)
        for threat in self.content.threats:
            yield f"paths-{threat.id}.czml", self.czml_paths(threat.id)

    def geojson(self, phase: str, threat: str) -> str:
        """Return one case as GeoJSON."""
        return to_geojson(self.marks(phase, threat), self.areas(phase, threat), self.places(phase, threat))

    def kml(self, phase: str, threat: str) -> str:
        """Return one case as KML."""
        return to_kml(self.marks(phase, threat), self.areas(phase, threat), self.places(phase, threat))

    def czml(self, phase: str, threat: str) -> str:
        """Return one case as CZML, with sample paths."""
        return to_czml(
            self.marks(phase, threat),
            self.areas(phase, threat),
            self.places(phase, threat),
            self.tracks(threat),
        )

    def left_out(self, format: str, phase: str, threat: str) -> tuple[NotCarried, ...]:
        """Return what a format, geojson, kml or czml, does not carry of one case."""
        tracks = self.tracks(threat) if format == "czml" else ()
        areas, places = self.areas(phase, threat), self.places(phase, threat)
        return left_out(format, self.marks(phase, threat), areas, places, tracks)

    def czml_paths(self, threat: str) -> str:
        """Return the sample paths of a threat as CZML."""
        marks = Marks(f"Sample paths: {self._threat_name(threat)}", provenance=self.provenance)
        return to_czml(marks, tracks=self.tracks(threat))

    def marks(self, phase: str, threat: str) -> Marks:
        """Return what the product of a case says of itself."""
        name = next(p.name for p in self.content.phases if p.id == phase)
        return Marks(
            f"{self.content.question}: {name}, {self._threat_name(threat)}", provenance=self.provenance
        )

    @cache  # noqa: B019
    def areas(self, phase: str, threat: str) -> tuple[Area, ...]:
        """Return what is defended in a case, and what is not, by the gate that closed it."""
        case = self.dataset.sel(phase=phase, threat=threat)
        threatened, defended = case["threatened"].values > 0, case["defended"].values > 0
        classes = [("defended", "Defended", palette.DEFENDED_TWICE, defended)]
        gate = case["gate"].values
        for entry in gates_present(self.dataset):
            wanted = threatened & ~defended & (gate == entry.value)
            if wanted.any():
                category = Gate(entry.value).name.lower().replace("_", "-")
                classes.append((category, f"Not defended: {entry.label}", entry.colour, wanted))
        return tuple(self._area(phase, threat, case, *each) for each in classes)

    def _area(
        self,
        phase: str,
        threat: str,
        case: xr.Dataset,
        category: str,
        name: str,
        colour: str,
        wanted: NDArray[np.bool_],
    ) -> Area:
        area_km2 = float((case["cell_area"].values * wanted).sum() / 1e6)
        people = int((case["population"].values * wanted).sum())
        return Area(
            name=name,
            category=category,
            shape=self._outline(wanted),
            phase=phase,
            properties={"threat": threat, "area_km2": round(area_km2, 1), "population": people},
            colour=colour,
            opacity=0.5,
        )

    def _outline(self, wanted: NDArray[np.bool_]) -> shapely.MultiPolygon:
        latitude, longitude = (np.radians(self.dataset[name].values) for name in ("latitude", "longitude"))
        step = float(latitude[1] - latitude[0]) if latitude.size > 1 else None
        return merge_cells(wanted, latitude, longitude, step)

    def places(self, phase: str, threat: str) -> tuple[Place, ...]:
        """Return the assets in service and the launch points of a case."""
        day = self.scenario.phase(phase).date
        assets = tuple(
            Place(
                name=asset.name,
                category=asset.kind,
                latitude_rad=asset.latitude_rad,
                longitude_rad=asset.longitude_rad,
                height_m=asset.height_m,
                phase=phase,
                begin=asset.entry.in_service,
                end=asset.entry.out_of_service,
                properties={"owner": asset.owner, "item": asset.item.id},
                colour=_ASSET_COLOUR,
            )
            for asset in self.scenario.in_service(day)
        )
        launches = tuple(
            Place(
                name=point.name,
                category="launch-point",
                latitude_rad=radians(point.latitude_deg),
                longitude_rad=radians(point.longitude_deg),
                phase=phase,
                properties={"threat": threat},
                colour=_LAUNCH_COLOUR,
            )
            for point in self.content.launches
            if point.threat == threat
        )
        return assets + launches

    @cache  # noqa: B019
    def tracks(self, threat: str) -> tuple[Track, ...]:
        """Return a sample path from each launch point of a threat to the middle of the territory in its
        reach.

        The middle is the threatened cell nearest to the mean of all of them: a picture of the geometry, not
        an aim that anybody chose. A launch point that cannot reach it has no path.
        """
        from synaspis.analyses.fly import fly_to

        aim = self._middle(threat)
        if aim is None:
            return ()
        missile = self.scenario.missile(threat)
        first = self.scenario.phase(self.content.phases[0].id).date
        epoch = datetime.combine(first, time(), UTC)
        tracks = []
        for point in (p for p in self.content.launches if p.threat == threat):
            start = radians(point.latitude_deg), radians(point.longitude_deg)
            flight = fly_to(missile, *start, *aim)
            if flight.ephemeris is not None:
                about = {"threat": threat}
                tracks.append(
                    Track(f"From {point.name}", "sample-path", flight.ephemeris, epoch, about, _PATH_COLOUR)
                )
        return tuple(tracks)

    def _middle(self, threat: str) -> tuple[float, float] | None:
        """Return latitude and longitude (rad) of the threatened cell nearest to the mean; None without
        one.
        """
        hit = self.dataset["threatened"].sel(threat=threat).values > 0
        latitude, longitude = (np.radians(self.dataset[name].values) for name in ("latitude", "longitude"))
        rows, columns = np.nonzero(hit)
        if rows.size == 0:
            return None
        cells = geodetic_to_ecef(latitude[rows], longitude[columns], np.zeros(rows.size))
        nearest = int(np.argmin(np.linalg.norm(cells - cells.mean(axis=0), axis=1)))
        return float(latitude[rows[nearest]]), float(longitude[columns[nearest]])

    def _threat_name(self, threat: str) -> str:
        return next(t.name for t in self.content.threats if t.id == threat)
