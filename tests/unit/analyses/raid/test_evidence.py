"""Intervals of a proportion and posteriors against published values and independent integration."""

from math import comb

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln

from synaspis.analyses.raid import KillProbability, clopper_pearson, wilson
from synaspis.core.errors import InputError


@pytest.mark.parametrize(
    ("hits", "attempts", "low", "high"),
    [
        (8, 10, 0.443905, 0.974789),
        (41, 51, 0.668843, 0.901757),
        (0, 20, 0.0, 0.168433),
        (20, 20, 0.831567, 1.0),
    ],
)
def test_clopper_pearson_has_its_known_values(hits, attempts, low, high):
    """Published table of test cases: 8/10, 41/51, 0/20; the last by symmetry."""
    assert clopper_pearson(hits, attempts) == pytest.approx((low, high), abs=5e-7)


@pytest.mark.parametrize(("hits", "attempts"), [(1, 3), (7, 14), (22, 27), (14, 14), (0, 6)])
def test_clopper_pearson_leaves_two_and_a_half_percent_on_either_side(hits, attempts):
    """Its definition, summed term by term: J. Clopper and E. S. Pearson (1934)."""
    low, high = clopper_pearson(hits, attempts)

    def below(p: float, upto: int) -> float:
        return sum(comb(attempts, n) * p**n * (1 - p) ** (attempts - n) for n in range(upto + 1))

    if hits:
        assert 1.0 - below(low, hits - 1) == pytest.approx(0.025, abs=1e-12)
    if hits < attempts:
        assert below(high, hits) == pytest.approx(0.025, abs=1e-12)


@pytest.mark.parametrize(
    ("hits", "attempts", "low", "high"),
    [(14, 14, 0.785, 1.0), (22, 27, 0.633, 0.918), (1, 3, 0.061, 0.792), (7, 14, 0.268, 0.732),
     (4, 9, 0.189, 0.733), (16, 16, 0.806, 1.0)],
)  # fmt: skip
def test_wilson_intervals_of_the_public_test_records(hits, attempts, low, high):
    """Table 6.4 of the published numbers."""
    assert wilson(hits, attempts) == pytest.approx((low, high), abs=5.1e-4)


@pytest.mark.parametrize("attempts", [1, 14, 40])
def test_a_clean_record_with_a_uniform_prior_has_a_power_law_for_its_interval(attempts):
    """The posterior is Beta(n + 1, 1), whose distribution function is k^(n + 1)."""
    kill = KillProbability.from_tests(attempts, attempts, prior="uniform")
    assert kill.value == pytest.approx((attempts + 1) / (attempts + 2), rel=1e-14)
    assert (kill.low, kill.high) == pytest.approx(
        (0.025 ** (1 / (attempts + 1)), 0.975 ** (1 / (attempts + 1))), rel=1e-12
    )


@pytest.mark.parametrize(("hits", "attempts"), [(1, 3), (22, 27), (7, 14)])
@pytest.mark.parametrize(("prior", "before"), [("jeffreys", 0.5), ("uniform", 1.0)])
def test_the_interval_of_a_posterior_holds_95_percent_by_direct_integration(hits, attempts, prior, before):
    kill = KillProbability.from_tests(hits, attempts, prior=prior)
    a, b = hits + before, attempts - hits + before

    def density(k: float) -> float:
        return float(np.exp((a - 1) * np.log(k) + (b - 1) * np.log1p(-k) - betaln(a, b)))

    assert quad(density, kill.low, kill.high, epsabs=1e-12)[0] == pytest.approx(0.95, abs=1e-9)
    assert quad(density, 0, kill.low, epsabs=1e-12)[0] == pytest.approx(0.025, abs=1e-8)
    assert kill.value == pytest.approx(a / (a + b), rel=1e-14)


@pytest.mark.parametrize("degree", [0, 1, 7, 40])
def test_quadrature_over_a_posterior_is_exact_for_polynomials(degree):
    """Moments of Beta(a, b): the product of (a + i) / (a + b + i)."""
    kill = KillProbability.from_tests(22, 27)
    points, weights = kill.nodes(degree)
    exact = np.prod([(22.5 + i) / (28.0 + i) for i in range(degree)])
    assert weights @ points**degree == pytest.approx(float(exact), rel=1e-12)


def test_quantiles_stand_for_the_posterior():
    kill = KillProbability.from_tests(1, 3)
    table = kill.quantiles(4096)
    assert table.mean() == pytest.approx(kill.value, abs=1e-5)
    assert np.quantile(table, [0.025, 0.975]) == pytest.approx((kill.low, kill.high), abs=1e-3)
    assert (KillProbability.point(0.7).quantiles(3) == 0.7).all()


def test_counts_that_cannot_be_are_refused_together():
    with pytest.raises(InputError, match="0 attempts are no test record") as caught:
        clopper_pearson(3, 0)
    assert "3 hits in 0 attempts cannot be; 0 to 0 are allowed" in str(caught.value)
    with pytest.raises(InputError, match="-1 hits in 5 attempts cannot be; 0 to 5 are allowed"):
        KillProbability.from_tests(-1, 5)


@pytest.mark.parametrize(("hits", "attempts"), [(0, 1000), (500, 1000), (1000, 1000)])
def test_the_longest_test_record_still_gives_the_closed_form(hits, attempts):
    """The mean of k^3 over Beta(a, b) is a (a + 1) (a + 2) / [(a + b) (a + b + 1) (a + b + 2)]."""
    points, weights = KillProbability.from_tests(hits, attempts).nodes(3)
    a, whole = hits + 0.5, attempts + 1.0
    third = a * (a + 1) * (a + 2) / (whole * (whole + 1) * (whole + 2))
    assert weights @ points**3 == pytest.approx(third, rel=1e-9)


def test_a_test_record_longer_than_any_is_refused():
    """Above it the quadrature would overflow and every probability would be no number."""
    with pytest.raises(InputError, match=r"1001 attempts are out of bounds; 1 to 1,000 are allowed"):
        KillProbability.from_tests(900, 1001)
