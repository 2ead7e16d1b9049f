"""What the map of a cell shows of an interceptor's reach."""

from math import asin

import pytest

from synaspis.catalogue import load_catalogue
from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_MU_M3_S2
from synaspis.scenario import interceptor_parameters
from synaspis.server.cells.scene import reach_m


def of(name):
    return interceptor_parameters(load_catalogue().interceptors[name])


def test_a_stated_maximum_range_is_the_reach_where_the_interceptor_flies_that_far():
    assert reach_m(of("sm-3-ib")) == 700_000.0
    assert reach_m(of("aster-30-b1")) == 35_000.0


def test_without_a_stated_range_it_is_that_of_the_flight_and_below_the_free_ballistic_range():
    """In a vacuum from the surface sin(phi / 2) = Q / (2 - Q), Q = v^2 r / mu (R. R. Bate, D. D. Mueller,
    J. E. White, Fundamentals of Astrodynamics, 1971, section 6.2); with Q of 1 and more any range.
    """
    flyer = of("sm-3-iib")
    quotient = flyer.burnout_speed_m_s**2 * EARTH_EQUATORIAL_RADIUS_M / EARTH_MU_M3_S2
    free_m = 2.0 * asin(quotient / (2.0 - quotient)) * EARTH_EQUATORIAL_RADIUS_M
    assert 0.5 * free_m < reach_m(flyer) < free_m


def test_what_never_comes_to_a_height_at_which_it_intercepts_reaches_nothing():
    flyer = of("sm-3-ib")._replace(altitude_min_m=9e6, altitude_max_m=9.1e6)
    assert reach_m(flyer) is None


@pytest.mark.parametrize("name", sorted(load_catalogue().interceptors))
def test_every_interceptor_of_the_catalogue_has_a_reach(name):
    assert reach_m(of(name)) > 0.0
