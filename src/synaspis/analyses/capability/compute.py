"""The one computation behind a capability: every flight of every threat, observed once by every radar."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses._selection import chosen
from synaspis.analyses._threat_run import CHUNK, Defence, Territory, defence, territory
from synaspis.analyses.capability.capability import Capability, ThreatFlights
from synaspis.analyses.capability.rights import only
from synaspis.engagement import NEVER_S, observe
from synaspis.engagement.opportunities import Opportunities, joined, opportunities
from synaspis.engine.flight import BURNOUT, IMPACT
from synaspis.engine.parameters import Floats
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.geography import geodesic_inverse
from synaspis.scenario import Scenario, Variant, architecture, missile_parameters

Progress = Callable[[int, int, str], None]


class LaunchJob(NamedTuple):
    """One launch point of one threat against the whole territory; what a worker is handed."""

    scenario: Scenario
    threat: str
    launch: int
    shield: Defence
    land: Territory


class LaunchFlights(NamedTuple):
    """What comes of a job: the cells reached and what sensors and batteries can do about each flight.

    cell: (case,) index into the territory. impact_s: (case,). sensed_s: (case, radars then satellites) first
    firm track or report, infinite without one.
    """

    cell: NDArray[np.int64]
    impact_s: Floats
    sensed_s: Floats
    known: Opportunities | None


def compute(
    scenario: Scenario,
    phase: str,
    *,
    threats: Sequence[str] | None = None,
    step_deg: float | None = None,
    assets: Collection[str] | None = None,
    mapper: Callable[
        [Callable[[LaunchJob], LaunchFlights], Iterable[LaunchJob]], Iterator[LaunchFlights]
    ] = map,
    progress: Progress | None = None,
) -> Capability:
    """Fly every threat once and keep what any subset of the assets can do about it.

    phase: gives the day, and so the assets in service and the agreements that hold. threats: ids, all by
    default. step_deg: side of a cell in degrees, that of the scenario by default. assets: ids to take in
    whatever their dates, those in service by default. mapper: runs the launch points, in order.
    progress: told after each launch point. Raises InputError for unknown ids.
    """
    day = scenario.phase(phase).date
    names = [asset.id for asset in scenario.in_service(day)] if assets is None else list(assets)
    threat_ids = chosen("threat", threats, tuple(scenario.document.threats))
    cut = only(scenario, names, day)
    grid = cut.grid(step_deg)
    land = territory(cut, grid)
    plan = architecture(cut, [Variant(day)])
    shields = {threat: defence(cut, cut.missile(threat), plan) for threat in threat_ids}
    jobs = [
        LaunchJob(cut, threat, launch, shields[threat], land)
        for threat in threat_ids
        for launch in range(len(cut.launch_area(threat).points))
    ]
    done: dict[str, list[LaunchFlights]] = {threat: [] for threat in threat_ids}
    for number, (job, flights) in enumerate(zip(jobs, mapper(fly_launch, jobs), strict=True), start=1):
        done[job.threat].append(flights)
        if progress is not None:
            point = cut.launch_area(job.threat).points[job.launch]
            progress(number, len(jobs), f"{job.threat} from {point.name}")
    return Capability(
        scenario=cut,
        phase=phase,
        day=day,
        grid=grid,
        land=land,
        threat_ids=threat_ids,
        batteries=shields[threat_ids[0]].batteries,
        flights=tuple(_by_cell(done[threat], land.area_m2.size) for threat in threat_ids),
    )


def fly_launch(job: LaunchJob) -> LaunchFlights:
    """Fly one threat from one launch point to every cell in its range."""
    missile = missile_parameters(job.scenario.missile(job.threat))
    _, latitudes, longitudes = job.scenario.launch_points(job.threat)
    latitude, longitude = float(latitudes[job.launch]), float(longitudes[job.launch])
    fan = Fan.at(missile, latitude, longitude)
    land = job.land
    distance_m = geodesic_inverse(latitude, longitude, land.latitude_rad, land.longitude_rad).distance_m
    near = np.flatnonzero((distance_m <= missile.range_max_m) & (distance_m >= missile.range_min_m))
    lots = [_lot(job, fan, near[begin : begin + CHUNK]) for begin in range(0, near.size, CHUNK)]
    lots = [lot for lot in lots if lot.cell.size]
    if not lots:
        sensors = len(job.scenario.radars) + len(job.scenario.satellites)
        return LaunchFlights(np.zeros(0, np.int64), np.zeros(0), np.zeros((0, sensors)), None)
    return LaunchFlights(
        np.concatenate([lot.cell for lot in lots]),
        np.concatenate([lot.impact_s for lot in lots]),
        np.concatenate([lot.sensed_s for lot in lots]),
        joined([lot.known for lot in lots if lot.known is not None]),
    )


def _lot(job: LaunchJob, fan: Fan, cells: NDArray[np.int64]) -> LaunchFlights:
    shield, land = job.shield, job.land
    flown = aim(fan, land.latitude_rad[cells], land.longitude_rad[cells])
    done = np.flatnonzero(flown.status == Status.DONE)
    nodes = flown.nodes[done]
    burnout_s, impact_s = flown.summary[done, BURNOUT].copy(), flown.summary[done, IMPACT].copy()
    tracks = observe(nodes, burnout_s, shield.radars, shield.satellites)
    sensed_s = np.concatenate([tracks.firm_s, tracks.report_s], axis=1)
    known = opportunities(nodes, burnout_s, tracks, shield.batteries)
    return LaunchFlights(cells[done], impact_s, np.where(sensed_s < NEVER_S, sensed_s, np.inf), known)


def _by_cell(parts: list[LaunchFlights], cells: int) -> ThreatFlights:
    """All flights of a threat, with an index of those that end in each cell."""
    cell = np.concatenate([part.cell for part in parts])
    launch = np.repeat(np.arange(len(parts)), [part.cell.size for part in parts])
    order = np.argsort(cell, kind="stable")
    return ThreatFlights(
        cell=cell,
        launch=launch,
        impact_s=np.concatenate([part.impact_s for part in parts]),
        sensed_s=np.concatenate([part.sensed_s for part in parts]),
        known=joined([part.known for part in parts if part.known is not None]),
        first_case=np.searchsorted(cell[order], np.arange(cells + 1)).astype(np.int64),
        case=order.astype(np.int64),
    )
