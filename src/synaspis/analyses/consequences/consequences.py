"""Whom an intercept touches beside those who fight: who is flown over, and where the fragments come down.

Places alone: no effect of what falls is computed, and no flight is chosen for where it falls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil, isfinite
from typing import Final

import numpy as np
import shapely

from synaspis.analyses._threat_run import defence, territory
from synaspis.analyses.assumptions import assumption
from synaspis.analyses.consequences.document import DebrisDocument, load_debris
from synaspis.analyses.consequences.fall import FallArea, Spread, fall_areas
from synaspis.analyses.consequences.ground import Overflight, area_m2, beneath, overflown, people_in
from synaspis.analyses.consequences.intercepts import Approach, Meetings, approach, meetings_from
from synaspis.analyses.consequences.layer import fall_layer
from synaspis.analyses.consequences.result import ConsequencesResult, Fall, Group
from synaspis.engine.earth import ecef_to_geodetic
from synaspis.engine.parameters import Interceptor
from synaspis.gateways.cells import cut_at_meridian
from synaspis.geography import Countries
from synaspis.scenario import (
    PlacedAsset,
    Scenario,
    Sharing,
    Variant,
    architecture,
    launcher_arrays,
    missile_parameters,
)

Progress = Callable[[int, int, str], None]

LOOKED_AT: Final = 60
"""Flights of a group that are followed to the ground, evenly through it; the others fall between them."""
TRACK_POINTS: Final = 80
TRACK_STEP_S: Final = 1.0
"""Nodes of a flight are up to 11 s apart, in which it could pass over a small country unseen."""


def consequences(
    scenario: Scenario,
    phase: str,
    threat: str,
    *,
    sharing: Sharing = "agreements",
    step_deg: float | None = None,
    debris: DebrisDocument | None = None,
    progress: Progress | None = None,
) -> ConsequencesResult:
    """Overflight and fall areas of the intercepts of one phase against one threat.

    sharing: by the agreements, none, or all. step_deg: side of a cell in degrees, that of the scenario by
    default. debris: what is assumed of fragments, the file of the package by default. progress: told after
    each launch point.
    Raises InputError for an unknown phase or threat, or a step that does not fit the region.
    """
    day = scenario.phase(phase).date
    item = scenario.missile(threat)
    debris = load_debris(scenario) if debris is None else debris
    grid = scenario.grid(step_deg)
    land = territory(scenario, grid)
    shield = defence(scenario, item, architecture(scenario, [Variant(day, sharing=sharing)]))
    kinds = launcher_arrays(scenario.batteries)
    spread = _spread(debris)
    missile = missile_parameters(item)
    groups, areas, flown, engaged = [], [], 0, 0
    names, latitudes, longitudes = scenario.launch_points(threat)
    for number, name in enumerate(names):
        place = (float(latitudes[number]), float(longitudes[number]))
        met, count = meetings_from(missile, place, land, shield)
        flown += count
        for battery, meetings in met.items():
            engaged += meetings.time_s.size
            asset = scenario.batteries[battery]
            group, fallen = _group(
                name, asset, kinds.kinds[kinds.kind[battery]], meetings,
                missile.ballistic_coefficient_kg_m2, spread,
            )  # fmt: skip
            groups.append(group)
            areas.append((group, fallen))
        if progress is not None:
            progress(number + 1, len(names), f"{threat} from {name}")
    return ConsequencesResult(
        scenario.id,
        phase,
        threat,
        sharing,
        flown,
        engaged,
        tuple(groups),
        _standings(scenario, zip(latitudes, longitudes, strict=True), groups),
        fall_layer(scenario, areas, grid.step_rad),
        tuple(
            assumption("Fragments", name.replace("_", " "), getattr(debris, name))
            for name in ("velocity_change", "ballistic_coefficient")
        ),
    )


def _spread(debris: DebrisDocument) -> Spread:
    lightest, heaviest = debris.ends_si("ballistic_coefficient")
    return Spread(debris.ends_si("velocity_change")[1], lightest, heaviest)


def _group(
    launch: str,
    asset: PlacedAsset,
    interceptor: Interceptor,
    meetings: Meetings,
    missile_kg_m2: float,
    spread: Spread,
) -> tuple[Group, dict[str, list[FallArea | None]]]:
    """One group, with the fall area of each body of each intercept that was followed."""
    looked = meetings.thinned(LOOKED_AT)
    ways = [approach(interceptor, asset, position) for position in looked.position]
    reached = [way for way in ways if way is not None]
    own = interceptor.ballistic_coefficient_kg_m2
    states = np.array([way.state for way in reached]).reshape(-1, 6)
    fallen: dict[str, list[FallArea | None]] = {
        "missile": fall_areas(looked.missile_state, missile_kg_m2, spread),
        "interceptor": fall_areas(states, own if isfinite(own) else spread.heaviest_kg_m2, spread),
    }
    heights = meetings.position[:, 2]
    return Group(
        launch,
        asset.id,
        asset.owner,
        _host(asset),
        meetings.time_s.size,
        looked.time_s.size,
        (float(heights.min()), float(heights.max())),
        tuple((float(lon), float(lat)) for lat, lon in np.degrees(looked.position[:, :2])),
        _missile_track(looked),
        _interceptor_track(reached),
        tuple(_fall(body, each) for body, each in fallen.items() if any(each)),
    ), fallen


def _host(asset: PlacedAsset) -> str | None:
    countries = Countries.load()
    index = int(countries.country_at(asset.latitude_rad, asset.longitude_rad))
    return None if asset.at_sea or index < 0 else countries.codes[index]


def _missile_track(meetings: Meetings) -> tuple[Overflight, ...]:
    """Countries below the missiles up to the intercept, looked at every `TRACK_STEP_S` and at its end."""
    parts = []
    for nodes, end_s in zip(meetings.nodes, meetings.time_s, strict=True):
        count = max(2, ceil((end_s - nodes[0, 0]) / TRACK_STEP_S) + 1)
        at_s = np.linspace(nodes[0, 0], end_s, count)
        parts.append(np.column_stack([np.interp(at_s, nodes[0], row) for row in nodes[1:4]]))
    latitude, longitude, height = ecef_to_geodetic(np.concatenate(parts))
    return overflown(latitude, longitude, height)


def _interceptor_track(ways: Sequence[Approach]) -> tuple[Overflight, ...]:
    if not ways:
        return ()
    tracks = [np.stack([way.latitude_rad, way.longitude_rad, way.altitude_m]) for way in ways]
    thinned = [
        track[:, np.unique(np.linspace(0, track.shape[1] - 1, TRACK_POINTS).round().astype(int))]
        for track in tracks
    ]
    return overflown(*np.concatenate(thinned, axis=1))


def _fall(body: str, areas: Sequence[FallArea | None]) -> Fall:
    """All fall areas of one kind of body together."""
    down = [area for area in areas if area is not None]
    whole = cut_at_meridian(shapely.union_all([cut_at_meridian(area.shape) for area in down]))
    grounds = beneath(whole)
    return Fall(
        body,
        whole,
        area_m2(whole),
        float(np.median([area_m2(area.shape) for area in down])),
        grounds,
        people_in(whole),
        len(areas) - len(down),
    )


def _standings(
    scenario: Scenario, launches: Iterable[tuple[float, float]], groups: Sequence[Group]
) -> dict[str, str]:
    """What each country that is touched is in this case; the first that fits."""
    countries = Countries.load()
    at = [int(countries.country_at(latitude, longitude)) for latitude, longitude in launches]
    launching = {countries.codes[index] for index in at if index >= 0}
    partners = scenario.document.partners
    owners = {partners[group.owner].country for group in groups}
    hosts = {group.host for group in groups}
    members = {partner.country for partner in partners.values()}
    touched = {
        over.country for group in groups for over in (*group.missile_over, *group.interceptor_over)
    } | {ground.country for group in groups for fall in group.falls for ground in fall.countries}
    ranks = (("launching", launching), ("owner", owners), ("host", hosts), ("partner", members))
    return {code: next((rank for rank, codes in ranks if code in codes), "third") for code in sorted(touched)}
