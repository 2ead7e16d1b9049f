"""Who may use what in each variant of a scenario: assets on, tracks to launch on, warnings that arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from synaspis.agreement import USES, Product, Share, own_network
from synaspis.catalogue import Interceptor
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats
from synaspis.scenario.placed import PlacedAsset, Scenario

Sharing = Literal["agreements", "none", "all"]


@dataclass(frozen=True)
class Variant:
    """One state of the architecture.

    day: assets in service on it are on, agreements valid on it hold.
    excluded: ids of assets that are left out.
    partners: who takes part, all if None; the assets of others are off and they get nothing.
    sharing: by the agreements, only within each partner ("none"), or everything with everybody, as fast as
    within one partner ("all").
    """

    day: date
    excluded: frozenset[str] = frozenset()
    partners: frozenset[str] | None = None
    sharing: Sharing = "agreements"


class Architecture(NamedTuple):
    """Variants as arrays.

    radar_ids, satellite_ids, battery_ids, partner_ids: what the axes stand for, in the order of the file.
    sensor_on: (variant, radar); satellite_on: (variant, satellite); battery_on: (variant, battery).
    track_delay_s: (variant, radar, battery) from the radar to the battery; 0 for its own fire control;
    infinite where the battery may not launch on the track, or one of the two is off.
    guidance: (variant, radar, battery) whether the radar may support the interceptor up to the intercept.
    warning_delay_s: (variant, radars then satellites, partner) from the sensor to the partner; infinite where
    it gets nothing.
    """

    radar_ids: tuple[str, ...]
    satellite_ids: tuple[str, ...]
    battery_ids: tuple[str, ...]
    partner_ids: tuple[str, ...]
    sensor_on: NDArray[np.bool_]
    satellite_on: NDArray[np.bool_]
    battery_on: NDArray[np.bool_]
    track_delay_s: Floats
    guidance: NDArray[np.bool_]
    warning_delay_s: Floats


def architecture(scenario: Scenario, variants: Sequence[Variant]) -> Architecture:
    """Arrays of the variants of a scenario.

    A battery may launch on a radar in three ways. Its own fire control: at once, with guidance. Another
    radar of the same partner: after `own_network_delay`. A radar of another partner: by the best clause
    that holds on the day. The last two are cut down to what the interceptor can do with a remote track
    (`remote_use`): nothing, launch, or launch and guidance. A right to be cued lets a battery launch on
    nothing. Raises InputError for an unknown asset or partner in a variant.
    """
    faults = [fault for variant in variants for fault in _faults(scenario, variant)]
    if faults:
        raise InputError(faults)
    radars, satellites, batteries = scenario.radars, scenario.satellites, scenario.batteries
    sensor_on, satellite_on, battery_on = (_on(group, variants) for group in (radars, satellites, batteries))
    rights: dict[tuple[date, Sharing], tuple[Floats, NDArray[np.bool_], Floats]] = {}
    for variant in variants:
        key = (variant.day, variant.sharing)
        if key not in rights:
            rights[key] = (*_track_rights(scenario, *key), _warning_rights(scenario, *key))
    chosen = [rights[variant.day, variant.sharing] for variant in variants]
    both = sensor_on[:, :, None] & battery_on[:, None, :]
    takes_part = np.array(
        [
            [variant.partners is None or name in variant.partners for name in scenario.membership.partners]
            for variant in variants
        ],
        dtype=np.bool_,
    ).reshape(len(variants), len(scenario.membership.partners))
    warned = np.concatenate([sensor_on, satellite_on], axis=1)[:, :, None] & takes_part[:, None, :]
    delay, guidance, warning = (
        np.array([part[index] for part in chosen], dtype=kind)
        for index, kind in enumerate((float, bool, float))
    )
    return Architecture(
        radar_ids=tuple(asset.id for asset in radars),
        satellite_ids=tuple(asset.id for asset in satellites),
        battery_ids=tuple(asset.id for asset in batteries),
        partner_ids=scenario.membership.partners,
        sensor_on=sensor_on,
        satellite_on=satellite_on,
        battery_on=battery_on,
        track_delay_s=np.where(both, delay.reshape(both.shape), np.inf),
        guidance=both & guidance.reshape(both.shape),
        warning_delay_s=np.where(warned, warning.reshape(warned.shape), np.inf),
    )


def _faults(scenario: Scenario, variant: Variant) -> list[Fault]:
    assets = tuple(scenario.document.assets)
    partners = scenario.membership.partners
    unknown = sorted(variant.excluded.difference(assets))
    strangers = sorted((variant.partners or frozenset()).difference(partners))
    kinds = get_args(Sharing)
    return [
        *(
            Fault(f"there is no sharing {name!r}", remedy=nearest(name, kinds))
            for name in [str(variant.sharing)]
            if name not in kinds
        ),
        *(Fault(f"the scenario has no asset {name!r}", remedy=nearest(name, assets)) for name in unknown),
        *(
            Fault(f"the scenario has no partner {name!r}", remedy=nearest(name, partners))
            for name in strangers
        ),
    ]


def _on(assets: Sequence[PlacedAsset], variants: Sequence[Variant]) -> NDArray[np.bool_]:
    """(variant, asset) which assets are on."""
    on = [
        [
            asset.entry.serves_on(variant.day)
            and asset.id not in variant.excluded
            and (variant.partners is None or asset.owner in variant.partners)
            for asset in assets
        ]
        for variant in variants
    ]
    return np.array(on, dtype=np.bool_).reshape(len(variants), len(assets))


class _Rights:
    """Rights between partners on a day."""

    def __init__(self, scenario: Scenario, product: Product, day: date, sharing: Sharing) -> None:
        self._own = own_network(product, scenario.document.engagement.own_network_delay.si)
        self._sharing = sharing
        self._matrix: dict[tuple[str, str], Share] = {}
        if sharing == "agreements":
            self._matrix = scenario.book.share_matrix(product, day)

    def of(self, giver: str, recipient: str) -> Share | None:
        """Right of a recipient to what a giver has."""
        if giver == recipient or self._sharing == "all":
            return self._own
        return self._matrix.get((giver, recipient))


def _track_rights(scenario: Scenario, day: date, sharing: Sharing) -> tuple[Floats, NDArray[np.bool_]]:
    """Delay and guidance, (radar, battery), of all assets, on or off."""
    rights = _Rights(scenario, "track", day, sharing)
    shape = (len(scenario.radars), len(scenario.batteries))
    delay_s, guidance = np.full(shape, np.inf), np.zeros(shape, dtype=np.bool_)
    for column, battery in enumerate(scenario.batteries):
        assert isinstance(battery.item, Interceptor)
        for row, radar in enumerate(scenario.radars):
            if radar.id in battery.entry.fire_control:
                delay_s[row, column], guidance[row, column] = 0.0, True
                continue
            share = rights.of(radar.owner, battery.owner)
            if share is None or share.use is None or battery.item.remote_use == "own-sensor":
                continue
            use = min(USES.index(share.use), USES.index(battery.item.remote_use))
            if use >= USES.index("launch-on-remote"):
                delay_s[row, column] = share.delay_s
            guidance[row, column] = use >= USES.index("engage-on-remote")
    return delay_s, guidance


def _warning_rights(scenario: Scenario, day: date, sharing: Sharing) -> Floats:
    """Delay, (radars then satellites, partner), of all sensors, on or off."""
    rights = _Rights(scenario, "warning", day, sharing)
    sensors = (*scenario.radars, *scenario.satellites)
    partners = scenario.membership.partners
    shares = [[rights.of(sensor.owner, partner) for partner in partners] for sensor in sensors]
    delays = [[np.inf if share is None else share.delay_s for share in row] for row in shares]
    return np.array(delays, dtype=np.float64).reshape(len(sensors), len(partners))
