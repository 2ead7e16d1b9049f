"""What stands on the ground, for the map of a cell: assets, territory, and what the shield defends by phase.

What is defended comes from `analyses.coverage`, on a coarse grid, computed once in a process of its own with
low priority, so that no tick waits for it, and kept in the folder under the hash of its inputs.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from contextlib import suppress
from functools import cache
from math import degrees, isnan
from pathlib import Path
from typing import Any, Final

from synaspis._version import VERSION
from synaspis.catalogue import Interceptor, Radar
from synaspis.core.errors import InputError
from synaspis.core.files import write_atomically
from synaspis.engine.flyout import flyout_table
from synaspis.engine.parameters import Interceptor as Flyer
from synaspis.exercise import Loaded
from synaspis.scenario import (
    PlacedAsset,
    Scenario,
    interceptor_parameters,
    load_scenario_document,
    scenario_ids,
)
from synaspis.server.journal import Journal

STEPS_DEG: Final = (2.0, 1.0)
"""Sides of a cell of the map that are tried before that of the scenario: the first that fits its region."""

_DECIMALS: Final = 5
_SIMPLIFIED_DEG: Final = 0.05
_MAIN: Final = "import sys; from synaspis.server.cells.scene import main; main(sys.argv[1], sys.argv[2])"


class Scenes:
    """The scene of a scenario.

    scenario: what is shown. folder: where what is defended is kept. journal: is told of a failed computation.
    loaded: the exercise, if there is one; its phase is shown first.
    """

    def __init__(
        self, scenario: Scenario, folder: Path, journal: Journal, loaded: Loaded | None = None
    ) -> None:
        self.scenario, self._folder, self._journal, self.loaded = scenario, folder, journal, loaded
        self._assets = [asset_shown(asset) for asset in scenario.assets]
        self._areas: list[dict[str, Any]] | None = None
        self._defended: list[dict[str, Any]] = []
        self._computing: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._is_computed = False

    def start(self) -> None:
        """Begin to find out what is defended; on the loop."""
        self._computing = asyncio.create_task(self._compute(), name="scene")

    async def close(self) -> None:
        """End a computation that goes on still."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        if self._computing is not None:
            self._computing.cancel()
            await asyncio.gather(self._computing, return_exceptions=True)

    async def shown(self) -> dict[str, Any]:
        """The scene as JSON has it."""
        if self._areas is None:
            self._areas = await asyncio.to_thread(areas_shown, self.scenario)
        return {
            "assets": self._assets,
            "areas": self._areas,
            "defended": self._defended,
            "computing": not self._is_computed,
        }

    def session_part(self) -> dict[str, Any]:
        """Id, name and phases of the scenario, and the phase to begin with, as a session has them."""
        document = self.scenario.document
        phases = [
            {"id": name, "name": each.name, "date": each.date.isoformat()}
            for name, each in document.phases.items()
        ]
        phase = None if self.loaded is None else self.loaded.document.phase
        return {"id": document.id, "name": document.name, "phase": phase, "phases": phases}

    async def _compute(self) -> None:
        path = self._folder / f"defended-{digest_of(self.scenario)}.json"
        try:
            if not path.is_file():
                await self._run(path)
            self._defended = json.loads(await asyncio.to_thread(path.read_text, "utf-8"))
        except (OSError, ValueError) as error:
            self._journal.defect(error, "scene")
        finally:
            self._is_computed = True

    async def _run(self, path: Path) -> None:
        source = self.scenario.files[0]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _MAIN, str(source), str(path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        status = await self._process.wait()
        if status:
            self._journal.write("scene-failed", status=status)


def digest_of(scenario: Scenario) -> str:
    """Names what the defended areas follow from: the files of the scenario and the program."""
    inputs = hashlib.sha256(VERSION.encode())
    for file in scenario.files:
        inputs.update(file.read_bytes())
    return inputs.hexdigest()[:32]


def asset_shown(asset: PlacedAsset) -> dict[str, Any]:
    """An asset as the page gets it; degrees and metres."""
    item, entry = asset.item, asset.entry
    return {
        "id": asset.id,
        "name": asset.name,
        "owner": asset.owner,
        "kind": "ship" if asset.at_sea else asset.kind,
        "latitude_deg": round(degrees(asset.latitude_rad), _DECIMALS),
        "longitude_deg": round(degrees(asset.longitude_rad), _DECIMALS),
        "height_m": asset.height_m,
        "from": entry.in_service.isoformat(),
        "until": None if entry.out_of_service is None else entry.out_of_service.isoformat(),
        "volume": _volume(item, asset.boresight_rad) if isinstance(item, Radar) else None,
        "reach_m": reach_m(interceptor_parameters(item)) if isinstance(item, Interceptor) else None,
    }


def _volume(radar: Radar, boresight_rad: float) -> dict[str, float]:
    return {
        "range_m": radar.reference_range.si,
        "azimuth_deg": 0.0 if isnan(boresight_rad) else round(degrees(boresight_rad), 3),
        "sector_deg": round(2.0 * degrees(radar.azimuth_half_width.si), 3),
        "elevation_min_deg": round(degrees(radar.minimum_elevation.si), 3),
        "elevation_max_deg": round(degrees(radar.maximum_elevation.si), 3),
    }


@cache
def reach_m(parameters: Flyer) -> float | None:
    """Greatest distance along the ground at which an interceptor comes to a height that it intercepts at.

    parameters: of the engine, with the maximum range where the catalogue states one. From the same flyout
    table that engagements look up, and so of kinematics alone: no radar, no time of the target. None where
    it never comes to such a height.
    """
    farthest_m = float(flyout_table(parameters).edge_m.max())
    return round(farthest_m, -3) if farthest_m > 0.0 else None


def areas_shown(scenario: Scenario) -> list[dict[str, Any]]:
    """Territory to defend, by country, simplified to about 5 km."""
    import shapely

    from synaspis.geography import Countries

    countries = Countries.load()
    owners = {each.country: (name, each.name) for name, each in scenario.document.partners.items()}
    found = []
    for code in scenario.document.region.countries:
        owner, name = owners.get(code, ("", code))
        shape = shapely.simplify(countries.polygons(code), _SIMPLIFIED_DEG)
        found.append({"id": code.lower(), "name": name, "owner": owner, "geojson": _geometry(shape)})
    return found


def defended_shown(scenario: Scenario) -> list[dict[str, Any]]:
    """What is defended in each phase against each threat, on a coarse grid."""
    import numpy as np

    from synaspis.analyses.coverage import coverage
    from synaspis.gateways.cells import merge_cells

    dataset = coverage(scenario, contributions=False, step_deg=_step_deg(scenario))
    latitude, longitude = (np.radians(dataset[name].values) for name in ("latitude", "longitude"))
    found = []
    for phase in map(str, dataset["phase"].values):
        for threat in map(str, dataset["threat"].values):
            case = dataset["defended"].sel(phase=phase, threat=threat).transpose("latitude", "longitude")
            shape = merge_cells(case.values > 0, latitude, longitude)
            found.append({"phase": phase, "threat": threat, "geojson": _geometry(shape)})
    return found


def _step_deg(scenario: Scenario) -> float | None:
    for step_deg in STEPS_DEG:
        with suppress(InputError):
            scenario.grid(step_deg)
            return step_deg
    return None


def _geometry(shape: Any) -> dict[str, Any]:
    """A geometry of GeoJSON, with about a metre of precision; always a multipolygon."""
    parts = getattr(shape, "geoms", [shape])
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [
                [[round(x, _DECIMALS), round(y, _DECIMALS)] for x, y in ring.coords]
                for ring in (part.exterior, *part.interiors)
            ]
            for part in parts
            if not part.is_empty
        ],
    }


def main(source: str, path: str) -> None:
    """Compute what is defended in the scenario of a file, and write it to a path."""
    with suppress(OSError):
        os.nice(10)
    scenario = load_scenario_document(Path(source))
    write_atomically(Path(path), json.dumps(defended_shown(scenario), separators=(",", ":")))


def load_shown(name: str) -> Scenario:
    """Load a scenario to be shown; name: id of a packaged one, or a path. Raises InputError."""
    return load_scenario_document(name if name in scenario_ids() else Path(name))
