"""The reported flights of 2017 and 2022: drag-free times, and the verdict on each published time.

Times "fixed" and "rotating" (eastward from 40 N, ground range plus 0.356 km/s times the time as inertial
range) were computed apart from this program; the sources of the reports stand in `data/catalogue/flights`.
"""

import numpy as np
import pytest

from synaspis.analyses.check import FlightReport, Place, check
from synaspis.engine.kepler import apogee_arc, rotating_apogee_arc

# apogee km, range km, fixed s, rotating s
TIMES = [
    pytest.param(2111.5, 787, 1676, 1686, id="Hwasong-12 2017-05-14"),
    pytest.param(2802, 933, 2065, 2080, id="Hwasong-14 2017-07-04"),
    pytest.param(3724.9, 998, 2587, 2607, id="Hwasong-14 2017-07-28"),
    pytest.param(4475, 950, 3017, 3040, id="Hwasong-15 2017-11-29"),
    pytest.param(6248.5, 1090, 4075, 4112, id="Hwasong-17 2022-03-24"),
    pytest.param(6040.9, 999.2, 3947, 3981, id="Hwasong-17 2022-11-18"),
    pytest.param(770, 3700, 1015, 1042, id="Hwasong-12 2017-09-15"),
]


@pytest.mark.parametrize(("apogee_km", "range_km", "fixed_s", "rotating_s"), TIMES)
def test_drag_free_times(apogee_km, range_km, fixed_s, rotating_s):
    fixed = apogee_arc(apogee_km * 1e3, range_km * 1e3)
    assert float(fixed.time_s) == pytest.approx(fixed_s, abs=0.6)
    rotating = rotating_apogee_arc(apogee_km * 1e3, range_km * 1e3, np.radians(40.0), np.pi / 2)
    # A great circle eastward from 40 N leaves the parallel, which the plain sum neglects.
    assert float(rotating.time_s) == pytest.approx(rotating_s, abs=1.5)


def test_hwasong_12_over_2700_km_from_a_fixed_earth():
    assert float(apogee_arc(550e3, 2700e3).time_s) == pytest.approx(806, abs=0.6)


# apogee km, range km, reported s
PUBLISHED = [
    pytest.param(2111.5, 787, 30 * 60, id="2017-05-14"),
    pytest.param(2802, 933, 39 * 60, id="2017-07-04 DPRK"),
    pytest.param(2802, 933, 37 * 60, id="2017-07-04 US Pacific Command"),
    pytest.param(3724.9, 998, 47 * 60 + 12, id="2017-07-28"),
    pytest.param(4475, 950, 53 * 60, id="2017-11-29 DPRK"),
    pytest.param(4475, 950, 54 * 60, id="2017-11-29 others"),
    pytest.param(6248.5, 1090, 71 * 60, id="2022-03-24 apogee of DPRK, time of Japan"),
    pytest.param(6248.5, 1080, 71 * 60, id="2022-03-24 range of Japan"),
    pytest.param(6040.9, 999.2, 4135, id="2022-11-18"),
    pytest.param(770, 3700, 19 * 60, id="2017-09-15 ROK"),
    pytest.param(800, 3700, 19 * 60, id="2017-09-15 Japan"),
    pytest.param(550, 2700, 14 * 60, id="2017-08-29 short"),
    pytest.param(550, 2700, 15 * 60, id="2017-08-29 long"),
]
PYONGYANG = Place(np.radians(39.2), np.radians(125.7))


@pytest.mark.parametrize("launch", [None, PYONGYANG], ids=["place unknown", "place known"])
@pytest.mark.parametrize(("apogee_km", "range_km", "reported_s"), PUBLISHED)
def test_published_times_are_consistent(apogee_km, range_km, reported_s, launch):
    report = FlightReport(
        apogee_m=apogee_km * 1e3,
        range_m=range_km * 1e3,
        time_s=float(reported_s),
        launch=launch,
        azimuth_rad=None if launch is None else np.radians(75.0),
    )
    result = check(report)
    assert result.verdict == "consistent", result.reasons
    assert result.margin_s is not None
    assert 0.0 < result.margin_s < 290.0


@pytest.mark.parametrize("launch", [None, PYONGYANG], ids=["place unknown", "place known"])
def test_disputed_time_of_24_march_2022_is_impossible(launch):
    report = FlightReport(
        apogee_m=6248.5e3,
        range_m=1090e3,
        time_s=4052.0,
        launch=launch,
        azimuth_rad=None if launch is None else np.radians(90.0),
    )
    result = check(report)
    assert result.verdict == "impossible"
    assert result.margin_s is not None
    # The page gives -60 s for an eastward launch from 40 N; without the place the most favourable launch
    # leaves -14 s.
    assert result.margin_s == pytest.approx(-60.0, abs=2.0) if launch else -15.0 < result.margin_s < -14.0
