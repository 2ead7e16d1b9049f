"""Track reports: what can be, and that reading one is quick."""

import json
import time

import numpy as np
import pytest

from synaspis.messages import (
    Refused,
    TrackReport,
    canonical_json,
    example_message,
    lower_triangle,
    read_message,
)


def fault_of(examples, **changes) -> str:
    document = examples["track-report"]
    document["body"] |= changes
    with pytest.raises(Refused) as caught:
        read_message(json.dumps(document).encode())
    assert caught.value.code == "bad-message"
    (fault,) = caught.value.faults
    return str(fault)


def triangle(**changes) -> list[float]:
    matrix = np.diag([1e4, 1e4, 1e4, 1.0, 1.0, 1.0])
    for at, value in changes.items():
        row, column = int(at[1]), int(at[2])
        matrix[row, column] = matrix[column, row] = value
    return list(lower_triangle(matrix))


def test_the_covariance_stands_row_by_row_as_in_an_orbit_ephemeris_message():
    """CCSDS 502.0-B-3, table 5-4: CX_X, CY_X, CY_Y, CZ_X, ..."""
    matrix = np.arange(36.0).reshape(6, 6)
    assert lower_triangle(matrix)[:6] == (0.0, 6.0, 7.0, 12.0, 13.0, 14.0)
    assert len(lower_triangle(matrix)) == 21


def test_the_matrix_is_symmetric_and_cannot_be_changed():
    body = read_message(example_message("track-report")).body
    assert isinstance(body, TrackReport)
    matrix = body.covariance_matrix
    assert matrix.shape == (6, 6)
    assert np.array_equal(matrix, matrix.T)
    assert lower_triangle(matrix) == body.covariance
    with pytest.raises(ValueError, match="read-only"):
        matrix[0, 0] = 0.0


@pytest.mark.parametrize(
    ("position", "says"),
    [
        ([0.0, 0.0, 0.0], "0 m from the centre of the Earth; 6,336,752 to 50,000,000 m can be"),
        ([6_336_751.0, 0.0, 0.0], "6,336,751 m from the centre"),
        ([0.0, 0.0, -50_000_001.0], "50,000,001 m from the centre"),
        ([6500.0, 1000.0, 300.0], "6,583 m from the centre .* Give Earth-fixed x, y, z in metres"),
        ([1.7e308, 1.7e308, 0.0], "inf m from the centre"),
    ],
)
def test_a_position_that_cannot_be_is_refused(examples, position, says):
    text = fault_of(examples, position_ecef_m=position)
    assert text.startswith("body.position_ecef_m: ")
    with pytest.raises(AssertionError, match=says):
        raise AssertionError(text)


@pytest.mark.parametrize("position", [[6_336_752.0, 0.0, 0.0], [0.0, 5e7, 0.0]])
def test_a_position_at_the_edge_of_what_can_be_is_taken(examples, position):
    examples["track-report"]["body"]["position_ecef_m"] = position
    body = read_message(json.dumps(examples["track-report"]).encode()).body
    assert isinstance(body, TrackReport)
    assert list(body.position_ecef_m) == position


def test_a_speed_that_cannot_be_is_refused(examples):
    text = fault_of(examples, velocity_ecef_m_s=[0.0, -12_000.0, 0.0])
    assert text.startswith("body.velocity_ecef_m_s: 12,000 m/s; below 12,000 m/s can be. Give Earth-fixed")


@pytest.mark.parametrize(
    ("covariance", "says"),
    [
        (triangle(a00=0.0), "a variance of position is 0; 0.0001 to 1e+14 in SI units can be"),
        (triangle(a11=-1.0), "a variance of position is -1; "),
        (triangle(a22=2e14), "a variance of position is 2e+14; "),
        (triangle(a33=1e-9), "a variance of velocity is 1e-09; 1e-08 to 1.44e+08 in SI units can be"),
        (triangle(a55=1e300), "a variance of velocity is 1e+300; "),
        (triangle(a10=1.1e4), "an off-diagonal term is larger than the product of the two sigmas"),
        (triangle(a50=1.7e308), "an off-diagonal term is larger"),
        (triangle(a10=1e4), "not positive definite: its correlations have the eigenvalue "),
        (
            # Correlations of -0.6 between three coordinates: the eigenvalues are 1.6, 1.6 and 1 - 2 * 0.6.
            triangle(a10=-6e3, a20=-6e3, a21=-6e3),
            "not positive definite: its correlations have the eigenvalue -0.2. Give the lower triangle, row",
        ),
        (triangle()[:20], "a list of 20: tuple should have at least 21 items after validation, not 20"),
        ([*triangle(), 0.0], "a list of 22: tuple should have at most 21 items after validation, not 22"),
    ],
)
def test_what_is_no_covariance_is_refused(examples, covariance, says):
    assert fault_of(examples, covariance=covariance).startswith(f"body.covariance: {says}")


@pytest.mark.parametrize(
    "covariance",
    [
        triangle(),
        triangle(a00=1e-4, a11=1e-4, a22=1e14, a33=1e-8, a44=1.44e8),
        triangle(a10=0.999999e4),
        triangle(a10=-4.9e3, a20=-4.9e3, a21=-4.9e3),  # eigenvalues 1.49, 1.49 and 1 - 2 * 0.49
        triangle(a30=99.0, a41=-99.0),
    ],
)
def test_what_is_a_covariance_is_taken(examples, covariance):
    examples["track-report"]["body"]["covariance"] = covariance
    body = read_message(json.dumps(examples["track-report"]).encode()).body
    assert isinstance(body, TrackReport)
    assert list(body.covariance) == covariance


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"quality": 1.1}, "body.quality: 1.1: input should be less than or equal to 1"),
        ({"quality": True}, "body.quality: True is true or false; a number is needed"),
        ({"estimate": "plot"}, "body.estimate: 'plot' is not allowed. Allowed: track, tracklet."),
        ({"track": ""}, "body.track: '': string should have at least 1 character"),
        ({"position_ecef_m": [7e6, 0.0]}, "body.position_ecef_m"),
        ({"missile_class": "decoy"}, "body.missile_class: 'decoy' is not allowed. "),
    ],
)
def test_a_field_out_of_its_bounds_is_refused(examples, change, says):
    assert fault_of(examples, **change).startswith(says)


def test_a_track_report_is_read_in_little_more_time_than_its_json():
    """Some eight times as long; the best of many on either side, so that the machine does not count."""
    raw = canonical_json(json.loads(example_message("track-report")))

    def quickest_s(read) -> float:
        took = []
        for _ in range(1000):
            begun = time.perf_counter()
            read(raw)
            took.append(time.perf_counter() - begun)
        return min(took)

    assert quickest_s(read_message) < 25 * quickest_s(json.loads)
