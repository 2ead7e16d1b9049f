"""What a report may say, and what is said of one that may not."""

import numpy as np
import pytest

from synaspis.core.errors import InputError
from synaspis.fusion import NOMINAL_POSITION_M, NOMINAL_VELOCITY_M_S, Report
from synaspis.fusion.report import SIGMA_POSITION_M, SIGMA_VELOCITY_M_S
from synaspis.messages import tracks

GOOD = {
    "source": "north",
    "track": "7",
    "time_us": 1_000_000,
    "position_ecef_m": (6.8e6, 0.0, 0.0),
    "velocity_ecef_m_s": (0.0, 3000.0, 2000.0),
    "covariance": np.diag([1e4] * 3 + [1e2] * 3),
    "estimate": "track",
    "digest": "d1",
}


def test_a_report_keeps_its_state_and_covariance_with_the_floor():
    report = Report(**GOOD)
    np.testing.assert_array_equal(report.state, [6.8e6, 0.0, 0.0, 0.0, 3000.0, 2000.0])
    floor = np.diag([0.1**2] * 3 + [0.001**2] * 3)
    np.testing.assert_array_equal(report.spread, GOOD["covariance"] + floor)


def test_where_the_covariance_may_not_be_seen_a_constant_stands_in_its_place():
    report = Report(**{**GOOD, "covariance": None})
    expected = np.diag([NOMINAL_POSITION_M**2] * 3 + [NOMINAL_VELOCITY_M_S**2] * 3)
    np.testing.assert_array_equal(report.spread, expected)


def test_a_covariance_of_nothing_becomes_the_floor():
    assert Report(**{**GOOD, "covariance": np.zeros((6, 6))}).spread[0, 0] == pytest.approx(0.01)


BENT = np.diag([1e4] * 3 + [1e2] * 3)
BENT[0, 1] = 50.0
NEGATIVE = np.full((6, 6), 2e4)
np.fill_diagonal(NEGATIVE, 1e4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position_ecef_m": (1.0, 2.0)}, r"position_ecef_m is \[1.0, 2.0\]; it must be 3 finite numbers"),
        ({"velocity_ecef_m_s": (1.0, 2.0, np.nan)}, r"\[1.0, 2.0, nan\]; it must be 3 finite numbers in m/s"),
        ({"position_ecef_m": (6e6, 0, 0)}, r"has the length 6e\+06 m; allowed are 6.3e\+06 to 1e\+08"),
        ({"velocity_ecef_m_s": (16e3, 0, 0)}, r"has the length 16000 m/s; allowed are 0 to 15000"),
        ({"estimate": "guess"}, r"'guess' is no kind of estimate. Give track or tracklet."),
        ({"time_us": -1}, r"-1 us is before 1970"),
        ({"covariance": np.eye(3)}, r"covariance must be 6 rows of 6 finite numbers"),
        ({"covariance": np.full((6, 6), np.inf)}, r"covariance must be 6 rows of 6 finite numbers"),
        ({"covariance": BENT}, r"covariance is not symmetric. Give the same above and below."),
        ({"covariance": NEGATIVE}, r"covariance has a negative variance in some direction"),
        (
            {"covariance": np.diag([1e15] * 3 + [1e2] * 3)},
            r"standard deviations of the covariance reach 3.16228e\+07 m and 10 m/s. "
            r"Stay below 1e\+07 m and 12000 m/s.",
        ),
    ],
)  # fmt: skip
def test_a_state_that_is_no_flight_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        Report(**{**GOOD, **change})


def test_all_faults_are_told_at_once():
    with pytest.raises(InputError, match="3 faults in the input") as caught:
        Report(**{**GOOD, "position_ecef_m": (0, 0, 0), "velocity_ecef_m_s": (1e6, 0, 0), "estimate": "?"})
    assert [fault.where for fault in caught.value.faults] == [
        "position_ecef_m", "velocity_ecef_m_s", "estimate",
    ]  # fmt: skip


def test_every_state_that_a_message_may_carry_is_taken():
    """The limits of the wire lie within those of the fusion, so that no accepted report is left out."""
    assert SIGMA_POSITION_M[1] ** 2 >= tracks.POSITION_VARIANCE_MAX_M2
    assert SIGMA_VELOCITY_M_S[1] >= tracks.SPEED_MAX_M_S
    for radius in (tracks.RADIUS_MIN_M, tracks.RADIUS_MAX_M):
        Report(
            **{
                **GOOD,
                "position_ecef_m": (0.0, 0.0, radius),
                "velocity_ecef_m_s": (tracks.SPEED_MAX_M_S, 0, 0),
            }
        )
