"""Items and places as the plain numbers of the engine."""

from math import inf, radians

import numpy as np
import pytest

from synaspis.core.documents import read_document
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.geography import geodesic_direct
from synaspis.scenario import (
    Scenario,
    check_scenario,
    cross_section_m2,
    interceptor_parameters,
    launcher_arrays,
    load_scenario_document,
    missile_parameters,
    new_scenario,
    radar_arrays,
    satellite_arrays,
)


@pytest.fixture(scope="module")
def small() -> Scenario:
    return check_scenario(read_document(new_scenario("small")))


@pytest.fixture(scope="module")
def europe() -> Scenario:
    return load_scenario_document("europe")


def test_missile_in_si(small: Scenario):
    item = small.missile("mrbm-2000")
    flown = missile_parameters(item)
    assert len(flown.stages) == len(item.stages)
    # Impulse over weight times 9.80665 m/s2 is exhaust speed (definition of specific impulse).
    assert flown.stages[0].exhaust_m_s == pytest.approx(item.stages[0].specific_impulse.value * 9.80665)
    assert flown.range_max_m == 2_000_000.0
    # Area of a circle of 1.25 m by hand.
    assert item.body_diameter.value == 1.25
    assert flown.body_area_m2 == pytest.approx(1.2272, abs=1e-4)


def test_interceptor_without_limits_has_infinite_ones(europe: Scenario):
    item = europe.catalogue.interceptors["sm-3-iib"]
    assert item.maximum_range is None
    envelope = interceptor_parameters(item)
    assert envelope.range_max_m == inf
    assert envelope.burnout_speed_m_s == 5500.0
    no_drag = item.model_copy(update={"ballistic_coefficient": None})
    assert interceptor_parameters(no_drag).ballistic_coefficient_kg_m2 == inf


def test_radar_range_goes_with_the_fourth_root_up_to_the_instrument(small: Scenario):
    missile = small.missile("mrbm-2000")
    forward = next(asset for asset in small.radars if asset.id == "forward-radar")
    reference = forward.item.reference_cross_section  # type: ignore[union-attr]
    ranges = []
    for factor in (1.0, 16.0, 1e9):
        section = missile.radar_cross_section.model_copy(
            update={"value": reference.value * factor, "unit": "m2"}
        )
        seen = missile.model_copy(update={"radar_cross_section": section})
        ranges.append(radar_arrays([forward], seen).range_m[0])
    # At the reference size the reference range; at 16 times the size twice that; never beyond the instrument.
    assert ranges == pytest.approx([870e3, 1740e3, 2000e3])


def test_low_bands_see_the_low_band_size(europe: Scenario):
    missile = europe.missile("mrbm-2000")
    radars = europe.catalogue.radars
    assert missile.radar_cross_section_low_band.si > missile.radar_cross_section.si
    for radar_id, low in {
        "an-tpy-2-forward": False,
        "spy-1d-v": False,
        "mpq-65": False,
        "smart-l-elr": True,
        "fylingdales-uewr": True,
        "voronezh-dm": True,
    }.items():
        wanted = missile.radar_cross_section_low_band if low else missile.radar_cross_section
        assert cross_section_m2(radars[radar_id], missile) == wanted.si, radar_id


def test_boresight_points_along_its_azimuth(small: Scenario):
    forward = next(asset for asset in small.radars if asset.id == "forward-radar")
    radars = radar_arrays([forward], small.missile("mrbm-2000"))
    # A point 1 km out on the geodesic of 105 deg (PROJ) lies ahead; 195 deg lies square to it.
    places = geodesic_direct(forward.latitude_rad, forward.longitude_rad, np.radians([105.0, 195.0]), 1000.0)
    positions = geodetic_to_ecef(places.latitude_rad, places.longitude_rad, forward.height_m)
    directions = positions - radars.position_ecef_m[0]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    assert directions @ radars.boresight_ecef[0] == pytest.approx([1.0, 0.0], abs=1e-3)
    assert radars.boresight_ecef[0] @ radars.up_ecef[0] == pytest.approx(0.0, abs=1e-12)
    assert radars.cosine_half_width[0] == pytest.approx(0.5)  # 60 deg to each side


def test_what_sees_all_round_has_no_sector(small: Scenario):
    shore = next(asset for asset in small.radars if asset.id == "shore-radar")
    radars = radar_arrays([shore], small.missile("mrbm-2000"))
    assert radars.cosine_half_width[0] == -1.0


def test_lowest_elevation_is_that_of_the_straight_line(small: Scenario):
    shore = next(asset for asset in small.radars if asset.id == "shore-radar")
    item = shore.item.model_copy(  # type: ignore[union-attr]
        update={"minimum_elevation": shore.item.minimum_elevation.model_copy(update={"value": 0.0})}  # type: ignore[union-attr]
    )
    at_sea_level = type(shore)(**{**vars(shore), "item": item, "height_m": 0.0})
    radars = radar_arrays([at_sea_level], small.missile("mrbm-2000"))
    # ITU-R P.834-9, equation 9, at 0 deg and 0 km: the ray bends by 1/1.314 deg = 0.761 deg.
    assert np.degrees(np.arcsin(radars.sine_elevation_min[0])) == pytest.approx(-0.761, abs=1e-3)


def test_satellite_stands_in_geostationary_orbit(small: Scenario):
    satellites = satellite_arrays(small.satellites)
    # Radius of the geostationary orbit, 42,164 km (textbook value).
    assert np.linalg.norm(satellites.position_ecef_m[0]) == pytest.approx(42_164e3, rel=1e-4)
    x, y, z = satellites.position_ecef_m[0]
    assert np.arctan2(y, x) == pytest.approx(radians(40.0))
    assert abs(z) < 1.0


def test_batteries_share_the_envelopes_of_their_interceptors(europe: Scenario):
    launchers = launcher_arrays(europe.batteries)
    assert len(launchers.kinds) == len(set(launchers.kind_ids)) == 7
    for battery, kind, count in zip(europe.batteries, launchers.kind, launchers.interceptors, strict=True):
        assert launchers.kind_ids[kind] == battery.item.id
        assert count == battery.entry.interceptors


def test_no_assets_make_empty_arrays(small: Scenario):
    assert radar_arrays([], small.missile("mrbm-2000")).boresight_ecef.shape == (0, 3)
    assert satellite_arrays([]).position_ecef_m.shape == (0, 3)
    assert launcher_arrays([]).kinds == ()


def test_an_asset_of_another_kind_is_refused(small: Scenario):
    with pytest.raises(TypeError, match="warning-satellite is a satellite; a radar is needed"):
        radar_arrays(small.satellites, small.missile("mrbm-2000"))
    with pytest.raises(TypeError, match="shore-battery is a battery; a satellite is needed"):
        satellite_arrays(small.batteries)
    with pytest.raises(TypeError, match="forward-radar is a radar; a battery is needed"):
        launcher_arrays(small.radars)
