"""Interest against closed forms and printed tables."""

from fractions import Fraction

import numpy as np
import pytest

from synaspis.analyses.cost import annuity_factor, discount_factors, present_value


def test_an_annuity_is_the_one_of_the_printed_table():
    # Capital recovery factor for 8 percent and 10 years, 0.14903 in the tables of engineering economy
    # (E. L. Grant, Principles of Engineering Economy, appendix D).
    assert annuity_factor(0.08, 10) == pytest.approx(0.14903, abs=5e-6)


@pytest.mark.parametrize(("percent", "years"), [(1, 1), (3, 20), (7, 30), (50, 5)])
def test_an_annuity_is_exact(percent: int, years: int):
    """Against rational arithmetic, which rounds nowhere."""
    rate = Fraction(percent, 100)
    exact = rate / (1 - (1 + rate) ** -years)
    assert annuity_factor(percent / 100.0, years) == pytest.approx(float(exact), rel=1e-14)


def test_an_annuity_without_interest_repays_in_equal_parts():
    assert annuity_factor(0.0, 8) == 0.125
    assert annuity_factor(1e-12, 8) == pytest.approx(0.125, rel=1e-10)


def test_the_present_value_of_an_annuity_is_one():
    payments = np.full(20, annuity_factor(0.04, 20))
    assert present_value(payments, range(2011, 2031), 0.04, 2010) == pytest.approx(1.0, rel=1e-14)


def test_a_perpetuity_is_the_limit():
    assert annuity_factor(0.05, 2000) == pytest.approx(0.05, rel=1e-12)


def test_present_values_move_with_the_year_they_are_for():
    amounts, years = [100.0, 50.0, 25.0], [2010, 2011, 2015]
    early, late = (present_value(amounts, years, 0.03, year) for year in (2010, 2020))
    assert late == pytest.approx(early * 1.03**10, rel=1e-14)
    assert present_value(amounts, years, 0.0, 2010) == 175.0


def test_an_amount_of_the_year_itself_is_not_discounted():
    assert discount_factors([2010], 0.07, 2010)[0] == 1.0
    assert discount_factors([2011], 0.25, 2010)[0] == 0.8
