"""The raids that come with the scenarios, flown, shot at and counted; and what is said of wrong raids."""

import numpy as np
import pytest
import yaml

from synaspis.analyses.raid import check_raid, load_raid, raid
from synaspis.analyses.raid.rules import kill_probabilities
from synaspis.core.documents import read_document
from synaspis.core.errors import InputError
from synaspis.scenario import Scenario, load_scenario_document


@pytest.fixture(scope="module")
def europe() -> Scenario:
    return load_scenario_document("europe")


@pytest.fixture(scope="module")
def stated(europe: Scenario):
    return load_raid(europe)


def changed(europe: Scenario, tmp_path, change):
    from synaspis.analyses.raid.document import raid_path

    data = yaml.safe_load(raid_path(europe).read_text("utf-8"))
    change(data)
    path = tmp_path / "raid.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return path


def test_every_packaged_raid_can_be_played():
    for name in ("europe", "gulf", "asia-pacific"):
        found = raid(load_scenario_document(name), runs=2000)
        assert found.missiles == found.leakage.pmf.size - 1
        assert found.leakage.pmf.sum() == pytest.approx(1.0)
        assert 0.0 <= found.leakage.p_no_leaker.low <= found.leakage.p_no_leaker.value


def test_a_scenario_that_extends_another_has_its_raid():
    assert raid(load_scenario_document("europe-as-built"), runs=500).missiles == 16


def test_where_stocks_cannot_end_the_closed_form_and_the_runs_agree(europe, stated):
    exact = raid(europe, stated, volleys=(1,))
    runs = raid(europe, stated, volleys=(1,), method="monte-carlo", runs=200_000)
    assert (exact.method, runs.method) == ("closed form", "Monte Carlo")
    assert runs.sampling.low <= exact.leakage.p_no_leaker.value <= runs.sampling.high
    assert runs.leakage.pmf == pytest.approx(exact.leakage.pmf, abs=5e-3)
    assert runs.leakage.shots_mean.value == pytest.approx(exact.leakage.shots_mean.value, abs=0.02)
    assert runs.independent.leakers_mean.value == pytest.approx(
        exact.independent.leakers_mean.value, abs=0.02
    )
    for one, other in zip(exact.batteries, runs.batteries, strict=True):
        assert one.shots_mean == pytest.approx(other.shots_mean, abs=0.02)
    # The doubt of both: the runs add that of sampling.
    assert runs.leakage.p_no_leaker.low <= exact.leakage.p_no_leaker.low + 2e-3
    assert runs.leakage.p_no_leaker.high >= exact.leakage.p_no_leaker.high - 2e-3


def test_no_battery_fires_more_than_it_has_and_stocks_run_out(europe, stated):
    found = raid(europe, stated, runs=20_000)
    assert all(each.shots_mean <= each.stock + 1e-9 for each in found.batteries)
    empty = [each for each in found.batteries if each.p_empty.value == 1.0]
    assert empty
    assert all(each.empty_s is not None and each.shots_mean == each.stock for each in empty)
    assert sum(each.shots_mean for each in found.batteries) == pytest.approx(found.leakage.shots_mean.value)


def test_coordination_saves_interceptors(europe, stated):
    others = raid(europe, stated, compare=True, runs=20_000).alternatives
    assert set(others) == {"full", "partner", "none"}
    assert others["full"].shots_mean.value < others["none"].shots_mean.value
    assert others["full"].leakers_mean.value < others["none"].leakers_mean.value


def test_values_of_the_user_replace_those_of_the_raid(europe, stated):
    found = raid(
        europe, stated, kill_probability=1.0, track_probability=1.0, class_failure_probability=0.0,
        volleys=(1,), runs=1000,
    )  # fmt: skip
    assert found.leakage.p_no_leaker.value == 1.0
    assert found.leakage.leakers_mean.high == 0.0
    assert all(each.basis == "assumed" for each in found.stated)
    one = raid(europe, stated, kill_probability={"sm-3-iia": 0.5}, runs=1000).rules["kill_probabilities"]
    assert one["sm-3-iia"] == {"value": 0.5, "low": 0.5, "high": 0.5, "basis": "given"}
    assert one["sm-3-ib"]["basis"] == "22 of 27 tests, jeffreys prior"


def test_without_interceptors_all_get_through(europe, stated):
    batteries = tuple(asset.id for asset in europe.batteries)
    found = raid(europe, stated, excluded=batteries, runs=1000)
    assert found.leakage.pmf[-1] == 1.0
    assert {each.reason for each in found.groups} == {"no interceptor battery is in service"}


def test_the_document_has_its_keys_and_its_assumptions_their_sources(europe, stated):
    found = raid(europe, stated, runs=1000)
    document = found.to_dict()
    assert list(document)[:5] == ["p_no_leaker", "leakers_mean", "leakage_pmf", "shots_mean", "intervals"]
    assert {each["item"] for each in document["assumptions"]} >= {"Interceptor: SM-3 Block IB"}
    sources = {source for each in found.assumptions for source in each.sources}
    assert "mda-ftm-16-2011" in sources
    assert sources <= set(europe.catalogue.sources)


def test_the_same_seed_gives_the_same_document(europe, stated):
    one, two = (raid(europe, stated, runs=3000, seed=7).to_dict() for _ in range(2))
    assert one == two
    assert raid(europe, stated, runs=3000, seed=8).to_dict() != one


def test_every_fault_of_a_raid_is_named_with_its_line(europe, tmp_path):
    def spoil(data):
        data["missiles"]["ankara"]["threat"] = "mrbm-1400"
        data["missiles"]["rome"]["launch_point"] = "Teheran"
        data["missiles"]["athens"]["count"] = -2
        data["track_probability"]["value"] = 1.4
        data["kill_probabilities"]["pac-4"] = dict(data["kill_probabilities"]["pac-3-cri"])
        data["phase"] = "1999"
        data["coordination"] = "some"

    with pytest.raises(InputError, match="faults") as caught:
        check_raid(europe, read_document(changed(europe, tmp_path, spoil)))
    text = str(caught.value)
    for part in (
        "the scenario has no threat 'mrbm-1400'. Did you mean 'mrbm-1300'?",
        "the threat 'irbm-3500' has no launch point 'Teheran'. Did you mean 'Tehran'?",
        "missiles.athens.count: -2: input should be greater than or equal to 1",
        "unknown interceptor 'pac-4'",
        "the scenario has no phase '1999'",
        "'some' is not allowed",
    ):
        assert part in text, text
    assert "raid.yaml:" in text


def test_an_aim_point_out_of_reach_is_named(europe, tmp_path):
    def far(data):
        data["missiles"]["ankara"]["aim"] = {
            "name": "Lisbon",
            "latitude": "38.7 deg",
            "longitude": "-9.1 deg",
        }

    with pytest.raises(
        InputError, match="mrbm-1300 from Tabriz cannot reach Lisbon: the aim point is beyond"
    ):
        raid(europe, changed(europe, tmp_path, far), runs=10)


def test_an_interceptor_without_tests_must_be_given_a_value(europe, tmp_path):
    path = changed(europe, tmp_path, lambda data: data["kill_probabilities"].pop("pac-3-cri"))
    with pytest.raises(InputError, match="the interceptor 'pac-3-cri' has no public test record") as caught:
        raid(europe, path, runs=10)
    assert "Give `--kill-probability pac-3-cri=K`" in str(caught.value)
    assert raid(europe, path, kill_probability={"pac-3-cri": 0.5}, runs=10).runs == 10


def test_a_raid_for_another_scenario_is_refused(stated):
    gulf = load_scenario_document("gulf")
    from synaspis.analyses.raid.document import raid_path

    with pytest.raises(InputError, match="the raid is stated for the scenario 'europe', not for 'gulf'"):
        load_raid(gulf, raid_path(load_scenario_document("europe")))


def test_wrong_settings_are_named_together(europe, stated):
    with pytest.raises(InputError, match="8 faults") as caught:
        raid(
            europe, stated, volleys=(0,), coordination="half", prior="flat", method="magic", runs=0,
            width=2.0, seed=-1, track_probability=7.0,
        )  # fmt: skip
    for part in (
        "the volleys 0 are out of bounds; 1 to 10 volleys of 1 shot or more, 100 shots together at most",
        "there is no coordination 'half'",
        "there is no prior 'flat'",
        "there is no method 'magic'",
        "0 runs are out of bounds; 1 or more are allowed",
        "the width 2 is out of bounds; above 0 and below 1 is allowed",
        "the seed -1 is negative; 0 or more is allowed",
        "the track probability 7 is out of bounds; 0 to 1 is allowed",
    ):
        assert part in str(caught.value)


def test_unknown_interceptors_and_wrong_kill_probabilities_are_named(europe, stated):
    with pytest.raises(InputError, match="there is no interceptor 'sm-4'") as caught:
        raid(europe, stated, kill_probability={"sm-4": 0.5, "thaad": 2.0}, runs=10)
    assert "the kill probability 2 is out of bounds; 0 to 1 is allowed" in str(caught.value)


def test_a_scenario_without_a_raid_says_so(europe):
    from dataclasses import replace

    alone = replace(europe, document=europe.document.model_copy(update={"id": "mine", "extends": None}))
    with pytest.raises(InputError, match="no raid comes with the scenario 'mine'"):
        raid(alone, runs=10)


def test_common_failures_are_worse_than_independent_ones(europe, stated):
    found = raid(europe, stated, runs=50_000)
    assert found.independent.p_no_leaker.value > found.leakage.p_no_leaker.value
    assert np.all(found.leakage.pmf_low <= found.leakage.pmf)


def test_a_kill_probability_in_percent_keeps_its_range(europe, tmp_path):
    """70 percent, from 40 to 90, is 0.7 from 0.4 to 0.9, by the meaning of percent."""

    def in_percent(data):
        entry = data["kill_probabilities"]["pac-3-cri"]
        entry |= {end: 100.0 * entry[end] for end in ("value", "low", "high")} | {"unit": "percent"}

    given = load_raid(europe, changed(europe, tmp_path, in_percent))
    found = kill_probabilities(europe, given, ["pac-3-cri"], {}, "jeffreys")["pac-3-cri"]
    assert (found.value, found.low, found.high) == pytest.approx((0.7, 0.4, 0.9))
