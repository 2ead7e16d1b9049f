"""From a raid and a defence to the shots that are possible: flights, tracks, launches, intercepts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses._threat_run import Defence, defence
from synaspis.analyses.raid.document import Group, RaidDocument
from synaspis.core.errors import Fault, InputError
from synaspis.engagement import NEVER_S, Gate, engage, observe
from synaspis.engagement.shooting import PossibleShots, possible_shots
from synaspis.engine.flight import BURNOUT, IMPACT
from synaspis.engine.parameters import Floats
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import (
    Architecture,
    Scenario,
    Variant,
    architecture,
    launcher_arrays,
    missile_parameters,
)


@dataclass(frozen=True, eq=False)
class GroupShots:
    """What a defence can do against one missile of a group; times from its launch.

    launch_s, intercept_s: (battery, slot), NEVER_S where there is no shot. looks: (battery,) shots that can
    follow each other. gate: why there is none, or ENGAGED.
    """

    id: str
    group: Group
    flight_time_s: float
    launch_s: Floats
    intercept_s: Floats
    looks: NDArray[np.int64]
    gate: Gate


@dataclass(frozen=True, eq=False)
class Field:
    """All shots that are possible in a raid, in the order of their launch; times from its beginning.

    groups: in the order of the raid. group_of: (missile,) index. class_of: (missile,) index into `classes`,
    ids of catalogue missiles. missile, battery: (shot,) indices. launch_s, intercept_s: (shot,).
    battery_ids, owners, interceptors: (battery,) all of the scenario. stock: (battery,) 0 where it is off.
    assess_s: (battery,). end_s: last impact.
    """

    groups: tuple[GroupShots, ...]
    group_of: NDArray[np.int64]
    classes: tuple[str, ...]
    class_of: NDArray[np.int64]
    missile: NDArray[np.int64]
    battery: NDArray[np.int64]
    launch_s: Floats
    intercept_s: Floats
    battery_ids: tuple[str, ...]
    owners: tuple[str, ...]
    interceptors: tuple[str, ...]
    stock: NDArray[np.int64]
    assess_s: Floats
    end_s: float


def field_of(scenario: Scenario, raid: RaidDocument, variant: Variant) -> Field:
    """Fly a raid against a scenario in one state.

    Raises InputError that names every group that cannot reach its aim point.
    """
    plan = architecture(scenario, [variant])
    groups = _groups(scenario, raid, plan)
    launchers = launcher_arrays(scenario.batteries)
    stock = np.where(plan.battery_on[0], launchers.interceptors, 0)
    classes = tuple(dict.fromkeys(scenario.threat(each.group.threat).missile for each in groups))
    group_of = np.repeat(np.arange(len(groups)), [each.group.count for each in groups])
    begin_s = np.concatenate([
        each.group.first_launch.si + each.group.spacing.si * np.arange(each.group.count) for each in groups
    ])  # fmt: skip
    parts = []
    for number, (index, start) in enumerate(zip(group_of, begin_s, strict=True)):
        each = groups[index]
        battery, slot = np.nonzero(each.launch_s < NEVER_S)
        parts.append(
            np.stack([
                np.full(battery.size, float(number)), battery.astype(np.float64),
                start + each.launch_s[battery, slot], start + each.intercept_s[battery, slot],
            ])
        )  # fmt: skip
    shots = np.concatenate(parts, axis=1)
    order = np.lexsort((shots[1], shots[0], shots[2]))
    missile, battery, launch_s, intercept_s = shots[:, order]
    return Field(
        groups=groups,
        group_of=group_of,
        classes=classes,
        class_of=np.array([classes.index(scenario.threat(groups[i].group.threat).missile) for i in group_of]),
        missile=missile.astype(np.int64),
        battery=battery.astype(np.int64),
        launch_s=launch_s,
        intercept_s=intercept_s,
        battery_ids=plan.battery_ids,
        owners=tuple(asset.owner for asset in scenario.batteries),
        interceptors=tuple(asset.item.id for asset in scenario.batteries),
        stock=stock,
        assess_s=launchers.assess_s,
        end_s=float(max(start + groups[i].flight_time_s for i, start in zip(group_of, begin_s, strict=True))),
    )


def _groups(scenario: Scenario, raid: RaidDocument, plan: Architecture) -> tuple[GroupShots, ...]:
    shields: dict[str, Defence] = {}
    waits_s = launcher_arrays(scenario.batteries).assess_s
    found, faults = [], []
    for name, group in raid.missiles.items():
        missile = scenario.missile(group.threat)
        if missile.id not in shields:
            shields[missile.id] = defence(scenario, missile, plan)
        shield = shields[missile.id]
        names, latitudes, longitudes = scenario.launch_points(group.threat)
        at = names.index(group.launch_point)
        fan = Fan.at(missile_parameters(missile), float(latitudes[at]), float(longitudes[at]))
        flights = aim(fan, np.array([group.aim.latitude.si]), np.array([group.aim.longitude.si]))
        if flights.status[0] != Status.DONE:
            what = f"{missile.id} from {group.launch_point} cannot reach {group.aim.name}"
            why = Status(int(flights.status[0])).sentence
            faults.append(Fault(f"{what}: {why}", where=f"missiles.{name}.aim"))
            continue
        burnout_s = flights.summary[:, BURNOUT].copy()
        tracks = observe(flights.nodes, burnout_s, shield.radars, shield.satellites)
        batteries = shield.batteries._replace(assess_s=waits_s)
        shots: PossibleShots = possible_shots(flights.nodes, burnout_s, tracks, batteries, shield.rights)
        gate = engage(flights.nodes, burnout_s, tracks, batteries, shield.rights).gate[0, 0]
        found.append(
            GroupShots(
                name, group, float(flights.summary[0, IMPACT]), shots.launch_s[0], shots.intercept_s[0],
                shots.looks[0], Gate(int(gate)),
            )
        )  # fmt: skip
    if faults:
        raise InputError(faults)
    return tuple(found)
