"""Minimum-energy arcs over a sphere of 6371 km, surface to surface, against a table of the formulas' own.

Formulas: Bate, Mueller and White, Fundamentals of Astrodynamics (1971), chapter 6, and The Journal of Space
Flight (University of Iowa transcription, page 158800). The table was computed from them apart from this
program.
"""

import numpy as np
import pytest

from synaspis.engine.kepler import apogee_arc, burnout_arc, longest_range_angle, minimum_energy_arc

# range km, speed km/s, angle deg, apogee km, time s
TABLE = [
    (120, 1.0805, 44.730, 29.86, 157.3),
    (300, 1.6965, 44.326, 74.11, 251.0),
    (500, 2.1734, 43.876, 122.52, 327.4),
    (650, 2.4639, 43.539, 158.29, 376.0),
    (1000, 3.0161, 42.752, 239.94, 474.4),
    (1300, 3.4009, 42.077, 307.87, 548.5),
    (2700, 4.6630, 38.930, 598.71, 839.2),
    (3000, 4.8650, 38.255, 655.21, 895.0),
    (4600, 5.7150, 34.658, 919.85, 1171.8),
    (5500, 6.0752, 32.634, 1040.52, 1315.8),
    (7000, 6.5516, 29.262, 1194.57, 1540.3),
    (10000, 7.1981, 22.517, 1319.48, 1931.0),
    (12000, 7.4796, 18.020, 1264.51, 2143.1),
]
RADIUS_KM = 6371.0
MU_KM3_S2 = 398600.4418


@pytest.mark.parametrize(("range_km", "speed_km_s", "angle_deg", "apogee_km", "time_s"), TABLE)
def test_table_within_a_tenth_of_a_percent(range_km, speed_km_s, angle_deg, apogee_km, time_s):
    arc = minimum_energy_arc(range_km * 1e3)
    assert float(arc.speed_m_s) / 1e3 == pytest.approx(speed_km_s, rel=1e-4)
    assert float(np.degrees(arc.flight_path_angle_rad)) == pytest.approx(angle_deg, abs=1e-3)
    assert float(arc.apogee_m) / 1e3 == pytest.approx(apogee_km, abs=0.006)
    assert float(arc.time_s) == pytest.approx(time_s, abs=0.06)


@pytest.mark.parametrize("range_km", [row[0] for row in TABLE])
def test_speed_of_the_journal_of_space_flight(range_km):
    """V = sqrt(2 g R H / (R + H)) with H = R sin(phi / 2): another algebra than the program's ellipse."""
    rise = RADIUS_KM * np.sin(range_km / RADIUS_KM / 2.0)
    gravity = MU_KM3_S2 / RADIUS_KM**2
    speed = np.sqrt(2.0 * gravity * RADIUS_KM * rise / (RADIUS_KM + rise))
    assert float(minimum_energy_arc(range_km * 1e3).speed_m_s) / 1e3 == pytest.approx(speed, rel=1e-12)


def test_no_other_apogee_needs_less_speed():
    ranges = np.array([row[0] for row in TABLE]) * 1e3
    best = minimum_energy_arc(ranges)
    for factor in (0.97, 1.03):
        assert np.all(apogee_arc(factor * best.apogee_m, ranges).speed_m_s > best.speed_m_s)


# h km, v km/s, angle deg, central angle deg, ground range km, time s, apogee km, longest central angle deg,
# its angle deg
SYMMETRIC = [
    (100, 2.0, 45, 3.84404296913, 427.438076, 313.995254367, 210.3988501, 3.84620766162, 44.0384480846),
    (100, 4.5, 38, 22.663785446, 2520.09796, 803.991211804, 643.7384638, 22.6887073233, 39.3278231692),
    (200, 6.0, 30, 49.6984346891, 5526.2138, 1315.40053358, 1157.632011, 49.91369293, 32.5215767675),
]


@pytest.mark.parametrize(
    ("height_km", "speed_km_s", "angle_deg", "central", "range_km", "time_s", "apogee_km", "longest", "best"),
    SYMMETRIC,
)
def test_burnout_state_rows(
    height_km, speed_km_s, angle_deg, central, range_km, time_s, apogee_km, longest, best
):
    """Computed in 40 digits from Q = v^2 r / mu, apart from this program."""
    arc = burnout_arc(height_km * 1e3, speed_km_s * 1e3, np.radians(angle_deg))
    assert float(np.degrees(arc.range_m / 6371e3)) == pytest.approx(central, rel=1e-10)
    assert float(arc.range_m) / 1e3 == pytest.approx(range_km, rel=1e-8)
    assert float(arc.time_s) == pytest.approx(time_s, rel=1e-10)
    assert float(arc.apogee_m) / 1e3 == pytest.approx(apogee_km, rel=1e-8)
    angle, reach = longest_range_angle(height_km * 1e3, speed_km_s * 1e3)
    assert float(np.degrees(reach)) == pytest.approx(longest, rel=1e-10)
    assert float(np.degrees(angle)) == pytest.approx(best, rel=1e-10)


def test_bate_mueller_white_examples():
    """Chapter 6 in canonical units (R = 1, mu = 1), recomputed to more digits than the book's chart has."""
    radius = 6371e3
    unit = np.sqrt(3.986004418e14 / radius)
    _, reach = longest_range_angle(0.0749146 * radius, 0.93691271 * unit)
    assert float(np.degrees(reach)) == pytest.approx(126.54638, abs=2e-4)
    arc = burnout_arc(0.025 * radius, 1.0817 * unit, np.radians(39.33112))
    assert float(np.degrees(arc.range_m / radius)) == pytest.approx(128.6821875, abs=2e-4)
