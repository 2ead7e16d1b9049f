"""Bad questions are refused with every fault at once; a file of one's own is read like the packaged one."""

import re

import pytest
import yaml

from synaspis.analyses.assurance import Verdict, assurance, load_assurance_document
from synaspis.analyses.assurance.asked import ask
from synaspis.analyses.assurance.document import assurance_path
from synaspis.core.errors import InputError
from synaspis.scenario import load_scenario_document

EUROPE = load_scenario_document("europe")
PACKAGED = yaml.safe_load(assurance_path(EUROPE).read_text("utf-8"))


def refused(call) -> str:
    with pytest.raises(InputError, match="fault") as caught:
        call()
    return str(caught.value)


def written(tmp_path, **changes):
    """The packaged file with changes, as a file of a user."""
    content = {**PACKAGED, **changes}
    for count in content["counts"]:
        count["date"] = str(count["date"])
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    return path


def test_every_packaged_file_can_be_read_and_is_named_by_its_scenario():
    for path in assurance_path(EUROPE).parent.glob("*.yaml"):
        scenario = load_scenario_document(path.stem)
        document = load_assurance_document(scenario)
        assert document.scenario == path.stem
        named = [
            *document.fields.values(), *document.targets.values(), *document.counts,
            *document.pairs.values(), *document.limits.values(),
        ]  # fmt: skip
        assert all(claim.source or claim.note for claim in named)


def test_a_scenario_without_a_file_needs_one():
    small = load_scenario_document("europe-radar-1500")
    assert "no launch fields and targets come with the package for 'europe-radar-1500'" in refused(
        lambda: assurance(small)
    )


def test_an_unknown_interceptor_is_refused_with_those_that_stand_there():
    text = refused(lambda: assurance(EUROPE, interceptor="sm-3-iic"))
    assert "the interceptor 'sm-3-iic' is unknown" in text
    assert "gbi-two-stage" in text


def test_an_interceptor_that_stands_nowhere_is_refused():
    text = refused(lambda: assurance(EUROPE, interceptor="arrow-3"))
    assert "the interceptor 'arrow-3' does not stand in the phase" in text


def test_a_speed_without_an_interceptor_is_refused():
    text = refused(lambda: assurance(EUROPE, burnout_speed_m_s=5e3))
    assert "a burnout speed is given and no interceptor. Say whose it is" in text


def test_an_unknown_pair_and_phase_are_refused():
    assert "there is no pair 'third-site'. Did you mean 'third-site-2007'?" in refused(
        lambda: assurance(EUROPE, pair="third-site")
    )
    assert "the scenario has no phase '2030'" in refused(lambda: assurance(EUROPE, phase="2030"))
    assert "the interceptor 'sm-3-iib' is not in the pair 'third-site-2007'" in refused(
        lambda: assurance(EUROPE, pair="third-site-2007", interceptor="sm-3-iib")
    )


def test_a_phase_without_any_interceptor_outside_the_air_is_refused(tmp_path):
    path = tmp_path / "bare.yaml"
    ships = [name for name, asset in EUROPE.document.assets.items() if asset.item.startswith("sm-3")]
    path.write_text(
        yaml.safe_dump(
            {"schema": "scenario/1", "id": "bare", "name": "x", "summary": "x", "extends": "europe",
             "assets": dict.fromkeys(ships)}
        ), "utf-8",
    )  # fmt: skip
    bare = load_scenario_document(path)
    about = written(tmp_path, scenario="bare", limits={})
    text = refused(lambda: assurance(bare, about=about))
    assert "no interceptor that works outside the air stands in the phase '2022'" in text


def test_all_faults_of_a_file_come_together(tmp_path):
    path = written(
        tmp_path,
        scenario="asia",
        phase="2030",
        missile="icbm-1",
        fields={"a": {"name": "A", "latitude": "91 deg", "longitude": 3, "basis": "estimated"}},
        limits={"x": {"name": "x", "kind": "sites", "assets": ["nowhere"], "basis": "assumed", "note": "x"}},
    )
    text = refused(lambda: load_assurance_document(EUROPE, path))
    for part in (
        "it is about the scenario 'asia', not 'europe'",
        "the scenario has no phase '2030'",
        "unknown missile class 'icbm-1'. Did you mean 'icbm-10000'?",
        "fields.a.latitude: 91 deg is out of bounds; -90 to 90 deg is allowed",
        "fields.a.longitude: 3 has no unit",
        "fields.a.source: basis is 'estimated' and there is no source",
        "limits.x.assets: the scenario has no asset 'nowhere'",
    ):
        assert part in text, part
    assert re.search(r"mine\.yaml:\d+: ", text)


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [("speed", "speed"), ("sites", "assets"), ("data", "assets"), ("numbers", "interceptors")],
)
def test_a_limit_without_what_it_limits_is_refused(tmp_path, kind, lacking):
    path = written(tmp_path, limits={"x": {"name": "x", "kind": kind, "basis": "assumed", "note": "x"}})
    text = refused(lambda: load_assurance_document(EUROPE, path))
    assert f"a limit of the kind {kind!r} has no `{lacking}`" in text


def test_the_pair_stands_beside_the_assets_of_the_phase():
    asked = ask(EUROPE, None, None, None, None, "third-site-2007")
    assert asked.interceptors == ("gbi-two-stage",)
    assert "redzikowo-sm-3-iib" in {battery.id for battery in asked.scenario.batteries}


def test_an_interceptor_that_stands_in_a_pair_alone_is_found_there():
    asked = ask(EUROPE, None, None, "gbi-two-stage", 6.3e3, None)
    assert asked.pair == "third-site-2007"
    assert asked.fixed == {"gbi-two-stage.burnout_speed": 6.3e3}


def with_limits(tmp_path, *names):
    return written(tmp_path, limits={name: PACKAGED["limits"][name] for name in names})


def test_a_limit_on_speed_makes_the_fast_interceptor_slow_and_its_verdict_no(tmp_path):
    about = with_limits(tmp_path, "speed-5", "no-polish-site", "half-the-numbers")
    result = assurance(
        EUROPE, interceptor="sm-3-iib", burnout_speed_m_s=9e3, sensitivity=False, step_deg=3.0, about=about
    )
    limits = {limit["id"]: limit["verdict"] for limit in result.limits}
    assert result.verdict is Verdict.YES
    assert limits["speed-5"] == "no"
    assert limits["no-polish-site"] == "no"
    assert limits["half-the-numbers"] == "yes"


def test_a_limit_on_numbers_bounds_what_could_be_stopped_and_says_what_it_leaves_out(tmp_path):
    about = with_limits(tmp_path, "speed-5", "half-the-numbers")
    result = assurance(EUROPE, phase="2018", sensitivity=False, step_deg=3.0, about=about)
    limits = {limit["id"]: limit for limit in result.limits}
    standing = sum(
        battery.entry.interceptors
        for battery in EUROPE.in_service(EUROPE.phase("2018").date)
        if battery.kind == "battery" and battery.item.id.startswith("sm-3")
    )
    assert limits["half-the-numbers"]["interceptors"] == standing - 24  # 48 on land, at most 24
    assert "synaspis raid" in limits["half-the-numbers"]["note"]
    assert limits["speed-5"]["note"] == ""
