"""Published conclusions on the European shield and a third party's deterrent come out of the physics."""

import pytest
import yaml

from synaspis.analyses.assurance import AssuranceResult, Verdict, assurance
from synaspis.analyses.assurance.document import assurance_path
from synaspis.scenario import load_scenario_document

EUROPE = load_scenario_document("europe")
WESTERN = {"kozelsk", "bologoye", "teykovo", "tatishchevo", "yoshkar-ola"}
"""West of the Urals."""


def quick(limits: bool = False, **asked) -> AssuranceResult:
    return assurance(EUROPE, sensitivity=False, limits=limits, step_deg=1.0, **asked)


def fields(result: AssuranceResult, *verdicts: Verdict) -> set[str]:
    return {case.field for case in result.cases if case.verdict in verdicts}


def reached(result: AssuranceResult) -> set[str]:
    return {case.field for case in result.cases if case.reachable}


def test_the_third_phase_has_no_capability():
    """Sankaran, RAND RR957 (2015): the restructured approach does not affect Russia's deterrent.

    SM-3 IIA at 4.5 km/s, published-numbers.md section 4.1.
    """
    result = quick(phase="2018")
    assert result.verdict is Verdict.NO
    assert {judgement.verdict for judgement in result.judgements} == {Verdict.NO}
    assert not reached(result)


@pytest.mark.parametrize("interceptor", ["sm-3-iia", "sm-3-iib"])
def test_no_capability_at_4_5_kilometres_a_second(interceptor):
    """Sankaran, RAND RR957 (2015); Wilkening (2012) for SM-3 IIA."""
    result = quick(interceptor=interceptor, burnout_speed_m_s=4500.0)
    assert result.verdict is Verdict.NO
    assert not fields(result, Verdict.CONTESTED, Verdict.YES)


@pytest.mark.parametrize("speed_m_s", [5500.0, 6300.0])
@pytest.mark.parametrize("interceptor", ["sm-3-iia", "sm-3-iib", "gbi-two-stage"])
def test_between_5_5_and_6_3_kilometres_a_second_it_is_contested(interceptor, speed_m_s):
    """Sankaran, Arms Control Today (November 2013) implies some capability for SM-3 IIB at 5.5 km/s; the
    Missile Defense Agency claimed none for the two-stage GBI at 6.3 km/s (AFP 2007).
    """
    result = quick(interceptor=interceptor, burnout_speed_m_s=speed_m_s)
    assert result.verdict is Verdict.CONTESTED
    assert fields(result, Verdict.CONTESTED) & WESTERN


@pytest.mark.parametrize("interceptor", ["sm-3-iia", "sm-3-iib", "gbi-two-stage"])
def test_at_9_kilometres_a_second_some_western_fields_are_reached(interceptor):
    """Postol (AFP 2007): closer to nine it would engage; only tracks from the west pass near (CIGI 2007)."""
    result = quick(interceptor=interceptor, burnout_speed_m_s=9000.0)
    assert result.verdict is Verdict.YES
    assert "kozelsk" in fields(result, Verdict.YES)
    assert fields(result, Verdict.YES) <= WESTERN
    assert reached(result) <= WESTERN


def test_what_the_missile_defense_agency_said_of_the_third_site_holds_as_stated():
    """At 6.3 km/s it would not be able to engage an ICBM from Russia (AFP 2007): not as stated."""
    result = quick(pair="third-site-2007")
    assert result.deciding.burnout_speed_m_s == 6300.0
    assert not reached(result)


def test_the_same_dispute_over_one_value_flips_the_answer():
    """Postol's rival value of the catalogue, 9 km/s, against the agency's 6.3 km/s."""
    rival = EUROPE.catalogue.interceptors["gbi-two-stage"].burnout_speed.rivals[0]
    assert rival.held_by == "Postol"
    ours, his = (
        quick(interceptor="gbi-two-stage", burnout_speed_m_s=1e3 * value)
        for value in (EUROPE.catalogue.interceptors["gbi-two-stage"].burnout_speed.value, rival.value)
    )
    assert (ours.verdict, his.verdict) == (Verdict.CONTESTED, Verdict.YES)
    assert not reached(ours)
    assert reached(his)


def test_without_the_fourth_phase_capability_is_gone_and_nothing_is_lost_against_iran(tmp_path):
    """Sankaran, Arms Control Today (November 2013): the cancellation removed any capability against Russian
    missiles and cost none against Iranian ones.
    """
    content = yaml.safe_load(assurance_path(EUROPE).read_text("utf-8"))
    content["limits"] = {"no-fourth-phase": content["limits"]["no-fourth-phase"]}
    (tmp_path / "one-limit.yaml").write_text(yaml.safe_dump(content), "utf-8")
    result = quick(limits=True, phase="2022", about=tmp_path / "one-limit.yaml")
    (limit,) = result.limits
    assert result.verdict is Verdict.CONTESTED
    assert limit["verdict"] == "no"
    assert [each["area_m2"] for each in limit["forgone"]] == [0.0, 0.0, 0.0]
    assert all(each["of_area_m2"] > 0.0 for each in limit["forgone"])


def test_24_and_24_land_interceptors_are_at_most_3_1_to_3_4_percent_of_the_counted_warheads():
    """New START counts of 1,420 to 1,566: published-numbers.md section 9, scale check."""
    bound = quick(phase="2018").bound
    assert bound.on_land == 24 + 24
    assert bound.warheads == (1420, 1566)
    low, high = bound.share(bound.on_land)
    assert round(100.0 * low, 1) == 3.1
    assert round(100.0 * high, 1) == 3.4
    assert bound.reaching == bound.at_best == 0
