"""Geodesics on WGS84 against Karney's test set (C. F. F. Karney, Test set for geodesics, 2010, CC0,
doi:10.5281/zenodo.32156).

The tolerance is that of GeographicLib's own tests of these rows.
"""

import numpy as np
import pytest

from synaspis.geography import geodesic_direct, geodesic_inverse

DEGREE = np.pi / 180.0
METRE = 1.0

# latitude, longitude, azimuth at the start; the same at the end (deg); length (m)
ROWS = (
    (
        35.60777,
        -139.44815,
        111.098748429560326,
        -11.17491,
        -69.95921,
        129.289270889708762,
        8935244.5604818305,
    ),
    (55.52454, 106.05087, 22.020059880982801, 77.03196, 197.18234, 109.112041110671519, 4105086.1713924406),
    (-21.97856, 142.59065, -32.44456876433189, 41.84138, 98.56635, -41.84359951440466, 8394328.894657671),
    (32.84994, 48.28919, 150.492927788121982, -56.28556, 202.29132, 48.113449399816759, 16727068.9438164461),
)


def turn(angle_rad: np.ndarray) -> np.ndarray:
    """Angle brought to -pi to pi."""
    return np.mod(angle_rad + np.pi, 2.0 * np.pi) - np.pi


def test_inverse_of_the_test_set():
    lat1, lon1, azi1, lat2, lon2, azi2, length_m = np.array(ROWS).T
    found = geodesic_inverse(lat1 * DEGREE, lon1 * DEGREE, lat2 * DEGREE, lon2 * DEGREE)
    assert np.abs(found.distance_m - length_m).max() < 1e-8 * METRE
    assert np.abs(turn(found.azimuth_start_rad - azi1 * DEGREE)).max() < 1e-13 * DEGREE
    assert np.abs(turn(found.azimuth_end_rad - azi2 * DEGREE)).max() < 1e-13 * DEGREE


def test_direct_of_the_test_set():
    lat1, lon1, azi1, lat2, lon2, azi2, length_m = np.array(ROWS).T
    found = geodesic_direct(lat1 * DEGREE, lon1 * DEGREE, azi1 * DEGREE, length_m)
    assert np.abs(found.latitude_rad - lat2 * DEGREE).max() < 1e-13 * DEGREE
    assert np.abs(turn(found.longitude_rad - lon2 * DEGREE)).max() < 1e-13 * DEGREE
    assert np.abs(turn(found.azimuth_rad - azi2 * DEGREE)).max() < 1e-13 * DEGREE


@pytest.mark.parametrize(
    ("start_deg", "end_deg", "length_m", "tolerance_m"),
    [
        ((40.6, -73.8), (49.01666667, 2.55), 5853226.0, 0.5),
        ((88.202499451857, 0.0), (-88.202499451857, 179.981022032992859592), 20003898.214, 5e-4),
        ((0.0, 0.0), (0.0, 179.5), 19980862.0, 0.5),
        ((0.0, 0.0), (0.0, 180.0), 20003931.0, 0.5),
    ],
    ids=["JFK to LHR", "nearly antipodal", "equator nearly antipodal", "equator antipodal"],
)
def test_hard_cases_of_geographiclib(start_deg, end_deg, length_m, tolerance_m):
    """From the tests GeodSolve0, 6, 9 and 33 of GeographicLib (https://geographiclib.sourceforge.io)."""
    found = geodesic_inverse(*np.radians(start_deg), *np.radians(end_deg))
    assert float(found.distance_m) == pytest.approx(length_m, abs=tolerance_m)


def test_azimuths_of_the_hard_cases():
    found = geodesic_inverse(
        [40.6 * DEGREE, 0.0],
        [-73.8 * DEGREE, 0.0],
        [49.01666667 * DEGREE, 0.0],
        [2.55 * DEGREE, 179.5 * DEGREE],
    )
    assert np.degrees(found.azimuth_start_rad) == pytest.approx([53.47022, 55.96650], abs=5e-6)
    assert np.degrees(found.azimuth_end_rad) == pytest.approx([111.59367, 124.03350], abs=5e-6)


def test_direct_case_of_geographiclib():
    """GeodSolve1: 5,850 km from JFK at 53.5 degrees."""
    found = geodesic_direct(40.63972222 * DEGREE, -73.77888889 * DEGREE, 53.5 * DEGREE, 5_850_000.0)
    degrees = np.degrees([found.latitude_rad, found.longitude_rad, found.azimuth_rad])
    assert degrees == pytest.approx([49.01467, 2.56106, 111.62947], abs=5e-6)
