"""Flights of the whole simulation (boost, drag, turning ellipsoid, J2) are what `check` calls consistent."""

import numpy as np
import pytest

from synaspis.analyses.check import FlightReport, Place, check
from synaspis.catalogue import load_catalogue
from synaspis.engine.flight import APOGEE, IMPACT
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.geography import geodesic_direct
from synaspis.scenario.arrays import missile_parameters

LATITUDE = np.radians(40.0)
CLASSES = ("srbm-300", "srbm-700", "mrbm-1300", "mrbm-2000", "irbm-3500", "icbm-10000")


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.mark.parametrize("name", CLASSES)
def test_what_the_engine_flies_is_consistent(catalogue, name):
    missile = missile_parameters(catalogue.missiles[name])
    fan = Fan.at(missile, LATITUDE, 0.0)
    shares, azimuths = np.meshgrid([0.5, 0.95], np.radians([0.0, 90.0, 200.0]))
    ranges = shares.ravel() * missile.range_max_m
    goal = geodesic_direct(LATITUDE, 0.0, azimuths.ravel(), ranges)
    flights = aim(fan, goal[0], goal[1])
    assert np.all(flights.status == int(Status.DONE))
    for range_m, azimuth, summary in zip(ranges, azimuths.ravel(), flights.summary, strict=True):
        time_s = float(summary[IMPACT])
        exact = {"apogee_rounding_m": 0.0, "range_rounding_m": 0.0, "time_rounding_s": 0.0}
        report = FlightReport(
            apogee_m=float(summary[APOGEE + 1]),
            range_m=float(range_m),
            time_s=time_s,
            launch=Place(float(LATITUDE), 0.0),
            azimuth_rad=float(azimuth),
            **exact,
        )
        result = check(report)
        assert result.verdict == "consistent", result.reasons
        assert result.margin_s is not None
        assert result.margin_s > 10.0
        # A fifth off the time, and the bound of physics is crossed or the report stands out.
        quicker = check(FlightReport(**{**_values(report), "time_s": 0.8 * time_s}))
        assert quicker.verdict != "consistent"


def _values(report: FlightReport) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__dataclass_fields__}
