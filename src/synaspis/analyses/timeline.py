"""One flight against a defence: who sees it, who may use the track, who can engage, what stopped the rest.

The flight may be our own or an ephemeris handed over by a partner, who need not show the model behind it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import inf
from typing import Any

import numpy as np

from synaspis.analyses._threat_run import Defence, defence
from synaspis.catalogue import Missile
from synaspis.core.errors import Fault, InputError
from synaspis.engagement import NEVER_S, Gate, Rights, engage, observe
from synaspis.engine.ephemeris import Ephemeris
from synaspis.engine.parameters import Floats
from synaspis.scenario import PlacedAsset, Scenario, Sharing, Variant, architecture

_NODES = 400
"""Nodes that an ephemeris is resampled to: 2 s apart for a flight of 13 minutes."""


@dataclass(frozen=True)
class RadarLine:
    """What one radar gets; times in s after launch, None where there is none.

    seen_s: first in view. firm_s, lost_s: from when to when it holds a firm track.
    """

    asset: str
    owner: str
    seen_s: float | None
    firm_s: float | None
    lost_s: float | None


@dataclass(frozen=True)
class SatelliteLine:
    """When one satellite reports the launch, s after launch; None if it does not."""

    asset: str
    owner: str
    report_s: float | None


@dataclass(frozen=True)
class BatteryLine:
    """What one battery can do; times in s after launch, None where there is none.

    gate: how far it came. shots: that fit in. earliest_s, latest_s: of the first and last possible intercept.
    """

    asset: str
    owner: str
    gate: Gate
    shots: int
    earliest_s: float | None
    latest_s: float | None


@dataclass(frozen=True)
class Timeline:
    """The engagement of one flight in one phase; assets in the order of the scenario file."""

    phase: str
    impact_s: float
    radars: tuple[RadarLine, ...]
    satellites: tuple[SatelliteLine, ...]
    batteries: tuple[BatteryLine, ...]

    @property
    def engaged(self) -> bool:
        """Whether some battery can engage the flight."""
        return any(line.gate == Gate.ENGAGED for line in self.batteries)

    def to_dict(self) -> dict[str, Any]:
        """The timeline as JSON can hold it; each gate by name and sentence."""
        plain = {"phase": self.phase, "engaged": self.engaged, "impact_s": self.impact_s}
        plain["radars"] = [asdict(line) for line in self.radars]
        plain["satellites"] = [asdict(line) for line in self.satellites]
        plain["batteries"] = [
            asdict(line) | {"gate": line.gate.name.lower(), "reason": line.gate.sentence}
            for line in self.batteries
        ]
        return plain


def timeline(
    scenario: Scenario, phase_id: str, flight: Ephemeris, missile: Missile, *, sharing: Sharing = "agreements"
) -> Timeline:
    """Follow one flight through the defence of a phase.

    flight: from launch (time 0) to impact; without the event `burnout` no satellite reports it, and it counts
    as burnt out from its first node. missile: gives the radar cross-sections. sharing: by the agreements,
    none, or all.
    Raises InputError for an unknown phase.
    """
    day = scenario.phase(phase_id).date
    plan = architecture(scenario, [Variant(day, sharing=sharing)])
    shield = defence(scenario, missile, plan)
    nodes, burnout_s = _nodes(flight)
    tracks = observe(nodes, burnout_s, shield.radars, shield.satellites)
    alone = _one_battery_each(shield)
    answer = engage(nodes, burnout_s, tracks, shield.batteries, alone, shield.required)
    reported = "burnout" in flight.events
    return Timeline(
        phase_id,
        float(flight.time_s[-1]),
        tuple(
            RadarLine(asset.id, asset.owner, *(_time(times[0, k]) for times in tracks[:3]))
            for k, asset in _on(scenario.radars, plan.sensor_on[0])
        ),
        tuple(
            SatelliteLine(asset.id, asset.owner, _time(tracks.report_s[0, k]) if reported else None)
            for k, asset in _on(scenario.satellites, plan.satellite_on[0])
        ),
        tuple(
            BatteryLine(
                asset.id, asset.owner, Gate(int(answer.gate[k, 0])), int(answer.shots[k, 0]),
                _time(answer.earliest_s[k, 0]), _time(answer.latest_s[k, 0]),
            )
            for k, asset in _on(scenario.batteries, plan.battery_on[0])
        ),
    )  # fmt: skip


def _on(assets: tuple[PlacedAsset, ...], on: np.ndarray) -> list[tuple[int, PlacedAsset]]:
    return [(k, asset) for k, asset in enumerate(assets) if on[k]]


def _time(time_s: float) -> float | None:
    return None if abs(time_s) >= NEVER_S else float(time_s)


def _nodes(flight: Ephemeris) -> tuple[Floats, Floats]:
    """The flight as one case of the kernels: evenly spaced nodes and the time of burnout."""
    if flight.time_s[-1] - flight.time_s[0] <= 0.0:
        raise InputError(Fault("the flight has no duration", remedy="Give at least two nodes."))
    time_s = np.linspace(flight.time_s[0], flight.time_s[-1], _NODES)
    position, velocity = flight.at(time_s)
    nodes = np.concatenate([time_s[None, :], position.T, velocity.T])[None]
    return np.ascontiguousarray(nodes), np.array([flight.events.get("burnout", float(flight.time_s[0]))])


def _one_battery_each(shield: Defence) -> Rights:
    """Rights of as many variants as there are batteries, each with that battery alone."""
    count, on = shield.batteries.commit_s.size, shield.rights
    return Rights(
        np.repeat(on.radar_on, count, axis=0),
        np.eye(count, dtype=bool) & on.battery_on,
        np.repeat(np.where(np.isfinite(on.track_delay_s), on.track_delay_s, inf), count, axis=0),
        np.repeat(on.guidance, count, axis=0),
    )
