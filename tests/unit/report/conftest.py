"""A made-up study of the agreed shape: circles around interceptors, so that every expected number can be
reckoned by hand.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import shapely
import xarray as xr

from synaspis.engagement.gates import Gate
from synaspis.geography import Countries, Grid, geodesic_inverse
from synaspis.report import (
    AssetMark,
    Assumption,
    Comparison,
    LaunchPoint,
    Outlines,
    Phase,
    ReportContent,
    Source,
    Threat,
)

ALLIES = [
    *("AL", "BE", "BG", "CZ", "DE", "DK", "EE", "ES", "FR", "GB", "GR", "HR", "HU"),
    *("IS", "IT", "LT", "LU", "LV", "NL", "NO", "PL", "PT", "RO", "SI", "SK", "TR"),
]
PHASES = (
    Phase("p1", "Phase 1", "2011", "One radar and a ship."),
    Phase("p2", "Phase 2", "2015"),
    Phase("p3", "Phase 3", "2018"),
    Phase("p4", "Phase 4, cancelled", "2020", cancelled=True),
)
THREATS = (
    Threat("near", "Class of 1300 km", "a 1300 km missile", "north-west", "a1"),
    Threat("middle", "Class of 2000 km", "a 2000 km missile", "north-west", "a1"),
    Threat("far", "Class of 3500 km", "a 3500 km missile", "north-west", "a1"),
)
REACH_KM = {"near": 1300.0, "middle": 2000.0, "far": 3500.0}
ALWAYS = frozenset({"p1", "p2", "p3", "p4"})
ASSETS = (
    AssetMark(
        "radar-east", "Radar east", "radar", "TR", 38.35, 37.79, ALWAYS, "East", "an-tpy-2", "2011 to now"
    ),
    AssetMark(
        "ship-south", "Ship south", "ship", "US", 36.0, 20.0, ALWAYS, "South", "sm-3-ia", "2011 to now", "12"
    ),
    AssetMark(
        "shore-one",
        "Shore one",
        "interceptor",
        "RO",
        44.08,
        24.42,
        frozenset({"p2", "p3", "p4"}),
        "sm-3-ib",
        "2015 to now",
        "24",
    ),
    AssetMark(
        "shore-two",
        "Shore two",
        "interceptor",
        "PL",
        54.48,
        17.10,
        frozenset({"p3", "p4"}),
        "sm-3-iia",
        "2018 to now",
        "24",
    ),
    AssetMark("watch", "Watch", "satellite", "US", 0.0, 10.0, ALWAYS, "", "geo"),
)
RADIUS_KM = {"ship-south": 500.0, "shore-one": 700.0, "shore-two": 1100.0}
LAUNCH = (38.1, 46.3)


def _distance_km(grid: Grid, latitude_deg: float, longitude_deg: float) -> np.ndarray:
    latitude, longitude = np.meshgrid(grid.latitude_rad, grid.longitude_rad, indexing="ij")
    start = np.radians([latitude_deg, longitude_deg])
    return geodesic_inverse(start[0], start[1], latitude, longitude).distance_m / 1e3


def _case(grid: Grid, own: np.ndarray, phase: Phase, threat: Threat) -> dict[str, np.ndarray]:
    away = _distance_km(grid, *LAUNCH)
    threatened = own & (away <= REACH_KM[threat.id])
    shots = np.zeros(grid.shape, dtype=np.int16)
    for asset in ASSETS:
        if asset.id in RADIUS_KM and phase.id in asset.phases:
            shots += _distance_km(grid, asset.latitude_deg, asset.longitude_deg) <= RADIUS_KM[asset.id]
    shots[~threatened] = 0
    near = [shots > 0, away < 700, away < 1500, away < 2600]
    gate = np.select(
        near, [Gate.ENGAGED, Gate.TOO_LOW, Gate.TRACK_TOO_LATE, Gate.OUT_OF_REACH], Gate.NOT_SEEN
    )
    return {
        "threatened": threatened.astype(np.int8),
        "defended": (shots > 0).astype(np.int8),
        "shots": shots,
        "gate": gate.astype(np.int8),
        "tracking_radars": np.where(threatened, (away < 1500.0).astype(np.int16), 0),
        "warning_time": np.where(threatened, 120.0 + 0.2 * away, np.nan),
    }


def synthetic_dataset(step_deg: float) -> xr.Dataset:
    grid = Grid.over(34.0, 72.0, -25.0, 45.0, step_deg)
    own = grid.of_countries(ALLIES)
    cells = {
        name: np.array([[_case(grid, own, p, t)[name] for t in THREATS] for p in PHASES])
        for name in ("threatened", "defended", "shots", "gate", "warning_time", "tracking_radars")
    }
    space = ("latitude", "longitude")
    dataset = xr.Dataset(
        {name: (("phase", "threat", *space), values) for name, values in cells.items()},
        coords={
            "phase": [p.id for p in PHASES],
            "threat": [t.id for t in THREATS],
            "latitude": np.degrees(grid.latitude_rad),
            "longitude": np.degrees(grid.longitude_rad),
            "asset": [a.id for a in ASSETS],
        },
    )
    dataset["threatened"] = dataset["threatened"].isel(phase=0)
    dataset["territory"] = (space, own.astype(np.int8))
    dataset["land"] = (space, grid.land.astype(np.int8))
    dataset["cell_area"] = (space, grid.cell_area_m2)
    dataset["population"] = (space, grid.population)
    for name in ("threatened", "defended"):
        dataset[f"{name}_area"] = (dataset[name] * dataset["cell_area"]).sum(space)
        dataset[f"{name}_population"] = (dataset[name] * dataset["population"]).sum(space)
    dataset["median_warning_time"] = dataset["warning_time"].median(space)
    lost = np.array(
        [
            [[1e11 * (1 + i) * (a.id in RADIUS_KM and p.id in a.phases) for a in ASSETS] for i in range(3)]
            for p in PHASES
        ]
    )
    dataset["contribution_area"] = (("phase", "threat", "asset"), lost)
    dataset["contribution_population"] = (("phase", "threat", "asset"), lost * 1e-4)
    return dataset


def outlines() -> Outlines:
    countries = Countries.load()

    def rings(codes: list[str]) -> tuple[np.ndarray, ...]:
        parts = shapely.get_parts([countries.polygons(code) for code in codes])
        return tuple(np.asarray(part.exterior.coords)[:, ::-1] for part in parts)

    return Outlines(rings(ALLIES), rings([c for c in countries.codes if c not in ALLIES]))


@lru_cache(maxsize=2)
def synthetic_content(step_deg: float) -> ReportContent:
    return ReportContent(
        dataset=synthetic_dataset(step_deg),
        title="Europe, made up",
        question="What does the shared defence of Europe cover from 2011 to 2020?",
        summary="Circles around interceptors; no physics.",
        phases=PHASES,
        threats=THREATS,
        assets=ASSETS,
        launches=tuple(LaunchPoint(t.id, "Tabriz", *LAUNCH) for t in THREATS),
        outlines=outlines(),
        assumptions=(
            Assumption(
                "Interceptor SM-3 IA",
                "burnout speed",
                "3.0",
                "km/s",
                "estimated",
                "2.7 to 3.5",
                "3.5 km/s (Butt, Postol)",
                "",
                ("a1",),
            ),
            Assumption(
                "Radar AN/TPY-2",
                "reference range",
                "870",
                "km",
                "derived",
                "820 to 970",
                "1,500 km (NRC)",
                "At 0.01 m2.",
                ("b2",),
            ),
            Assumption(
                "Radar AN/TPY-2",
                "firm track time",
                "20",
                "s",
                "assumed",
                "10 to 40",
                "",
                "Chosen as two looks a second apart.",
            ),
        ),
        comparisons=(
            Comparison("2,000 km reach Romania", "ACA 2016", "reaches 1,827 km", True, "", ("b2",)),
            Comparison(
                "Phase 2 covers Romania",
                "White House 2009",
                "covers 71 %",
                False,
                "The radar horizon hides low flights.",
                ("a1",),
            ),
        ),
        limits=("No account of decoys or saturation.", "Interceptors are envelopes."),
        sources=(
            Source("a1", "Author, Title, Publisher, 2015", "https://example.org/a"),
            Source("b2", "Author & Co, <Radar>, 2012"),
        ),
        manifest={"version": "0.1.0", "command": "synaspis study europe --out out/europe", "seeds": {}},
    )


@pytest.fixture(scope="session")
def content() -> ReportContent:
    return synthetic_content(1.0)
