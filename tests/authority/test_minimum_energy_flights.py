"""Flights of the cut-off classes beside the drag-free arc of least energy.

Table 1.2 of the reference numbers: surface to surface over a sphere at rest, R = 6371 km, impulsive. A real
flight rises slowly, burns out above the ground and is braked at the end: it lasts longer by about the burning
time and flies somewhat higher. Flown northward from the equator, where the turning Earth changes least.
"""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from synaspis.catalogue import load_catalogue
from synaspis.engine.flight import APOGEE, BURNOUT, IMPACT
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import missile_parameters

KM = 1e3
# range km: speed km/s, angle deg, apogee km, time s
TABLE = {
    300: (1.6965, 44.326, 74.11, 251.0),
    1000: (3.0161, 42.752, 239.94, 474.4),
    1300: (3.4009, 42.077, 307.87, 548.5),
    2700: (4.6630, 38.930, 598.71, 839.2),
    3000: (4.8650, 38.255, 655.21, 895.0),
    4600: (5.7150, 34.658, 919.85, 1171.8),
    7000: (6.5516, 29.262, 1194.57, 1540.3),
    10000: (7.1981, 22.517, 1319.48, 1931.0),
}
CASES = [
    ("srbm-300", 300),
    ("mrbm-1300", 1000),
    ("mrbm-1300", 1300),
    ("mrbm-2000", 1000),
    ("irbm-3500", 2700),
    ("irbm-3500", 3000),
    ("icbm-10000", 4600),
    ("icbm-10000", 7000),
    ("icbm-10000", 10000),
]


def northward(missile_id, range_km):
    missile = missile_parameters(load_catalogue().missiles[missile_id])
    end = Geodesic.WGS84.Direct(0.0, 0.0, 0.0, range_km * KM - 1.0)
    flights = aim(Fan.at(missile, 0.0, 0.0), np.radians([end["lat2"]]), np.radians([end["lon2"]]))
    assert flights.status[0] == Status.DONE
    return flights.summary[0]


@pytest.mark.parametrize(("missile_id", "range_km"), CASES)
def test_apogee_and_time_are_near_those_of_least_energy(missile_id, range_km):
    _, _, apogee_km, time_s = TABLE[range_km]
    summary = northward(missile_id, range_km)
    assert 1.0 < summary[APOGEE + 1] / (apogee_km * KM) < 1.25
    # The rise under thrust takes about twice as long as the arc does up to the height of burnout.
    assert 0.7 * summary[BURNOUT] < summary[IMPACT] - time_s < 1.25 * summary[BURNOUT]
    if range_km <= 3000:
        assert 40.0 < summary[IMPACT] - time_s < 150.0


@pytest.mark.parametrize(("missile_id", "range_km"), CASES)
def test_burnout_speed_is_near_that_of_least_energy(missile_id, range_km):
    """Somewhat less, for the height that is reached already; within a tenth."""
    speed_km_s = TABLE[range_km][0]
    summary = northward(missile_id, range_km)
    assert np.linalg.norm(summary[BURNOUT + 4 : BURNOUT + 7]) / KM == pytest.approx(speed_km_s, rel=0.1)
