"""Cooperation: what is left out, alone and on average, against coverage and against counting by hand."""

import json
from datetime import date

import numpy as np
import pytest
import yaml

from synaspis.agreement import load_book
from synaspis.analyses.capability import compute, with_agreements
from synaspis.analyses.cooperation import MEASURES, cooperation, sampled_shapley, shapley, shapley_of_table
from synaspis.analyses.cooperation.contributions import Players
from synaspis.analyses.cooperation.games import (
    bearers,
    defence_game,
    every_coalition,
    narrowed,
    warning_game,
)
from synaspis.analyses.cooperation.leakage import LeakageGame, leakage_of
from synaspis.analyses.coverage import coverage
from synaspis.analyses.raid import load_raid, raid
from synaspis.core.errors import InputError
from synaspis.scenario import load_scenario_document

STEP_DEG = 3.0
EUROPE = load_scenario_document("europe")
CANDIDATES = load_book("europe-candidates")
AREA, PEOPLE, WARNING = range(3)


@pytest.fixture(scope="module")
def capability():
    return compute(EUROPE, "2018", step_deg=STEP_DEG)


@pytest.fixture(scope="module")
def found():
    return cooperation(EUROPE, phase="2018", step_deg=STEP_DEG, candidates=CANDIDATES, width=0.2)


@pytest.fixture(scope="module")
def covered():
    return coverage(EUROPE, phases=["2018"], step_deg=STEP_DEG).sel(phase="2018")


@pytest.fixture
def changed(tmp_path):
    """The European scenario with other agreements."""

    def change(assets=None, **agreements):
        file = tmp_path / "changed.yaml"
        head = {"schema": "scenario/1", "id": "changed", "name": "changed", "summary": "x"}
        old = dict.fromkeys(EUROPE.document.agreements) if assets else {}
        body = {"extends": "europe", "agreements": old | agreements, "assets": assets or {}}
        file.write_text(yaml.safe_dump(head | body), encoding="utf-8")
        return load_scenario_document(file)

    return change


def agreement(parties, **clauses):
    return {"name": "A", "parties": parties, "valid_from": date(2000, 1, 1), "clauses": clauses,
            "basis": "assumed", "note": "Made up."}  # fmt: skip


def test_all_together_are_what_coverage_says(found, covered):
    for number, threat in enumerate(found.threats):
        case = covered.sel(threat=threat)
        pooled = found.pooling.pooled[number]
        assert pooled[AREA] == pytest.approx(float(case.defended_area), rel=1e-12)
        assert pooled[PEOPLE] == int(case.defended_population)
        people = case.population.values * case.threatened.values
        mean = np.nansum(case.warning_time.values * people) / people.sum()
        assert pooled[WARNING] == pytest.approx(mean, rel=1e-12)
        for kind in found.contributions.values():
            assert kind.whole[number] == pytest.approx(pooled, rel=1e-12)


def test_what_is_lost_without_an_asset_is_what_coverage_says(found, covered):
    assets = found.contributions["asset"]
    for at, asset in enumerate(assets.players):
        if asset not in covered.asset.values:  # satellites give no right to launch
            assert not assets.lost_without[at, :, :WARNING].any()
            continue
        case = covered.sel(asset=asset)
        assert assets.lost_without[at, :, AREA] == pytest.approx(case.contribution_area.values, abs=1.0)
        assert np.array_equal(assets.lost_without[at, :, PEOPLE], case.contribution_population.values)


def test_partners_share_out_what_coalitions_are_worth_in_coverage(found):
    """The game asked of `coverage` itself, coalition by coalition, for those who can matter."""
    partners = found.contributions["partner"]
    owners = ["us", "nl", "gb"]

    def worth(coalition):
        if not coalition:
            return 0
        others = [name for name in partners.players if name not in owners]
        study = coverage(
            EUROPE, phases=["2018"], threats=["irbm-3500"], partners=[*coalition, *others],
            sharing="agreements", step_deg=STEP_DEG, contributions=False,
        )  # fmt: skip
        return int(study.defended_population[0, 0])

    expected = shapley(worth, owners)
    at = found.threats.index("irbm-3500")
    for name, value in expected.items():
        mine = partners.shapley[partners.players.index(name), at, PEOPLE]
        assert mine == pytest.approx(float(value), rel=1e-9, abs=1e-6)
    assert expected["us"] > 0


@pytest.mark.parametrize("by", ["partner", "agreement", "clause", "asset"])
def test_values_add_up_to_what_all_add_to_nobody(found, by):
    kind = found.contributions[by]
    assert kind.shapley.sum(axis=0) == pytest.approx(kind.whole - kind.none, rel=1e-9, abs=1e-6)
    assert np.all(kind.low <= kind.shapley)
    assert np.all(kind.shapley <= kind.high)
    for threat in kind.threats:
        for measure in MEASURES:
            method = kind.methods[threat, measure]
            assert method.name in ("exact", "sampled")
            assert (method.orders > 0) == (method.name == "sampled")
    assert sum(kind.shares("mean_warning_time_s").values()) == pytest.approx(1.0)


def test_few_players_are_counted_out_and_many_are_sampled(found):
    methods = {by: {m.name for m in kind.methods.values()} for by, kind in found.contributions.items()}
    assert methods["partner"] == methods["agreement"] == methods["clause"] == {"exact"}
    assert "sampled" in methods["asset"]


@pytest.mark.parametrize("make", [defence_game, warning_game])
def test_samples_hold_the_exact_value_of_the_same_game(capability, make):
    brings = [[name for name, owner in capability.owners.items() if owner == partner]
              for partner in ("us", "nl", "gb", "de", "dk", "fr")]  # fmt: skip
    brings = [brings[0][:9], brings[0][9:18], brings[0][18:], *brings[1:]]
    game = make(capability, 2, brings)
    exact = shapley_of_table(game.worths(every_coalition(game.size)))
    sampled = sampled_shapley(game, seed=np.random.SeedSequence(2))
    assert sampled.reached
    assert np.all((sampled.low <= exact) & (exact <= sampled.high))
    assert (exact > 0.0).sum() >= 3


@pytest.mark.parametrize("make", [defence_game, warning_game])
def test_who_bears_nothing_is_worth_nothing_in_any_coalition(capability, make):
    brings = [[name] for name in capability.owners]
    game = make(capability, 1, brings)
    able = bearers(game)
    idle = np.setdiff1d(np.arange(game.size), able)
    assert 0 < able.size < game.size
    random = np.random.default_rng(1).random((200, game.size)) < 0.5
    without = random.copy()
    without[:, idle] = False
    assert np.array_equal(game.worths(random), game.worths(without))
    assert np.array_equal(game.worths(without), narrowed(game, able).worths(random[:, able]))


def test_every_word_of_a_large_lot_is_used(capability):
    """Coalitions in lots of any number give what each gives by itself."""
    game = defence_game(capability, 2, [[name] for name in capability.owners])
    members = np.random.default_rng(4).random((4096 + 130, game.size)) < 0.7
    together = game.worths(members)
    for number in (0, 63, 64, 4095, 4096, 4225):
        assert game.worths(members[number : number + 1])[0] == pytest.approx(together[number], rel=1e-12)


def test_pooling_is_never_less_than_what_its_parts_have(found):
    pooling = found.pooling
    for less, more in (
        (pooling.union, pooling.side_by_side),
        (pooling.side_by_side, pooling.pooled),
        (pooling.pooled, pooling.everything),
        (pooling.own, pooling.union),
    ):
        assert np.all(less <= more + 1e-6)
    assert np.all(pooling.union[:, :WARNING] <= pooling.total[:, :WARNING])
    assert np.all(pooling.side_by_side[:, WARNING] < pooling.pooled[:, WARNING])


def test_what_partners_gain_and_give_agrees_with_the_whole(found):
    """Territories add up to the whole; what the owner of all batteries gives is all that others have."""
    pooled = np.sum([each.pooled[:, PEOPLE] for each in found.exchanges], axis=0)
    assert np.array_equal(pooled, found.pooling.pooled[:, PEOPLE])
    america = next(each for each in found.exchanges if each.partner == "us")
    assert np.array_equal(america.gives[:, PEOPLE], found.pooling.pooled[:, PEOPLE])
    assert not america.pooled[:, AREA].any()
    turkey = next(each for each in found.exchanges if each.partner == "tr")
    assert (turkey.pooled - turkey.alone)[:, PEOPLE].sum() > 1e7
    assert not turkey.gives.any()


def test_a_clause_that_does_not_hold_adds_what_it_adds_when_it_holds(found, changed):
    """The best candidate written into the scenario changes its coverage by just as much."""
    best = found.candidates[0]
    assert best.clause == found.best_clause == "candidates/engage-on-frigates"
    clause = {
        "product": "track",
        "from": ["de", "nl", "dk"],
        "to": "us",
        "use": "engage-on-remote",
        "delay": "15 s",
    }
    scenario = changed(more=agreement(["us", "de", "nl", "dk"], frigates=clause))
    after = coverage(scenario, phases=["2018"], step_deg=STEP_DEG, contributions=False)
    people = after.defended_population.values[0] - found.pooling.pooled[:, PEOPLE]
    assert np.array_equal(best.adds[:, PEOPLE], people)
    assert people.sum() > 0
    order = [each.adds[:, PEOPLE].sum() for each in found.candidates]
    assert order == sorted(order, reverse=True)


def test_clauses_of_the_own_book_that_do_not_hold_are_tried_too(found):
    names = {each.clause for each in found.candidates}
    assert {"altbmd-interim/warning-to-all", "altbmd-interim/cue-to-all"} <= names
    assert not names & set(found.in_force)


def test_a_clause_can_do_harm_and_its_value_says_so(changed):
    """A wider use wins over a shorter delay: the wider but far too slow clause undoes the quick one."""
    quick = {"product": "track", "from": "nl", "to": "us", "use": "launch-on-remote", "delay": "1 s"}
    slow = quick | {"use": "engage-on-remote", "delay": "3600 s"}
    scenario = changed(
        {"kurecik-radar": None},
        one=agreement(["us", "nl"], quick=quick), two=agreement(["us", "nl"], slow=slow),
    )  # fmt: skip
    found = cooperation(scenario, phase="2018", step_deg=STEP_DEG, by=["clause"])
    clauses = found.contributions["clause"]
    assert clauses.players == ("one/quick", "two/slow")
    people = clauses.shapley[:, :, PEOPLE].sum(axis=1)
    quick_value, slow_value = (people[clauses.players.index(name)] for name in ("one/quick", "two/slow"))
    assert slow_value < 0.0 < quick_value
    # By hand for two players: half of what it adds alone and half of what is lost without it.
    alone, last = clauses.adds_alone[:, :, PEOPLE].sum(axis=1), clauses.lost_without[:, :, PEOPLE].sum(axis=1)
    assert people == pytest.approx((alone + last) / 2.0)


def test_contradictory_agreements_are_refused_with_both_clauses(changed):
    permit = {"product": "track", "from": "gb", "to": "us", "use": "launch-on-remote", "delay": "5 s"}
    forbid = {"product": "track", "from": "gb", "to": "us", "effect": "forbid"}
    scenario = changed(
        give=agreement(["us", "gb"], tracks=permit), keep=agreement(["us", "gb"], no_tracks=forbid)
    )  # fmt: skip
    words = r"(?s)the clauses 'give/tracks' and 'keep/no_tracks' contradict each other: all that the first"
    with pytest.raises(InputError, match=words):
        cooperation(scenario, phase="2018", step_deg=STEP_DEG)


def test_contradictions_of_agreements_that_do_not_hold_together_are_none(changed):
    permit = {"product": "warning", "from": "gb", "to": "us", "delay": "5 s"}
    forbid = {"product": "warning", "from": "gb", "to": "us", "effect": "forbid"}
    past = agreement(["us", "gb"], no_warning=forbid) | {"valid_until": date(2001, 1, 1)}
    scenario = changed(give=agreement(["us", "gb"], warning=permit), keep=past)
    found = cooperation(scenario, phase="2018", step_deg=STEP_DEG, by=["clause"])
    assert "keep/no_warning" in {each.clause for each in found.candidates}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": ["nation"]}, "there are no players 'nation'"),
        ({"phase": "2017"}, "the scenario has no phase '2017'"),
        ({"threats": ["icbm"]}, "the scenario has no threat 'icbm'"),
        ({"width": 2.0, "by": ["asset"]}, "the width is 2; above 0 and below 1 is allowed"),
    ],
)
def test_what_cannot_be_asked_is_refused(options, words):
    with pytest.raises(InputError, match=words):
        cooperation(EUROPE, **({"phase": "2018", "step_deg": STEP_DEG} | options))


def test_the_phase_is_the_last_that_was_not_cancelled():
    found = cooperation(EUROPE, step_deg=STEP_DEG, by=["agreement"])
    assert found.phase == "2018"


def test_the_result_is_plain_json_and_names_what_it_rests_on(found):
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert document["best_clause"] == "candidates/engage-on-frigates"
    us = next(each for each in document["by"]["partner"]["players"] if each["id"] == "us")
    entry = us["threats"]["irbm-3500"]["defended_area_km2"]
    assert entry["shapley"]["value"] == pytest.approx(
        document["pooling"]["pooled"]["irbm-3500"]["defended_area_km2"]
    )
    assert "mean_warning_time_s" not in document["pooling"]["total"]["irbm-3500"]
    assert any(each["quantity"].startswith("launch-on-allied-track") for each in document["assumptions"])


def test_the_same_seed_gives_the_same_document():
    one, two, other = (
        cooperation(
            EUROPE, phase="2018", threats=["irbm-3500"], step_deg=STEP_DEG, by=["asset"], width=0.3, seed=seed
        )
        for seed in (1, 1, 2)
    )
    assert one.to_dict() == two.to_dict()
    assert not np.array_equal(one.contributions["asset"].shapley, other.contributions["asset"].shapley)


def test_leakage_without_a_player_is_that_of_a_raid_without_its_assets(capability):
    document = load_raid(EUROPE)
    game = LeakageGame(capability.scenario, document, "2018", seed=3, runs=400)
    mine = [name for name, owner in capability.owners.items() if owner == "nl"]
    expected = raid(capability.scenario, document, phase="2018", excluded=mine, runs=400, seed=3)
    assert game.leakers(mine).value == expected.leakage.leakers_mean.value
    useful = game.useful()
    assert {"kurecik-radar", "deveselu-sm-3-ib"} <= useful
    idle = sorted(set(capability.owners) - useful)
    assert idle
    assert game.leakers(idle).value == game.leakers(()).value


def test_missiles_stopped_are_shared_out_among_partners(capability):
    """Values add up to the leakers without anybody less those with all; who has no useful asset has none."""
    game = LeakageGame(capability.scenario, load_raid(EUROPE), "2018", seed=3, runs=400)
    ids = ["us", "nl", "es"]
    brings = [[name for name, owner in capability.owners.items() if owner == each] for each in ids]
    players = Players("partner", ids, ids, brings)
    found = leakage_of(game, [players])
    entries = {each["id"]: each for each in found["by"]["partner"]}
    all_absent = game.leakers([name for group in brings for name in group]).value
    stopped = sum(each["shapley_stopped"] for each in entries.values())
    assert stopped == pytest.approx(all_absent - found["leakers_mean"]["value"])
    assert entries["us"]["more_leakers_without"] > 0.0
    assert entries["es"]["shapley_stopped"] == 0.0
    assert found["missiles"] >= all_absent > found["leakers_mean"]["value"]


def test_leakage_by_clause_is_that_of_the_raid_without_it(capability):
    game = LeakageGame(capability.scenario, load_raid(EUROPE), "2018", seed=3, runs=400)
    names = ["altbmd-initial/launch-on-allied-track", "us-uk-fylingdales/launch-on-track"]
    found = leakage_of(game, [Players("clause", names, names, [[name] for name in names])])
    without = with_agreements(capability.scenario, {})
    bare = raid(without, load_raid(EUROPE), phase="2018", runs=400, seed=3).leakage.leakers_mean.value
    stopped = sum(each["shapley_stopped"] for each in found["by"]["clause"])
    assert stopped == pytest.approx(bare - found["leakers_mean"]["value"])
