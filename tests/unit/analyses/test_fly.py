"""One flight: the JSON that others build on, states that hold together, reach, and lofted flights everywhere.

Distances are from GeographicLib, heights and places from PROJ: two programs apart from the engine.
"""

import json
import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from pyproj import Transformer

from synaspis.analyses.fly import Flight, fly_lofted, fly_to
from synaspis.catalogue import Catalogue, load_catalogue
from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_J2, EARTH_MU_M3_S2, EARTH_ROTATION_RAD_S
from synaspis.core.errors import InputError
from synaspis.engine.status import Status

KM, METRE, SECOND = 1e3, 1.0, 1.0
TO_GEODETIC = Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
TO_ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
KEYS = [
    "status",
    "burnout",
    "apogee_m",
    "range_m",
    "time_of_flight_s",
    "impact",
    "miss_m",
]
# Class, launch and aim point in degrees: both hemispheres, east, west, over the pole and the 180th meridian.
PATHS = {
    "southern Africa": ("srbm-300", (-33.9, 18.4), (-32.0, 19.5)),
    "Baltic, eastward": ("srbm-700", (54.0, 20.0), (50.0, 26.0)),
    "over the antimeridian": ("mrbm-1300", (5.0, 179.0), (2.0, -172.0)),
    "westward": ("mrbm-2000", (38.08, 46.29), (44.43, 26.10)),
    "southern, westward": ("irbm-3500", (-35.0, -60.0), (-20.0, -85.0)),
    "over the pole": ("irbm-3500", (80.0, 10.0), (70.0, -120.0)),
    "from the pole": ("irbm-3500", (90.0, 0.0), (65.0, 100.0)),
    "along the equator": ("icbm-10000", (0.0, 0.0), (0.0, -60.0)),
    "far over the antimeridian": ("icbm-10000", (10.0, 170.0), (20.0, -110.0)),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def flights(catalogue: Catalogue) -> dict[str, Flight]:
    return {
        name: fly_to(catalogue.missiles[missile], *map(math.radians, (*start, *end)))
        for name, (missile, start, end) in PATHS.items()
    }


def lofted(
    catalogue: Catalogue, apogee_km: float, range_km: float, place: tuple[float, float, float]
) -> Flight:
    """place: latitude, longitude, azimuth in degrees."""
    latitude, longitude, azimuth = map(math.radians, place)
    booster = catalogue.missiles["notional-loft"]
    return fly_lofted(booster, apogee_km * KM, range_km * KM, azimuth, latitude, longitude)


def heights_m(positions: np.ndarray) -> np.ndarray:
    return np.asarray(TO_GEODETIC.transform(*positions.T)[2])


def jacobi_j_kg(flight: Flight) -> np.ndarray:
    """Energy in the turning frame at the nodes above 140 km after burnout, J/kg: constant without drag.

    The engine leaves the air out above a sphere that lies 113 to 134 km above the ellipsoid.
    v^2 / 2 - (mu / r) (1 - J2 (a / r)^2 (3 sin^2 - 1) / 2) - (omega rho)^2 / 2.
    """
    path = flight.ephemeris
    assert path is not None
    free = (heights_m(path.position_ecef_m) > 140 * KM) & (path.time_s >= flight.burnout_s)
    position, velocity = path.position_ecef_m[free], path.velocity_ecef_m_s[free]
    radius = np.linalg.norm(position, axis=1)
    flattening = EARTH_J2 * (EARTH_EQUATORIAL_RADIUS_M / radius) ** 2
    bulge = 1.0 - 0.5 * flattening * (3.0 * (position[:, 2] / radius) ** 2 - 1.0)
    spin = 0.5 * EARTH_ROTATION_RAD_S**2 * (position[:, :2] ** 2).sum(axis=1)
    energy: np.ndarray = 0.5 * (velocity**2).sum(axis=1) - EARTH_MU_M3_S2 / radius * bulge - spin
    return energy


@pytest.mark.parametrize("name", PATHS)
def test_range_is_the_geodesic_of_the_two_places(flights, name):
    flight, (_, start, end) = flights[name], PATHS[name]
    assert flight.status == Status.DONE
    assert flight.range_m == pytest.approx(Geodesic.WGS84.Inverse(*start, *end)["s12"], abs=100 * METRE)
    impact = [math.degrees(flight.impact_latitude_rad), math.degrees(flight.impact_longitude_rad)]
    aim_ecef = np.array(TO_ECEF.transform(end[1], end[0], 0.0))
    miss_m = np.linalg.norm(aim_ecef - TO_ECEF.transform(impact[1], impact[0], 0.0))
    assert flight.miss_m < 100 * METRE
    assert flight.miss_m == pytest.approx(miss_m, abs=0.01 * METRE)


@pytest.mark.parametrize("name", PATHS)
def test_states_and_events_belong_together(flights, name):
    flight, (_, start, _) = flights[name], PATHS[name]
    path = flight.ephemeris
    position, velocity = path.at(flight.burnout_s)
    assert np.abs(position - flight.burnout_position_ecef_m).max() < 1e-3 * METRE
    assert np.abs(velocity - flight.burnout_velocity_ecef_m_s).max() < 1e-6
    assert flight.burnout_speed_m_s == pytest.approx(float(np.linalg.norm(velocity)), abs=1e-6)
    assert flight.burnout_height_m == pytest.approx(float(heights_m(position[None])[0]), abs=1e-3)
    assert path.time_s[0] == 0.0
    assert path.time_s[-1] == flight.time_of_flight_s == path.events["impact"]
    assert np.abs(path.position_ecef_m[0] - TO_ECEF.transform(start[1], start[0], 0.0)).max() < 1e-6
    assert heights_m(path.position_ecef_m)[-1] == pytest.approx(0.0, abs=0.01 * METRE)
    known = [
        path.events[event]
        for event in ("burnout", "apogee", "reentry_100_km", "impact")
        if event in path.events
    ]
    assert known == sorted(known)
    # Cubics between nodes, 20 to 100 s apart, leave some metres of height at the top.
    dense = heights_m(path.at(np.linspace(0.0, path.time_s[-1], 20_000))[0])
    assert flight.apogee_m == pytest.approx(dense.max(), abs=20 * METRE)


@pytest.mark.parametrize("name", [name for name in PATHS if PATHS[name][0] != "srbm-300"])
def test_energy_is_kept_from_burnout_to_the_air(flights, name):
    """0.05 J/kg at 4 km/s is 12 micrometres a second; the class of 300 km never leaves the air."""
    energy = jacobi_j_kg(flights[name])
    assert energy.size > 40
    assert np.ptp(energy) < 0.05


def test_json_has_the_keys_that_others_build_on(flights):
    flight = flights["westward"]
    assert list(flight.to_dict()) == KEYS
    document = json.loads(json.dumps(flight.to_dict(ephemeris=True), allow_nan=False))
    assert list(document) == [*KEYS, "ephemeris"]
    assert document["status"] == "done"
    assert list(document["burnout"]) == [
        "time_s",
        "altitude_m",
        "speed_m_s",
        "position_ecef_m",
        "velocity_ecef_m_s",
    ]
    assert list(document["impact"]) == ["latitude_deg", "longitude_deg", "time_s"]
    assert document["impact"]["latitude_deg"] == pytest.approx(44.43, abs=1e-3)
    assert document["impact"]["longitude_deg"] == pytest.approx(26.10, abs=1e-3)
    assert document["impact"]["time_s"] == document["time_of_flight_s"]
    rows = np.array(document["ephemeris"])
    assert rows.shape[1] == 7
    assert np.all(np.diff(rows[:, 0]) > 0.0)
    burnout = document["burnout"]
    (row,) = rows[rows[:, 0] == burnout["time_s"]]
    assert row[1:4].tolist() == burnout["position_ecef_m"]
    assert row[4:7].tolist() == burnout["velocity_ecef_m_s"]
    # Columns are position and velocity of one motion: chords of the path point along the mean velocity.
    chord = np.diff(rows[:, 1:4], axis=0) / np.diff(rows[:, 0])[:, None]
    mean = 0.5 * (rows[1:, 4:7] + rows[:-1, 4:7])
    assert np.abs(chord - mean)[rows[1:, 0] > burnout["time_s"]].max() < 100.0


@pytest.mark.parametrize(
    ("missile", "end", "status", "reason"),
    [
        ("srbm-300", (55.0, 10.0), "beyond_reach", "choose a longer-range class"),
        ("icbm-10000", (52.0, 10.0), "below_minimum_range", "choose a shorter-range class"),
        ("mrbm-1300", (50.0, 10.0), "below_minimum_range", "choose a shorter-range class"),
    ],
    ids=["too far", "too near", "on itself"],
)
def test_no_flight_has_the_same_keys_and_says_why(catalogue, missile, end, status, reason):
    flight = fly_to(catalogue.missiles[missile], *map(math.radians, (50.0, 10.0, *end)))
    document = json.loads(json.dumps(flight.to_dict(ephemeris=True)))
    assert document.pop("status") == status
    assert reason in document.pop("reason")
    assert document == dict.fromkeys([*KEYS[1:], "ephemeris"])


def test_what_is_no_place_is_refused_all_at_once(catalogue):
    missile = catalogue.missiles["mrbm-1300"]
    with pytest.raises(InputError, match="latitude_rad: nan rad is not a finite number") as caught:
        fly_to(missile, math.nan, 46.0, 0.5, math.inf)
    faults = {fault.where: str(fault) for fault in caught.value.faults}
    assert list(faults) == ["latitude_rad", "longitude_rad", "to_longitude_rad"]
    assert faults["longitude_rad"] == (
        "longitude_rad: 46 rad is beyond 6.2832 rad. 46 degrees are 0.802851 rad."
    )
    with pytest.raises(InputError, match=r"to_latitude_rad: 91 rad is beyond 1\.5708 rad"):
        fly_to(missile, 0.6, 0.8, 91.0, 0.8)


# Latitude, longitude, azimuth in degrees; westward in high latitudes is the hardest of them.
PLACES = [(40.0, 127.0, 75.0), (-35.0, -60.0, 250.0), (5.0, 179.0, 80.0)]
WESTWARD = (60.0, -179.0, 300.0)
ARCS = [(80, 50), (80, 400), (150, 200), (150, 800), (300, 60), (300, 3000), (700, 1600), (700, 10000)]
ARCS += [(1300, 50), (1300, 6000), (2500, 400), (2500, 14000), (4500, 960), (4500, 3000), (6300, 50)]
ARCS += [(6300, 400), (6300, 800), (6300, 10000)]
LOFTED = [(*arc, WESTWARD) for arc in ARCS] + [(*arc, PLACES[n % 3]) for n, arc in enumerate(ARCS)]


@pytest.mark.parametrize(("apogee_km", "range_km", "place"), LOFTED)
def test_lofted_flights_have_the_apogee_and_range_asked_for(catalogue, apogee_km, range_km, place):
    flight = lofted(catalogue, apogee_km, range_km, place)
    assert flight.status == Status.DONE, flight.status.sentence
    assert flight.apogee_m == pytest.approx(apogee_km * KM, abs=200 * METRE)
    top = heights_m(flight.ephemeris.at(flight.ephemeris.events["apogee"])[0][None])[0]
    assert top == pytest.approx(apogee_km * KM, abs=200 * METRE)
    assert flight.miss_m < 100 * METRE
    path = Geodesic.WGS84.Inverse(
        *place[:2], math.degrees(flight.impact_latitude_rad), math.degrees(flight.impact_longitude_rad)
    )
    assert path["s12"] == pytest.approx(range_km * KM, abs=100 * METRE)
    assert flight.range_m == pytest.approx(path["s12"], abs=1e-3 * METRE)
    aside_deg = (path["azi1"] - place[2] + 180.0) % 360.0 - 180.0
    assert abs(math.radians(aside_deg)) * path["s12"] < 110 * METRE
    energy = jacobi_j_kg(flight)
    assert energy.size == 0 or np.ptp(energy) < 0.2
    assert 20 * SECOND < flight.burnout_s < 300 * SECOND


@pytest.mark.parametrize(
    ("apogee_km", "range_km", "status"),
    [
        (20, 1000, Status.NO_SUCH_FLIGHT),
        (80, 1600, Status.NO_SUCH_FLIGHT),
        (150, 10000, Status.NO_SUCH_FLIGHT),
        (20_000, 1000, Status.BEYOND_REACH),
        (1000, 20_003, Status.BEYOND_REACH),
        (1000, 1e6, Status.BEYOND_REACH),
        (60_000, 1000, Status.NO_IMPACT),
        (1e9, 1000, Status.NO_IMPACT),
        (1e-3, 1000, Status.NO_SUCH_FLIGHT),
    ],
)
def test_impossible_flights_get_a_status(catalogue, apogee_km, range_km, status):
    """Too flat, faster than the booster can, more than half around the Earth, almost an escape."""
    flight = lofted(catalogue, apogee_km, range_km, (40.0, 127.0, 75.0))
    assert flight.status == status
    assert flight.to_dict()["reason"] == status.sentence
    assert flight.ephemeris is None


def test_lofted_flights_of_nothing_are_refused(catalogue):
    booster = catalogue.missiles["notional-loft"]
    with pytest.raises(InputError, match="3 faults") as caught:
        fly_lofted(booster, 0.0, -5e3, math.nan, 0.7, 2.0)
    assert [str(fault) for fault in caught.value.faults] == [
        "apogee_m: 0 km; it must be above 0 km",
        "range_m: -5 km; it must be above 0 km",
        "azimuth_rad: nan rad is not a finite number",
    ]


def test_every_status_is_a_sentence_for_people():
    for status in Status:
        assert len(status.sentence) > 20
