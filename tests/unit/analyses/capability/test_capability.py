"""A capability answers for every part of a defence exactly as `coverage` of that part does."""

from functools import cache

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synaspis.analyses.capability import compute, with_agreements
from synaspis.analyses.coverage import coverage
from synaspis.core.errors import InputError
from synaspis.scenario import Scenario, load_scenario_document

STEP_DEG = 3.0
EUROPE = load_scenario_document("europe")
SHARINGS = ("agreements", "none", "all")


@cache
def whole():
    """What there is in 2018; computed when the first test asks, not when tests are collected."""
    return compute(EUROPE, "2018", step_deg=STEP_DEG)


SMALL = {
    "schema": "scenario/1",
    "id": "small",
    "name": "small",
    "summary": "Two launch points, more shots required.",
    "extends": "europe",
    "launch_areas": {
        "iran": {
            "points": [
                {"name": "Tabriz", "latitude": "38.080 deg", "longitude": "46.292 deg"},
                {"name": "Shiraz", "latitude": "29.610 deg", "longitude": "52.531 deg"},
            ]
        }
    },
}


def small(tmp_path_factory, **engagement) -> Scenario:
    file = tmp_path_factory.mktemp("small") / "small.yaml"
    file.write_text(yaml.safe_dump(SMALL | {"engagement": engagement}), encoding="utf-8")
    return load_scenario_document(file)


@pytest.fixture(
    scope="module",
    params=[
        {"shots_required": 2},
        {"shots_required": 3},
        {"shots_required": 2, "assessment": False},
        {"shots_required": 10, "assessment": False},
    ],
    ids=str,
)
def demanding(request, tmp_path_factory):
    scenario = small(tmp_path_factory, **request.param)
    capability = compute(scenario, "2018", step_deg=STEP_DEG)
    assert capability.defended(sharing="all").any()
    return scenario, capability


def by_coverage(scenario, capability, radars, batteries, sharing):
    """What `coverage` says of a scenario from which the other radars and batteries are removed."""
    left_out = {*capability.radar_ids, *capability.battery_ids} - {*radars, *batteries}
    assets = {
        name: entry.model_copy(update={"fire_control": tuple(set(entry.fire_control) - left_out)})
        for name, entry in scenario.document.assets.items()
        if name not in left_out
    }
    part = Scenario(
        scenario.document.model_copy(update={"assets": assets}), scenario.catalogue, scenario.book
    )
    found = coverage(
        part, phases=["2018"], threats=capability.threat_ids, sharing=sharing, step_deg=STEP_DEG,
        contributions=False,
    )  # fmt: skip
    cells = capability.land.index

    def of(name):
        return found[name].values[0].reshape(len(capability.threat_ids), -1)[:, cells]

    return of("defended") == 1, of("warning_time")


def subset(draw, ids):
    share = draw(st.sampled_from([0.15, 0.5, 0.85]))
    random = draw(st.randoms(use_true_random=False))
    return [name for name in ids if random.random() < share]


@settings(max_examples=9, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data(), sharing=st.sampled_from(SHARINGS))
def test_any_part_is_defended_as_coverage_says(data, sharing):
    radars, batteries = subset(data.draw, whole().radar_ids), subset(data.draw, whole().battery_ids)
    held, warning_s = by_coverage(EUROPE, whole(), radars, batteries, sharing)
    assert np.array_equal(whole().defended(radars, batteries, sharing), held)
    sensors = [*radars, *whole().satellite_ids]
    assert np.array_equal(whole().warning_s(sensors, sharing), warning_s, equal_nan=True)


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data(), sharing=st.sampled_from(SHARINGS))
def test_any_part_is_defended_as_coverage_says_when_more_shots_are_required(demanding, data, sharing):
    scenario, capability = demanding
    radars, batteries = (subset(data.draw, ids) for ids in (capability.radar_ids, capability.battery_ids))
    held, _ = by_coverage(scenario, capability, radars, batteries, sharing)
    assert np.array_equal(capability.defended(radars, batteries, sharing), held)


def test_sharing_makes_a_difference_in_what_is_compared():
    """Otherwise the properties above would show little."""
    none, everything = (whole().defended(sharing=sharing).sum() for sharing in ("none", "all"))
    assert 0 < none < everything < whole().threatened.sum()


@pytest.mark.parametrize("sharing", ["agreements", "all"])
def test_families_say_what_suffices(sharing):
    """By sets instead of bits: a flight is engaged by what holds one of its smallest sets."""
    random = np.random.default_rng(3)
    families = whole().families(sharing)
    for _ in range(6):
        radars, batteries = (
            [name for name in ids if random.random() < 0.6]
            for ids in (whole().radar_ids, whole().battery_ids)
        )
        held = whole().defended(radars, batteries, sharing)
        here = {*radars, *batteries}
        for threat, (found, flights) in enumerate(zip(families, whole().flights, strict=True)):
            engaged = np.array([any(each <= here for each in sets) for sets in found.sets])[found.family]
            by_hand = whole().threatened[threat].copy()
            np.logical_and.at(by_hand, flights.cell, engaged)
            assert np.array_equal(held[threat], by_hand)


def test_no_smallest_set_can_spare_a_member():
    for found in whole().families("all"):
        for sets in found.sets:
            assert not any(one < other for one in sets for other in sets)


def test_named_clauses_hold_whether_they_are_valid_or_not():
    """All in force by name are the agreements, none is no sharing, one from the past holds alone."""
    held = EUROPE.book.in_force(whole().day)
    assert np.array_equal(whole().defended(sharing=tuple(held)), whole().defended())
    assert np.array_equal(whole().defended(sharing=()), whole().defended(sharing="none"))
    past = "altbmd-interim/warning-to-all"
    assert "altbmd-interim" not in held
    warned = np.nan_to_num(whole().warning_s(sharing=[past]))
    now = np.nan_to_num(whole().warning_s(sharing=["altbmd-initial"]))
    some = (warned > 0.0) & (now > 10.0) & (warned < now)
    # The interim way was 10 s longer, wherever an ally's sensor was first.
    assert some.any()
    assert (now - warned)[some].max() == pytest.approx(10.0)


def test_agreements_can_be_replaced():
    without = whole().under(with_agreements(whole().scenario, {}))
    assert np.array_equal(without.defended(), whole().defended(sharing="none"))


def test_assets_of_other_years_can_be_taken_in():
    every = [asset.id for asset in EUROPE.assets]
    later = compute(EUROPE, "2018", threats=["irbm-3500"], step_deg=STEP_DEG, assets=every)
    assert "redzikowo-sm-3-iib" in later.battery_ids
    assert "redzikowo-sm-3-iib" not in whole().battery_ids
    same = later.defended(whole().radar_ids, whole().battery_ids)
    assert np.array_equal(same[0], whole().defended()[whole().threat_ids.index("irbm-3500")])


def test_who_runs_the_launch_points_changes_nothing():
    def backwards(function, items):
        return iter([function(item) for item in reversed(list(items))][::-1])

    other = compute(EUROPE, "2018", threats=["mrbm-2000"], step_deg=STEP_DEG, mapper=backwards)
    at = whole().threat_ids.index("mrbm-2000")
    assert np.array_equal(other.defended()[0], whole().defended()[at])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"radars": ["kurecik"]}, r"the phase has no radar 'kurecik'.*Did you mean 'kurecik-radar'\?"),
        ({"batteries": ["kurecik-radar"]}, r"the phase has no battery 'kurecik-radar'"),
        ({"sharing": ["altbmd"]}, r"the scenario has no agreement or clause 'altbmd'"),
        ({"sharing": "everything"}, r"there is no sharing 'everything'"),
    ],
)
def test_what_is_not_there_is_refused(options, words):
    with pytest.raises(InputError, match=words):
        whole().defended(**options)


def test_assets_that_the_scenario_does_not_have_are_refused():
    with pytest.raises(InputError, match=r"the scenario has no asset 'kurecik'"):
        compute(EUROPE, "2018", assets=["kurecik"])
