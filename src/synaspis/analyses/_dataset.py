"""The coverage result as an xarray Dataset with units, names and provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from xarray.core.utils import UncachedAccessor
from xarray.plot.accessor import DatasetPlotAccessor

from synaspis import _version
from synaspis.analyses._tally import Tally
from synaspis.engagement import Gate
from synaspis.geography import Grid
from synaspis.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class CoverageRun:
    """Raw outcome of a coverage run, before it is laid on the grid.

    tallies: one a threat. without: for each phase the assets left out in turn, as (asset id, variant index)
    for radars and (asset id, battery index) for batteries.
    """

    scenario: Scenario
    grid: Grid
    cells: NDArray[np.int64]
    phases: tuple[str, ...]
    threats: tuple[str, ...]
    tallies: tuple[Tally, ...]
    radars_without: tuple[tuple[tuple[str, int], ...], ...]
    batteries_without: tuple[tuple[tuple[str, int], ...], ...]


class _Plot(DatasetPlotAccessor):
    """xarray's plots of a Dataset, and the map when it is called."""

    def __call__(self, **figure_options: Any) -> Figure:  # type: ignore[override]
        """Draw the maps of what is defended; options go to `matplotlib.pyplot.subplots`."""
        from synaspis.analyses._quicklook import quicklook

        return quicklook(self._ds, **figure_options)


class CoverageDataset(xr.Dataset):  # type: ignore[no-untyped-call]
    """A Dataset of coverage; `.plot()` draws the map of what is defended."""

    __slots__ = ()

    plot = UncachedAccessor(_Plot)


_ATTRS: dict[str, tuple[str, str]] = {
    "threatened": ("1", "reached by at least one launch point"),
    "defended": ("1", "every launch point that reaches it can be engaged"),
    "shots": ("1", "shots that fit in, worst launch point, battery with most"),
    "gate": ("1", "how far the engagement came, worst launch point"),
    "warning_time": ("s", "first report at the owner to impact, worst launch point"),
    "tracking_radars": ("1", "radars with a firm track, worst launch point"),
    "country": ("1", "index into the attribute codes; -1 is sea"),
    "land": ("1", "the centre of the cell is land"),
    "territory": ("1", "land to be defended"),
    "cell_area": ("m2", "area of the cell on the ellipsoid"),
    "population": ("1", "inhabitants of cities of 15,000 and more"),
    "threatened_area": ("m2", "territory that the threat reaches"),
    "defended_area": ("m2", "territory that the threat reaches and that is defended"),
    "threatened_population": ("1", "city inhabitants in reach of the threat"),
    "defended_population": ("1", "city inhabitants in reach of the threat and defended"),
    "median_warning_time": ("s", "half of the threatened population is warned longer"),
    "contribution_area": ("m2", "defended area lost without the asset"),
    "contribution_population": ("1", "defended city inhabitants lost without the asset"),
    "defended_fraction": ("1", "share of the territory in reach of the launch point that is defended"),
    "launch_name": ("1", "name of the launch point"),
    "launch_latitude": ("degrees_north", "latitude of the launch point"),
    "launch_longitude": ("degrees_east", "longitude of the launch point"),
}


def assemble(run: CoverageRun, **settings: Any) -> CoverageDataset:
    """Lay the outcome of a run on its grid, add sums and attributes."""
    cube = ("phase", "threat", "latitude", "longitude")
    fields = [_fields(run, tally) for tally in run.tallies]
    data: dict[str, Any] = {
        name: (cube, np.stack([field[name] for field in fields], axis=1)) for name in fields[0]
    }
    data["threatened"] = (cube[1:], data["threatened"][1][0])
    data |= _ground(run)
    sums = [_sums(run, tally) for tally in run.tallies]
    data |= {name: (("phase", "threat"), np.stack([s[name] for s in sums], axis=1)) for name in sums[0]}
    data["threatened_area"] = ("threat", data["threatened_area"][1][0])
    data["threatened_population"] = ("threat", data["threatened_population"][1][0])
    assets, lost_area, lost_people = _contributions(run)
    if assets:
        data["contribution_area"] = (("phase", "threat", "asset"), lost_area)
        data["contribution_population"] = (("phase", "threat", "asset"), lost_people)
    data |= _launches(run)
    coords: dict[str, Any] = {
        "phase": list(run.phases),
        "threat": list(run.threats),
        "latitude": (
            "latitude",
            np.degrees(run.grid.latitude_rad),
            {"units": "degrees_north", "long_name": "latitude"},
        ),
        "longitude": (
            "longitude",
            np.degrees(run.grid.longitude_rad),
            {"units": "degrees_east", "long_name": "longitude"},
        ),
    }
    if assets:
        coords["asset"] = assets
    dataset = CoverageDataset(data, coords)
    for name, (units, long_name) in _ATTRS.items():
        if name in dataset:
            dataset[name].attrs.update(units=units, long_name=long_name)
    dataset["gate"].attrs.update(
        flag_values=np.array([int(gate) for gate in Gate], np.int8),
        flag_meanings=" ".join(gate.name.lower() for gate in Gate),
    )
    dataset["country"].attrs["codes"] = " ".join(run.grid.codes)
    document = run.scenario.document
    dataset.attrs.update(
        title=f"Coverage: {document.name}",
        scenario=document.id,
        synaspis_version=_version.VERSION,
        sharing=settings["sharing"],
        partners="all" if settings["partners"] is None else " ".join(settings["partners"]),
        shots_required=document.engagement.shots_required,
        flights_not_found=sum(tally.unflown for tally in run.tallies),
        grid_step_deg=round(float(np.degrees(run.grid.step_rad)), 9),
    )
    return dataset


def _spread(run: CoverageRun, values: NDArray[Any], fill: float) -> NDArray[Any]:
    """Lay (base, cell) values on the (base, latitude, longitude) grid."""
    out = np.full((values.shape[0], run.grid.land.size), fill, values.dtype)
    out[:, run.cells] = values
    return out.reshape(values.shape[0], *run.grid.shape)


def _fields(run: CoverageRun, tally: Tally) -> dict[str, NDArray[Any]]:
    """Maps of one threat, each (phase, latitude, longitude)."""
    hit = tally.threatened
    bases = tally.bases.size
    defended = tally.defended[tally.bases] & hit
    shown = np.where(hit & np.isfinite(tally.warning_s), tally.warning_s, np.where(hit, 0.0, np.nan))
    return {
        "threatened": _spread(run, np.broadcast_to(hit, (bases, hit.size)).astype(np.int8), 0),
        "defended": _spread(run, defended.astype(np.int8), 0),
        "shots": _spread(run, np.where(hit, tally.shots, 0).astype(np.int16), 0),
        "gate": _spread(run, tally.gate, int(Gate.NOT_THREATENED)),
        "warning_time": _spread(run, shown, np.nan),
        "tracking_radars": _spread(run, np.where(hit, tally.tracking, 0).astype(np.int16), 0),
    }


def _ground(run: CoverageRun) -> dict[str, Any]:
    grid, plane = run.grid, ("latitude", "longitude")
    own = np.zeros(grid.land.size, np.int8)
    own[run.cells] = 1
    return {
        "country": (plane, grid.country),
        "land": (plane, grid.land.astype(np.int8)),
        "territory": (plane, own.reshape(grid.shape)),
        "cell_area": (plane, grid.cell_area_m2),
        "population": (plane, grid.population),
    }


def _sums(run: CoverageRun, tally: Tally) -> dict[str, NDArray[Any]]:
    """Sums over the territory, each (phase,)."""
    people = run.grid.population.ravel()[run.cells]
    hit = tally.threatened
    defended = tally.defended[tally.bases] & hit
    bases = tally.bases.size
    return {
        "threatened_area": np.full(bases, (tally.cell_area_m2 * hit).sum()),
        "defended_area": (tally.cell_area_m2 * defended).sum(axis=1),
        "threatened_population": np.full(bases, (people * hit).sum()),
        "defended_population": (people * defended).sum(axis=1),
        "median_warning_time": np.array([_median(row[hit], people[hit]) for row in tally.warning_s]),
    }


def _median(warning_s: NDArray[np.float64], people: NDArray[np.int64]) -> float:
    """Warning time that half of the people exceed; NaN if nobody is threatened."""
    if people.sum() == 0:
        return float("nan")
    order = np.argsort(warning_s)
    at = np.searchsorted(np.cumsum(people[order]), 0.5 * people.sum())
    return float(max(warning_s[order][at], 0.0))


def _contributions(run: CoverageRun) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Assets in the order of the scenario; area and people lost without each, (phase, threat, asset).

    NaN where an asset is not in service.
    """
    named = {name for phase in (*run.radars_without, *run.batteries_without) for name, _ in phase}
    assets = [asset.id for asset in run.scenario.assets if asset.id in named]
    people = run.grid.population.ravel()[run.cells]
    area = np.full((len(run.phases), len(run.threats), len(assets)), np.nan)
    souls = area.copy()
    for t, tally in enumerate(run.tallies):
        for p, base in enumerate(tally.bases):
            held = tally.defended[base] & tally.threatened
            kept = {name: tally.defended[variant] for name, variant in run.radars_without[p]}
            kept |= {name: tally.without_battery[p, number] for name, number in run.batteries_without[p]}
            for name, still in kept.items():
                lost = held & ~still
                area[p, t, assets.index(name)] = tally.cell_area_m2[lost].sum()
                souls[p, t, assets.index(name)] = people[lost].sum()
    return assets, area, souls


def _launches(run: CoverageRun) -> dict[str, Any]:
    """Places of the launch points and the share defended against each, padded with NaN."""
    points = [run.scenario.launch_points(threat) for threat in run.threats]
    most = max(len(names) for names, _, _ in points)
    place = np.full((2, len(points), most), np.nan)
    names = np.full((len(points), most), "", dtype=object)
    share = np.full((len(run.phases), len(points), most), np.nan)
    for t, (called, latitude, longitude) in enumerate(points):
        place[0, t, : len(called)], place[1, t, : len(called)] = np.degrees(latitude), np.degrees(longitude)
        names[t, : len(called)] = called
        reached = run.tallies[t].reached_m2
        with np.errstate(invalid="ignore", divide="ignore"):
            share[:, t, : len(called)] = np.where(reached > 0.0, run.tallies[t].held_m2 / reached, np.nan)
    return {
        "launch_latitude": (("threat", "launch"), place[0]),
        "launch_longitude": (("threat", "launch"), place[1]),
        "launch_name": (("threat", "launch"), names.astype(str)),
        "defended_fraction": (("phase", "threat", "launch"), share),
    }
