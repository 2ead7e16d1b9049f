"""Rounding that is the same for every number by itself and harms no covariance."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspis.exchange.release.pictures import COVARIANCE_DIGITS, picture_event, to_digits, written_tracks
from synaspis.fusion import Estimate, FusedTrack
from synaspis.messages import canonical_json

NUMBERS = st.floats(-1e14, 1e14, allow_nan=False)


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_each_number_is_rounded_by_itself(numbers):
    together = to_digits(np.array(numbers)).tolist()
    assert together == [to_digits(np.array([number])).tolist()[0] for number in numbers]


@given(NUMBERS.filter(lambda number: abs(number) > 1e-11))
def test_a_number_keeps_ten_digits_and_has_no_more_than_eleven(number):
    (rounded,) = to_digits(np.array([number])).tolist()
    assert rounded == pytest.approx(number, rel=0.5 * 10 ** (1 - COVARIANCE_DIGITS))
    assert len(Decimal(repr(rounded)).normalize().as_tuple().digits) <= COVARIANCE_DIGITS + 1


def test_a_covariance_whose_correlations_barely_are_one_stays_definite():
    rng = np.random.default_rng(7)
    for _ in range(200):
        basis, _ = np.linalg.qr(rng.normal(size=(6, 6)))
        matrix = basis @ np.diag([1e-9, 0.5, 1.0, 1.0, 1.5, 2.0]) @ basis.T
        sigma = np.array([1e4, 1e4, 1e4, 10.0, 10.0, 10.0])
        scale = np.sqrt(np.diag(matrix))
        covariance = matrix / np.outer(scale, scale) * np.outer(sigma, sigma)
        rounded = to_digits(covariance) / np.outer(sigma, sigma)
        assert np.linalg.eigvalsh(0.5 * (rounded + rounded.T))[0] > 0.0


def test_a_picture_put_together_from_pieces_is_canonical_json():
    body = picture_event(
        at_us=0,
        policy="v\u00e91",
        exercise='the "great" one',
        tracks=['{"number":1', '{"number":2'],
        why=["[]", "[]"],
    )
    assert canonical_json(json.loads(body)) == body


IMPACT = Estimate(1e-12, -3.0, ((1e8, -2.0), (-2.0, 3e-5)), 1_700_000_000_000_001, 0.25)


def track(impact: Estimate | None, x_m: float = -5.0e6) -> FusedTrack:
    variances = tuple(tuple(1e-7 * (row == column) for column in range(6)) for row in range(6))
    places = (x_m, 1e-5, 0.0), (7e3, -1e22, 2.5)
    return FusedTrack(
        3, "new", 1_700_000_000_000_000, *places, variances, ('a "b"', "\u00e9"), impact, impact
    )


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("impact", [IMPACT, None])
def test_a_track_is_written_as_canonical_json(exact, impact):
    (text,) = written_tracks([track(impact)], ['"label":{"policy":"x"}'], [exact])
    body = f'{text},"why":[]}}'.encode()
    assert canonical_json(json.loads(body)) == body
    shown = json.loads(body)
    assert ("covariance" in shown, "launch" in shown, "impact" in shown) == (
        exact,
        bool(impact),
        bool(impact),
    )
    assert json.loads(body)["velocity_ecef_m_s"] == [7000.0, -1e22, 2.5]


@pytest.mark.parametrize(
    "wrong", [track(None, float("nan")), track(IMPACT._replace(time_sigma_s=float("inf")))]
)
def test_a_track_with_a_number_that_is_not_finite_is_not_written(wrong):
    with pytest.raises(ValueError, match="not finite"):
        written_tracks([wrong], ['"label":{}'], [True])
