"""From catalogue items and placed assets to the tuples of plain numbers that the engine takes."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, pi
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis import catalogue
from synaspis.core.constants import STANDARD_GRAVITY_M_S2
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.engine.parameters import Floats, Interceptor, Missile, Radars, Satellites, Stage
from synaspis.engine.sensing import apparent_to_geometric_elevation, scaled_range
from synaspis.scenario.placed import PlacedAsset

LOW_BANDS: Final = ("VHF", "UHF", "L")
"""Bands in which a target has its low-band cross-section: its size is near the wavelength or smaller."""


class Launchers(NamedTuple):
    """Batteries as arrays, one entry a battery.

    position_ecef_m: (battery, 3).
    kind: (battery,) index into `kinds` and `kind_ids`, the interceptors that occur, each once.
    commit_s: from a firm track to launch. assess_s: from an intercept to the next launch.
    homing_s: before intercept, from when no radar is needed. interceptors: ready to launch.
    """

    position_ecef_m: Floats
    kind: NDArray[np.int64]
    kinds: tuple[Interceptor, ...]
    kind_ids: tuple[str, ...]
    commit_s: Floats
    assess_s: Floats
    homing_s: Floats
    interceptors: NDArray[np.int64]


def missile_parameters(item: catalogue.Missile) -> Missile:
    """Flight parameters of a missile of the catalogue."""
    stages = tuple(
        Stage(
            stage.burn_time.si,
            stage.propellant_mass.si,
            stage.dry_mass.si,
            stage.specific_impulse.si * STANDARD_GRAVITY_M_S2,
        )
        for stage in item.stages
    )
    return Missile(
        stages=stages,
        payload_kg=item.payload_mass.si,
        body_area_m2=0.25 * pi * item.body_diameter.si**2,
        drag_coefficient=item.drag_coefficient.si,
        ballistic_coefficient_kg_m2=item.ballistic_coefficient.si,
        vertical_rise_s=item.vertical_rise_time.si,
        range_max_m=item.class_range.si,
        range_min_m=item.minimum_range.si,
        steering=item.steering,
    )


def interceptor_parameters(item: catalogue.Interceptor) -> Interceptor:
    """Kinematic envelope of an interceptor of the catalogue."""
    coefficient, longest = item.ballistic_coefficient, item.maximum_range
    return Interceptor(
        burnout_speed_m_s=item.burnout_speed.si,
        burnout_s=item.burnout_time.si,
        ballistic_coefficient_kg_m2=inf if coefficient is None else coefficient.si,
        altitude_min_m=item.minimum_altitude.si,
        altitude_max_m=item.maximum_altitude.si,
        range_max_m=inf if longest is None else longest.si,
        flight_s_max=item.maximum_flight_time.si,
        elevation_min_rad=item.minimum_elevation.si,
    )


def cross_section_m2(radar: catalogue.Radar, missile: catalogue.Missile) -> float:
    """Cross-section of what re-enters in the band of a radar: one value to 2 GHz (VHF, UHF, L), one above."""
    low = radar.band in LOW_BANDS
    return (missile.radar_cross_section_low_band if low else missile.radar_cross_section).si


def radar_arrays(radars: Sequence[PlacedAsset], missile: catalogue.Missile) -> Radars:
    """Radars against one missile class, in the order given.

    radars: assets that are radars, possibly none. missile: gives the cross-section, per band of the radar.
    The range is that of the reference target scaled by the fourth root of the cross-sections, at most the
    instrumented range. Elevation limits are those of the beam; the lower one is turned into the elevation
    of the straight line to the target by ITU-R P.834-9 at the height of the radar. The upper one is left:
    above 10 deg the ray bends by less than 0.1 deg.
    """
    items = [_radar(asset) for asset in radars]
    latitude, longitude, height = _places(radars)
    east, north, up = local_axes_ecef(latitude, longitude)
    sees_all = np.array([not np.isfinite(asset.boresight_rad) for asset in radars], dtype=np.bool_)
    # What sees all round looks north by convention; its half width of 180 deg makes that irrelevant.
    azimuth = np.array(
        [0.0 if not np.isfinite(asset.boresight_rad) else asset.boresight_rad for asset in radars]
    )
    half_width = np.where(sees_all, pi, [item.azimuth_half_width.si for item in items])
    lowest = apparent_to_geometric_elevation([item.minimum_elevation.si for item in items], height)
    return Radars(
        position_ecef_m=geodetic_to_ecef(latitude, longitude, height),
        east_ecef=east,
        north_ecef=north,
        up_ecef=up,
        boresight_ecef=np.cos(azimuth)[:, None] * north + np.sin(azimuth)[:, None] * east,
        range_m=scaled_range(
            [item.reference_range.si for item in items],
            [item.reference_cross_section.si for item in items],
            [cross_section_m2(item, missile) for item in items],
            [item.instrumented_range.si for item in items],
        ),
        sine_elevation_min=np.sin(lowest),
        sine_elevation_max=np.sin(np.array([item.maximum_elevation.si for item in items])),
        cosine_half_width=np.cos(half_width),
        firm_track_s=np.array([item.firm_track_time.si for item in items], dtype=np.float64),
    )


def satellite_arrays(satellites: Sequence[PlacedAsset]) -> Satellites:
    """Infrared satellites in the order given.

    satellites: assets that are satellites, possibly none. One in a high elliptic orbit stands at its apogee.
    """
    items = [_satellite(asset) for asset in satellites]
    return Satellites(
        position_ecef_m=geodetic_to_ecef(*_places(satellites)),
        cloud_break_m=np.array([item.cloud_break_altitude.si for item in items], dtype=np.float64),
        observation_s=np.array([item.observation_time.si for item in items], dtype=np.float64),
        report_delay_s=np.array([item.report_delay.si for item in items], dtype=np.float64),
    )


def launcher_arrays(batteries: Sequence[PlacedAsset]) -> Launchers:
    """Batteries in the order given; batteries: assets that are batteries, possibly none."""
    items = [_interceptor(asset) for asset in batteries]
    kinds = {item.id: item for item in items}
    order = {item_id: number for number, item_id in enumerate(kinds)}
    return Launchers(
        position_ecef_m=geodetic_to_ecef(*_places(batteries)),
        kind=np.array([order[item.id] for item in items], dtype=np.int64),
        kinds=tuple(interceptor_parameters(item) for item in kinds.values()),
        kind_ids=tuple(kinds),
        commit_s=np.array([item.commit_delay.si for item in items], dtype=np.float64),
        assess_s=np.array([item.kill_assessment_delay.si for item in items], dtype=np.float64),
        homing_s=np.array([item.homing_time.si for item in items], dtype=np.float64),
        interceptors=np.array([asset.entry.interceptors for asset in batteries], dtype=np.int64),
    )


def _places(assets: Sequence[PlacedAsset]) -> tuple[Floats, Floats, Floats]:
    latitude = np.array([asset.latitude_rad for asset in assets], dtype=np.float64)
    longitude = np.array([asset.longitude_rad for asset in assets], dtype=np.float64)
    return latitude, longitude, np.array([asset.height_m for asset in assets], dtype=np.float64)


def _radar(asset: PlacedAsset) -> catalogue.Radar:
    if not isinstance(asset.item, catalogue.Radar):
        raise TypeError(f"{asset.id} is a {asset.kind}; a radar is needed")
    return asset.item


def _satellite(asset: PlacedAsset) -> catalogue.Satellite:
    if not isinstance(asset.item, catalogue.Satellite):
        raise TypeError(f"{asset.id} is a {asset.kind}; a satellite is needed")
    return asset.item


def _interceptor(asset: PlacedAsset) -> catalogue.Interceptor:
    if not isinstance(asset.item, catalogue.Interceptor):
        raise TypeError(f"{asset.id} is a {asset.kind}; a battery is needed")
    return asset.item
