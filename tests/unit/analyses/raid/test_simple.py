"""Raids of like warheads: values, doubt, and what is said of wrong numbers."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from synaspis.analyses.raid import KillProbability, simple_raid
from synaspis.core.errors import InputError


@pytest.mark.parametrize(
    ("shots", "none"), [(1, 0.1073741824), (2, 0.6648326359915008), (4, 0.9841147098536167)]
)
def test_no_leaker_of_the_test_cases(shots, none):
    """Section 5.6 of the test cases: ten warheads, k = 0.8."""
    found = simple_raid(10, 0.8, shots).leakage.p_no_leaker
    assert found.value == pytest.approx(none, rel=1e-12)
    assert found.low == found.value == found.high


def test_the_doubt_of_a_test_record_is_that_of_its_interval():
    kill = KillProbability.from_tests(22, 27)
    found = simple_raid(5, kill, 2, track_probability=0.95).leakage

    def none(k: float) -> float:
        return (0.95 * (1 - (1 - k) ** 2)) ** 5

    assert found.p_no_leaker.low == pytest.approx(none(kill.low), rel=1e-12)
    assert found.p_no_leaker.high == pytest.approx(none(kill.high), rel=1e-12)
    mean = quad(lambda k: none(k) * beta.pdf(k, 22.5, 5.5), 0, 1, epsabs=1e-12)[0]
    assert found.p_no_leaker.value == pytest.approx(mean, rel=1e-9)
    assert (found.pmf_low <= found.pmf).all()
    assert (found.pmf <= found.pmf_high).all()
    assert found.pmf.sum() == pytest.approx(1.0, rel=1e-12)


def test_a_look_saves_interceptors_and_not_leakers():
    at_once, in_turn = simple_raid(10, 0.8, 2).leakage, simple_raid(10, 0.8, 2, look=True).leakage
    assert in_turn.shots_mean.value == pytest.approx(12.0)
    assert at_once.shots_mean.value == pytest.approx(20.0)
    assert in_turn.leakers_mean.value == pytest.approx(at_once.leakers_mean.value) == pytest.approx(0.4)


def test_the_document_has_the_keys_that_others_rely_on():
    document = simple_raid(3, 0.5, 2).to_dict()
    assert list(document)[:5] == ["p_no_leaker", "leakers_mean", "leakage_pmf", "shots_mean", "intervals"]
    assert set(document["p_no_leaker"]) == {"value", "low", "high"}
    assert len(document["leakage_pmf"]) == 4
    assert set(document["intervals"]) == {"leakers_mean", "leakage_pmf", "shots_mean"}


def test_what_cannot_be_had_is_said_in_words():
    reason = simple_raid(10, 0.8, 2, track_probability=0.95).required["reason"]
    assert reason == (
        "no solution: the track probability 0.95 is not above 0.8^(1/10) = 0.9779, "
        "so no number of shots is enough"
    )
    reason = simple_raid(3, 0.8, 2, class_failure_probability=0.3).required["reason"]
    assert (
        "a failure common to all, of probability 0.3, alone keeps the probability of no leaker below 0.8"
        in reason
    )
    assert "shots that never kill do not add up" in simple_raid(3, 0.0, 2).required["reason"]


def test_more_shots_are_required_at_the_low_end_of_a_record():
    needed = simple_raid(10, KillProbability.from_tests(22, 27), 2).required["shots"]
    assert needed["low"] <= needed["value"] <= needed["high"]
    assert needed["low"] < needed["high"]


def test_every_wrong_number_is_named_at_once():
    with pytest.raises(InputError, match="6 faults") as caught:
        simple_raid(0, 1.5, -1, track_probability=-0.1, class_failure_probability=2.0, benchmark=1.0)
    text = str(caught.value)
    for part in (
        "0 warheads are out of bounds; 1 to 1000 are allowed",
        "-1 shots at each warhead are out of bounds; 1 to 100 are allowed",
        "the kill probability 1.5 is out of bounds; 0 to 1 is allowed",
        "the track probability -0.1 is out of bounds; 0 to 1 is allowed",
        "the probability of a common failure 2 is out of bounds; 0 to 1 is allowed",
        "the benchmark 1 is out of bounds; above 0 and below 1 is allowed",
    ):
        assert part in text


def test_shots_and_volleys_exclude_each_other():
    with pytest.raises(InputError, match="neither shots nor volleys are given"):
        simple_raid(3, 0.5)
    with pytest.raises(InputError, match="both shots and volleys are given"):
        simple_raid(3, 0.5, 2, volleys=(1, 1))
    with pytest.raises(InputError, match="the volleys 0,2 are out of bounds; each has 1 shot or more"):
        simple_raid(3, 0.5, volleys=(0, 2))
    with pytest.raises(InputError, match="cannot wait for each other's outcome"):
        simple_raid(3, 0.5, 2, look=True, coordinated=False)


def test_random_picks_beside_coordinated_shots():
    apart = simple_raid(10, 0.8, 2, coordinated=False).leakage
    assert apart.leakers_mean.value == pytest.approx(1.886933291628, abs=1e-12)
    assert apart.shots_mean.value == pytest.approx(20.0)


def test_a_thousand_warheads_still_sum_to_one():
    found = simple_raid(1000, KillProbability.from_tests(14, 14), 3, track_probability=0.99).leakage
    assert found.pmf.sum() == pytest.approx(1.0, rel=1e-9)
    assert found.leakers_mean.value == pytest.approx(float(found.pmf @ np.arange(1001)), rel=1e-12)
