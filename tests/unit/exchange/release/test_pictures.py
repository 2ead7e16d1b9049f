"""Rounding that is the same for every number by itself and harms no covariance."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspis.exchange.release.pictures import COVARIANCE_DIGITS, picture_event, to_digits
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
