"""Units. Expected values are definitions: SI brochure (9th edition); ten decibels are a factor of ten."""

from math import inf, nan, pi

import pytest

from synaspis.core.errors import InputError
from synaspis.core.units import UNITS, from_si, to_si, units_of


@pytest.mark.parametrize(
    ("value", "unit", "value_si"),
    [
        (1300, "km", 1.3e6),
        (4.5, "km/s", 4500.0),
        (90, "deg", pi / 2),
        (1, "d", 86400.0),
        (1.5, "h", 5400.0),
        (71, "min", 4260.0),
        (2, "t", 2000.0),
        (3, "km2", 3e6),
        (10, "GHz", 1e10),
        (25, "percent", 0.25),
        (30, "dB", 1000.0),
        (0, "dB", 1.0),
        (-20, "dBsm", 0.01),
        (81, "kW", 81e3),
        (2.5, "million USD", 2.5e6),
        (7, "1", 7.0),
    ],
)
def test_a_value_turns_into_si(value: float, unit: str, value_si: float):
    assert to_si(value, unit) == pytest.approx(value_si, rel=1e-15)


@pytest.mark.parametrize("unit", UNITS)
def test_there_and_back_is_the_same_value(unit: str):
    assert from_si(to_si(12.5, unit), unit) == pytest.approx(12.5, rel=1e-14)


def test_another_dimension_is_named_with_what_is_needed():
    with pytest.raises(InputError, match=r"1300 kg is a mass; a length is needed \(m, km\)"):
        to_si(1300, "kg", "length")


def test_the_article_fits_the_dimension():
    with pytest.raises(InputError, match=r"5 m2 is an area; an angle is needed \(deg, rad\)"):
        to_si(5, "m2", "angle")


def test_an_unknown_unit_is_refused_with_the_units_of_the_dimension():
    with pytest.raises(InputError, match=r"unknown unit 'miles'. Use one of: m, km\."):
        to_si(5, "miles", "length")


def test_an_unknown_unit_is_refused_with_all_units_if_any_will_do():
    with pytest.raises(InputError, match=r"unknown unit 'furlong'. Use one of: m, km, s, .*, million USD\."):
        from_si(5.0, "furlong")


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_a_value_must_be_finite(value: float):
    with pytest.raises(InputError, match="is not a finite number"):
        to_si(value, "km")


@pytest.mark.parametrize(("value", "unit"), [(1e308, "km"), (1e6, "dB")])
def test_a_value_too_large_for_a_float_is_refused(value: float, unit: str):
    with pytest.raises(InputError, match="is too large"):
        to_si(value, unit)


def test_a_level_of_nothing_does_not_exist():
    with pytest.raises(InputError, match="0 has no value in dB; it must be above 0"):
        from_si(0.0, "dB")


def test_units_of_a_dimension_come_in_the_order_of_the_table():
    assert units_of("time") == ("s", "min", "h", "d")
