"""Accelerations against the gradient of the potential, and the tables against what they stand for."""

import mpmath
import numpy as np
import pytest

from synaspis.engine.atmosphere import density
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef
from synaspis.engine.forces import density_kg_m3, drag_acceleration, free_acceleration, height_m

# NIMA TR8350.2, third edition (2000), tables 3.1 to 3.3, typed in here again.
MU = 3.986004418e14
A = 6_378_137.0
OMEGA = 7.292115e-5
J2 = mpmath.sqrt(5) * mpmath.mpf("484.16685e-6")

METRE = 1.0
CENTIMETRE = 0.01

RNG = np.random.default_rng(20111)
PLACES = [
    np.append(direction * radius, velocity)
    for direction, radius, velocity in zip(
        (v / np.linalg.norm(v) for v in RNG.normal(size=(12, 3))),
        RNG.uniform(6.35e6, 4.2e7, 12),
        RNG.normal(scale=4_000.0, size=(12, 3)),
        strict=True,
    )
]


def potential(x, y, z):
    """Gravity with its second zonal harmonic, and the centrifugal potential of the turning frame."""
    r = mpmath.sqrt(x * x + y * y + z * z)
    legendre = (3 * (z / r) ** 2 - 1) / 2
    return MU / r * (1 - J2 * (A / r) ** 2 * legendre) + mpmath.mpf(OMEGA) ** 2 / 2 * (x * x + y * y)


@pytest.mark.parametrize("state", PLACES, ids=lambda state: f"{np.linalg.norm(state[:3]) / 1e3:.0f} km")
def test_acceleration_is_the_gradient_of_the_potential_and_coriolis(state):
    with mpmath.workdps(40):
        point = tuple(mpmath.mpf(float(c)) for c in state[:3])
        pull = [
            float(mpmath.diff(potential, point, tuple(int(k == axis) for k in range(3)))) for axis in range(3)
        ]
    coriolis = -2.0 * np.cross([0.0, 0.0, OMEGA], state[3:])
    expected = np.array(pull) + coriolis
    assert np.array(free_acceleration(*state)) == pytest.approx(
        expected, rel=0, abs=1e-13 * np.abs(expected).max() + 1e-15
    )


@pytest.mark.parametrize(
    ("latitude_deg", "gravity"), [(0.0, 9.7803253359), (45.0, 9.806199203), (90.0, 9.8321849378)]
)
def test_at_rest_on_the_ellipsoid_it_is_normal_gravity(latitude_deg, gravity):
    """WGS84 normal gravity (TR8350.2, section 4). The harmonics beyond J2 are left out: 2e-5 of it."""
    place = geodetic_to_ecef(np.radians(latitude_deg), 0.3, 0.0)
    assert np.linalg.norm(free_acceleration(*place, 0.0, 0.0, 0.0)) == pytest.approx(gravity, rel=2e-5)


def test_density_table_keeps_the_standard():
    """Worst where the slope of the standard jumps: 0.25 % at 86 km, 0.14 % at 11 km; 2e-5 elsewhere."""
    height = np.arange(1.0, 149_000.0, 37.0)
    table = np.array([density_kg_m3(h) for h in height])
    error = np.abs(table / density(height) - 1.0)
    assert error.max() < 2.6e-3
    assert np.quantile(error, 0.9) < 3e-5


def test_density_table_keeps_the_mass_of_air():
    """Which is what slows a body down: the column of each kilometre is right to 1e-4."""
    edges = np.arange(0.0, 149_000.0, 1_000.0)
    offsets = (np.arange(200) + 0.5) * 5.0
    column = [np.mean([density_kg_m3(edge + offset) for offset in offsets[::5]]) for edge in edges]
    expected = density(edges[:, None] + offsets[::5]).mean(axis=1)
    assert np.abs(np.array(column) / expected - 1.0).max() < 1e-4


def test_density_outside_the_table():
    assert (
        density_kg_m3(-300.0) == density_kg_m3(0.0) == pytest.approx(1.2250, rel=1e-5)
    )  # US 1976, sea level
    assert [density_kg_m3(h) for h in (150_000.0, 151_000.0, 4e8)] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("height", [-2_000.0, 0.0, 20_000.0, 120_000.0, 1_300_000.0])
def test_height_is_that_above_the_ellipsoid(height):
    latitude = np.radians(np.linspace(-90.0, 90.0, 37))
    place = geodetic_to_ecef(latitude, 1.0, height)
    radius = np.linalg.norm(place, axis=1)
    found = np.array([height_m(r, (z / r) ** 2) for r, z in zip(radius, place[:, 2], strict=True)])
    exact = ecef_to_geodetic(place)[2]
    assert np.abs(found - exact).max() < 6e-6 * abs(height) + CENTIMETRE


def test_drag_opposes_the_motion_through_the_turning_air():
    place = geodetic_to_ecef(0.7, -1.2, 20_000.0)
    velocity = np.array([900.0, -1_200.0, 300.0])
    state = (*place, *velocity)
    brake = np.array(drag_acceleration(*state, 1.0 / 4_000.0)) - np.array(free_acceleration(*state))
    speed = np.linalg.norm(velocity)
    # US 1976 at 20 km (printed table): 8.8910e-2 kg/m3; the height differs from 20 km by less than 0.2 m.
    size = 0.5 * 8.8910e-2 * speed**2 / 4_000.0
    assert brake == pytest.approx(-size * velocity / speed, rel=2e-4)
