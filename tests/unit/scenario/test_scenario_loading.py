"""Packaged scenarios, scenarios that change others, rival values, and what a loaded scenario tells."""

import json
from datetime import date
from pathlib import Path

import pytest

from synaspis.catalogue import load_catalogue
from synaspis.core.documents import read_document
from synaspis.core.errors import InputError
from synaspis.scenario import (
    Scenario,
    check_scenario,
    load_scenario_document,
    new_scenario,
    scenario_ids,
    scenario_path,
)

CHANGE = """
schema: scenario/1
id: mine
name: Mine
summary: A change.
extends: base.yaml
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(new_scenario("base"), encoding="utf-8")
    return tmp_path


def changed(folder: Path, text: str) -> Scenario:
    (folder / "mine.yaml").write_text(CHANGE + text, encoding="utf-8")
    return load_scenario_document(folder / "mine.yaml")


@pytest.mark.parametrize("scenario_id", scenario_ids())
def test_packaged_scenarios_pass_and_bear_the_name_of_their_file(scenario_id: str):
    scenario = load_scenario_document(scenario_id)
    assert scenario.id == scenario_id
    assert scenario.files[0] == scenario_path(scenario_id)
    assert set(scenario.sources()) <= set(scenario.catalogue.sources)
    assert not scenario.notices()


@pytest.mark.parametrize("name", ["europe", "base.yaml"])
def test_show_gives_what_json_holds_and_what_loads_again(name: str, folder: Path):
    scenario = load_scenario_document(name if name == "europe" else folder / name)
    shown = json.loads(json.dumps(scenario.as_dict()))
    assert shown["schema"] == "scenario/1"
    # Dates are text in JSON; as YAML scalars they are dates again.
    text = json.dumps(shown)
    for day in {
        str(day) for asset in scenario.assets for day in (asset.entry.in_service, asset.entry.out_of_service)
    }:
        text = text.replace(f'"{day}"', day)
    for phase in scenario.document.phases.values():
        text = text.replace(f'"{phase.date}"', str(phase.date))
    for agreement in scenario.document.agreements.values():
        for day in (agreement.valid_from, agreement.valid_until):
            text = text.replace(f'"{day}"', str(day))
    assert check_scenario(read_document(text)).document == scenario.document


def test_unknown_scenario_names_the_nearest():
    with pytest.raises(InputError, match=r"there is no scenario 'europa'\. Did you mean 'europe'\?"):
        load_scenario_document("europa")
    with pytest.raises(InputError, match=r"none\.yaml: there is no such file"):
        load_scenario_document("none.yaml")


def test_unknown_phase_and_threat_name_the_nearest():
    scenario = load_scenario_document("europe")
    with pytest.raises(InputError, match=r"the scenario has no phase '2017'\. Did you mean '201\d'\?"):
        scenario.phase("2017")
    with pytest.raises(InputError, match=r"the scenario has no threat 'mrbm'"):
        scenario.missile("mrbm")


def test_extends_merges_by_key_and_null_takes_away(folder: Path):
    scenario = changed(
        folder,
        """
region: {step: 1 deg}
assets:
  ship-radar: null
  forward-radar: {boresight: 90 deg, out_of_service: 2040-01-01}
  second-radar:
    {item: spy-1d-v, owner: ro, site: deveselu, in_service: 2026-01-01, basis: assumed, note: New.}
phases:
  2030: null
""",
    )
    assert [asset.id for asset in scenario.assets] == [
        "warning-satellite",
        "forward-radar",
        "shore-radar",
        "shore-battery",
        "second-radar",
    ]
    radar = scenario.document.assets["forward-radar"]
    assert str(radar.boresight) == "90 deg"
    assert radar.site == "kurecik"
    assert radar.out_of_service == date(2040, 1, 1)
    assert list(scenario.document.phases) == ["2026"]
    assert scenario.document.region.countries == ("RO", "TR")
    assert scenario.grid().shape == (12, 24)
    assert scenario.document.name == "Mine"
    assert [path.name for path in scenario.files] == ["mine.yaml", "base.yaml"]


def test_faults_of_an_extended_scenario_name_the_file_they_come_from(folder: Path):
    base = folder / "base.yaml"
    base.write_text(new_scenario("base").replace("105 deg", "500 deg"), encoding="utf-8")
    with pytest.raises(InputError, match="2 faults") as raised:
        changed(folder, "region: {step: 1 km}\n")
    told = {Path(fault.source).name: fault for fault in raised.value.faults}
    assert told["mine.yaml"].where == "region.step"
    assert told["mine.yaml"].line == 7
    assert told["base.yaml"].where == "assets.forward-radar.boresight"
    lines = base.read_text(encoding="utf-8").splitlines()
    assert told["base.yaml"].line is not None
    assert "500 deg" in lines[told["base.yaml"].line - 1]


def test_one_level_of_extension(folder: Path):
    (folder / "base.yaml").write_text(CHANGE.replace("base.yaml", "europe"), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"extends a scenario itself; one level is allowed\. Extend 'europe' instead"
    ):
        changed(folder, "")


def test_a_missing_base_is_a_fault_of_the_line_that_names_it(folder: Path):
    (folder / "base.yaml").unlink()
    with pytest.raises(InputError, match=r"mine\.yaml:6: extends: there is no such file"):
        changed(folder, "")


def test_an_override_exchanges_one_value_and_leaves_the_catalogue_alone():
    plain, other = load_scenario_document("europe"), load_scenario_document("europe-radar-1500")
    before = load_catalogue().radars["an-tpy-2-forward"]
    after = other.catalogue.radars["an-tpy-2-forward"]
    # The dispute as published-numbers.md, section 5.1, has it: 870 km (Lewis and Postol) or 1,500 km (NRC).
    assert str(before.reference_range) == "870 km"
    assert str(after.reference_range) == "1500 km"
    assert "870" in {f"{rival.value:g}" for rival in after.reference_range.rivals}
    assert after.model_copy(update={"reference_range": before.reference_range}) == before
    assert plain.catalogue.radars["an-tpy-2-forward"] == before
    differing = {
        key
        for key in plain.as_dict().keys() | other.as_dict().keys()
        if plain.as_dict().get(key) != other.as_dict().get(key)
    }
    assert differing == {"id", "name", "summary", "extends", "overrides"}


def test_an_override_may_name_a_value_deep_in_an_item(tmp_path: Path):
    catalogue = load_catalogue()
    missile = catalogue.missiles["mrbm-2000"]
    burn_time = missile.stages[1].burn_time
    text = new_scenario("deep").replace(
        "region:", "overrides: {'mrbm-2000.stages[1].burn_time': somebody}\nregion:", 1
    )
    with pytest.raises(
        InputError, match=r"nobody named 'somebody' holds another value of mrbm-2000\.stages\[1\]"
    ):
        check_scenario(read_document(text))
    rival = {"value": 99.0, "held_by": "somebody", "note": "For a test."}
    altered = burn_time.model_validate({**burn_time.model_dump(exclude_none=True), "rivals": [rival]})
    stages = (missile.stages[0], missile.stages[1].model_copy(update={"burn_time": altered}))
    disputed = {**catalogue.missiles, "mrbm-2000": missile.model_copy(update={"stages": stages})}
    changes = {name: getattr(catalogue, name) for name in catalogue.__dataclass_fields__}
    scenario = check_scenario(
        read_document(text), catalogue=type(catalogue)(**{**changes, "missiles": disputed})
    )
    assert scenario.missile("mrbm-2000").stages[1].burn_time.si == 99.0
    assert scenario.missile("mrbm-2000").stages[0] == missile.stages[0]


def test_a_clause_with_conditions_brings_a_notice():
    changed = "product: warning, conditions: {exercise: true}, from"
    text = new_scenario("noted").replace("product: warning, from", changed, 1)
    scenario = check_scenario(read_document(text))
    assert scenario.notices()[0] == (
        "agreements.first-agreement.clauses.warning.conditions is left out by the simulation: "
        "it applies to some messages only"
    )


def test_territory_off_the_map_or_of_no_partner_brings_a_notice():
    text = new_scenario("noted").replace("countries: [RO, TR]", "countries: [RO, BG, JP, TR]", 1)
    assert check_scenario(read_document(text)).notices() == (
        "JP is to be defended and has no cell on the map: the region leaves it out, or the step is too "
        "coarse for it",
        "BG is to be defended and is the country of no partner: nobody gives warning there",
        "JP is to be defended and is the country of no partner: nobody gives warning there",
    )


def test_fewer_interceptors_than_shots_required_brings_a_notice():
    text = new_scenario("noted").replace("interceptors: 24", "interceptors: 2", 1)
    assert check_scenario(read_document(text)).notices() == ()
    text = text.replace("shots_required: 1", "shots_required: 3", 1)
    (notice,) = check_scenario(read_document(text)).notices()
    assert "has 2 interceptors, fewer than the 3 shots required: stocks do not count here" in notice


@pytest.mark.parametrize("name", ["Has Space", "-x", "x--y", "", "ä", "../up", "x" * 65])
def test_a_new_scenario_needs_a_plain_id(name: str):
    with pytest.raises(InputError, match="cannot be the id of a scenario"):
        new_scenario(name)
