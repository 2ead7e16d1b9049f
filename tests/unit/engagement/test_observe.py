"""When radars hold a flight and satellites report it, against a slow look at the same flights.

The slow look takes the dense trajectory every quarter of a second and asks each limit by its angle.
"""

from itertools import groupby
from math import degrees, radians
from typing import NamedTuple

import numpy as np
import pytest

from synaspis.engagement import NEVER_S, observe
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.engine.parameters import Floats, Radars, Satellites

NO_SATELLITES = Satellites(np.zeros((0, 3)), np.zeros(0), np.zeros(0), np.zeros(0))


class Site(NamedTuple):
    """A radar, in degrees and kilometres."""

    latitude: float
    longitude: float
    range_km: float
    boresight: float = 0.0
    half_width: float = 180.0
    low: float = 0.0
    high: float = 90.0
    firm_s: float = 10.0


def arrays(sites: list[Site]) -> Radars:
    """Radars as the kernel takes them."""
    latitude = np.radians([site.latitude for site in sites])
    longitude = np.radians([site.longitude for site in sites])
    east, north, up = local_axes_ecef(latitude, longitude)
    azimuth = np.radians([site.boresight for site in sites])[:, None]
    return Radars(
        position_ecef_m=geodetic_to_ecef(latitude, longitude, 0.0),
        east_ecef=east, north_ecef=north, up_ecef=up,
        boresight_ecef=np.cos(azimuth) * north + np.sin(azimuth) * east,
        range_m=1e3 * np.array([site.range_km for site in sites]),
        sine_elevation_min=np.sin(np.radians([site.low for site in sites])),
        sine_elevation_max=np.sin(np.radians([site.high for site in sites])),
        cosine_half_width=np.cos(np.radians([site.half_width for site in sites])),
        firm_track_s=np.array([site.firm_s for site in sites]),
    )  # fmt: skip


def sees(site: Site, position: Floats) -> list[bool]:
    """Whether a radar sees places (place, 3): by angles in its horizon, one limit after the other."""
    here = geodetic_to_ecef(radians(site.latitude), radians(site.longitude), 0.0)
    east, north, up = local_axes_ecef(radians(site.latitude), radians(site.longitude))
    line = position - here
    distance = np.linalg.norm(line, axis=1)
    elevation = np.degrees(np.arcsin(line @ up / distance))
    azimuth = np.degrees(np.arctan2(line @ east, line @ north))
    off = np.abs((azimuth - site.boresight + 180.0) % 360.0 - 180.0)
    inside = (distance <= 1e3 * site.range_km) & (elevation >= site.low) & (elevation <= site.high)
    return list(inside & (off <= site.half_width))


SITES = {
    "forward": Site(38.35, 37.79, 1_000.0, boresight=105.0, half_width=60.0, low=3.0, high=85.0, firm_s=20.0),
    "sideways": Site(
        38.35, 37.79, 1_500.0, boresight=200.0, half_width=45.0, low=2.0, high=80.0, firm_s=15.0
    ),
    "rotating": Site(44.08, 24.42, 900.0, low=1.0, high=70.0, firm_s=12.0),
    "long": Site(36.6, 23.7, 3_000.0, low=3.0, firm_s=60.0),
    "short": Site(39.0, 33.0, 350.0, low=10.0, high=60.0, firm_s=25.0),
    "narrow": Site(40.0, 30.0, 1_200.0, boresight=90.0, half_width=12.0, low=1.0, firm_s=5.0),
}


def stays(site, path):
    """Times at which a flight comes into view and leaves it, one pair for each stay."""
    seen = sees(site, path.position)
    runs = [[index for index, _ in run] for inside, run in groupby(enumerate(seen), lambda e: e[1]) if inside]
    return [(float(path.time_s[run[0]]), float(path.time_s[run[-1]])) for run in runs]


@pytest.mark.parametrize("name", SITES)
def test_tracks_are_those_of_the_slow_look(name, flown, paths):
    """Every time within the spacing of the nodes around it, and half of them within a second."""
    site = SITES[name]
    tracks = observe(*flown, arrays([site]), NO_SATELLITES)
    errors = []
    for case, path in enumerate(paths):
        found = tracks.seen_s[case, 0], tracks.firm_s[case, 0], tracks.lost_s[case, 0]
        looked = stays(site, path)
        if not looked:
            # A stay between two nodes may be missed by either side, no other.
            assert found[0] == NEVER_S or found[2] - found[0] < path.spacing_at(found[0])
            continue
        if all(end - begin < path.spacing_at(begin) for begin, end in looked):
            continue
        assert found[0] == pytest.approx(looked[0][0], abs=path.spacing_at(looked[0][0]))
        errors.append(abs(found[0] - looked[0][0]))
        doubt = [abs(end - begin - site.firm_s) < 2.0 * path.spacing_at(begin) for begin, end in looked]
        if any(doubt):
            continue
        long_enough = [(begin, end) for begin, end in looked if end - begin > site.firm_s]
        if not long_enough:
            assert found[1:] == (NEVER_S, NEVER_S)
            continue
        begin, end = long_enough[0]
        assert found[1] == pytest.approx(begin + site.firm_s, abs=path.spacing_at(begin))
        assert found[2] == pytest.approx(end, abs=path.spacing_at(end))
        errors += [abs(found[1] - begin - site.firm_s), abs(found[2] - end)]
    assert len(errors) > 10, "too few flights in view to say anything"
    assert np.median(errors) < 1.0


def test_a_radar_of_no_use_sees_nothing(flown):
    """Too far away; looking the other way; needing longer than any flight lasts."""
    blind = [Site(-40.0, 170.0, 5_000.0), Site(38.08, 46.29, 3e3, boresight=90.0, half_width=30.0, low=2.0)]
    tracks = observe(*flown, arrays([*blind, Site(38.35, 37.79, 3_000.0, firm_s=1e5)]), NO_SATELLITES)
    assert np.all(tracks.seen_s[:, :2] == NEVER_S)
    assert np.all(tracks.firm_s == NEVER_S)
    assert np.all(tracks.lost_s == NEVER_S)
    assert np.all(tracks.seen_s[:, 2] < NEVER_S)


def test_a_radar_sees_what_it_sees_whoever_else_looks(flown):
    """Neither the order of the radars nor that of the flights matters."""
    sites = list(SITES.values())
    forward = observe(*flown, arrays(sites), NO_SATELLITES)
    turned = np.ascontiguousarray(flown.nodes[::-1]), flown.burnout_s[::-1].copy()
    backward = observe(*turned, arrays(sites[::-1]), NO_SATELLITES)
    for one, other in zip(forward[:3], backward[:3], strict=True):
        assert one == pytest.approx(other[::-1, ::-1], abs=1e-6)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"range_km": 600.0}, {"range_km": 900.0}),
        ({"low": 8.0}, {"low": 2.0}),
        ({"high": 50.0}, {"high": 85.0}),
        ({"half_width": 40.0}, {"half_width": 70.0}),
        ({"firm_s": 40.0}, {"firm_s": 10.0}),
    ],
    ids=lambda change: "-".join(f"{k}-{v:.0f}" for k, v in change.items()),
)
def test_a_better_radar_never_sees_later(less, more, flown):
    site = SITES["forward"]
    worse = observe(*flown, arrays([site._replace(**less)]), NO_SATELLITES)
    better = observe(*flown, arrays([site._replace(**more)]), NO_SATELLITES)
    assert np.all(better.seen_s <= worse.seen_s + 1e-9)
    assert np.all(better.firm_s <= worse.firm_s + 1e-9)


def satellite(latitude, longitude, height, cloud=8_000.0, observation=20.0, delay=15.0):
    return Satellites(
        geodetic_to_ecef(*np.radians([latitude, longitude]), height)[None], np.array([cloud]),
        np.array([observation]), np.array([delay]),
    )  # fmt: skip


NO_RADARS = arrays([])
GEOSTATIONARY = 35_786e3


def test_a_satellite_reports_after_cloud_break(flown, paths):
    """Cloud break in the dense trajectory, then 20 s of watching and 15 s to report."""
    reports = observe(*flown, NO_RADARS, satellite(0.0, 60.0, GEOSTATIONARY)).report_s[:, 0]
    for report, path in zip(reports, paths, strict=True):
        clear = float(path.time_s[np.argmax(path.height > 8_000.0)])
        assert report == pytest.approx(clear + 20.0 + 15.0, abs=0.5)


@pytest.mark.parametrize(
    "eye",
    [
        pytest.param(satellite(0.0, -150.0, GEOSTATIONARY), id="below the horizon"),
        pytest.param(
            satellite(0.0, 60.0, GEOSTATIONARY, observation=80.0), id="burns out before it is seen enough"
        ),
        pytest.param(satellite(0.0, 60.0, GEOSTATIONARY, cloud=1.2e6), id="never above the clouds"),
    ],
)
def test_a_satellite_that_cannot_report(eye, flown):
    assert np.all(observe(*flown, NO_RADARS, eye).report_s == NEVER_S)


def test_the_horizon_of_a_satellite():
    """From a geostationary orbit a place arccos(6378 / 42164) = 81.3 deg away stands on the horizon."""
    edge = degrees(np.arccos(6_378.137 / 42_164.0))
    climb = np.linspace(0.0, 60.0, 40)
    nodes = np.zeros((1, 7, 40))
    nodes[0, 0] = climb
    nodes[0, 1:4] = geodetic_to_ecef(0.0, 0.0, 0.5 * 30.0 * climb**2).T
    for longitude, seen in ((edge - 0.5, True), (edge + 0.5, False)):
        tracks = observe(
            nodes, np.array([60.0]), NO_RADARS, satellite(0.0, longitude, GEOSTATIONARY, cloud=1e3)
        )
        assert (tracks.report_s[0, 0] < NEVER_S) == seen


def test_too_many_nodes_are_refused():
    with pytest.raises(ValueError, match="513 nodes a flight are too many; the kernel holds 512"):
        observe(np.zeros((1, 7, 513)), np.zeros(1), NO_RADARS, NO_SATELLITES)
