"""What a coverage rests on."""

from synaspis.analyses.assumptions import assumptions_of
from synaspis.catalogue import load_catalogue
from synaspis.scenario import load_scenario_document


def test_what_a_thing_costs_is_not_among_what_a_coverage_rests_on():
    assert load_catalogue().interceptors["sm-3-iia"].costs is not None
    listed = assumptions_of(load_scenario_document("europe"), ["mrbm-2000"])
    assert any(each.quantity == "burnout speed" for each in listed)
    assert not [each for each in listed if each.quantity.startswith("costs")]
