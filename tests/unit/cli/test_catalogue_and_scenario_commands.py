"""`synaspis catalogue` and `synaspis scenario`."""

import pytest


def test_the_list_holds_items_of_one_kind_or_of_all(call):
    rows = call("catalogue", "list", "--json").document
    assert {"missiles", "radars", "sites"} <= {row["kind"] for row in rows}
    text = call("catalogue", "list", "missiles").out
    assert "mrbm-2000" in text
    assert "sm-3-iia" not in text


def test_sources_can_be_listed(call):
    rows = call("catalogue", "list", "sources", "--json").document
    assert all(row["name"] for row in rows)


def test_an_unknown_kind_or_item_is_bad_input(call):
    assert (
        "there is no kind 'radios' of item. Did you mean 'radars'?" in call("catalogue", "list", "radios").err
    )
    done = call("catalogue", "show", "sm-3-iia-x", "--json")
    assert done.status == 2
    assert "the catalogue has no item 'sm-3-iia-x'" in done.document["error"]["faults"][0]["what"]


def test_an_item_shows_every_value_with_its_source(call):
    document = call("catalogue", "show", "sm-3-iia", "--json").document
    text = call("catalogue", "show", "sm-3-iia").out
    for value in document["values"]:
        assert value["field"] in text
        assert value["basis"] in text
    assert document["sources"]


def test_a_folder_of_ones_own_is_read_too(call, tmp_path):
    (tmp_path / "missiles").mkdir()
    (tmp_path / "missiles" / "odd.yaml").write_text("schema: missile/1\nid: odd\n", "utf-8")
    done = call("catalogue", "list", "--folder", tmp_path)
    assert done.status == 2
    assert "odd.yaml" in done.err


def test_a_new_scenario_is_valid_and_bears_the_name_of_the_file(call, tmp_path):
    file = tmp_path / "My shield.yaml"
    assert call("scenario", "new", file, "--json").document == {"file": str(file), "id": "my-shield"}
    done = call("scenario", "validate", file, "--json")
    assert done.status == 0
    assert done.document["scenarios"][0]["id"] == "my-shield"


def test_a_packaged_scenario_can_be_the_beginning(call, tmp_path):
    file = tmp_path / "ours.yaml"
    assert call("scenario", "new", file, "--from", "europe").status == 0
    assert call("scenario", "show", file, "--json").document["id"] == "ours"


def test_a_file_that_is_there_stays_unless_it_is_forced(call, tmp_path):
    file = tmp_path / "ours.yaml"
    file.write_text("mine", "utf-8")
    done = call("scenario", "new", file, "--from", "evrope")
    assert done.status == 2
    assert "the file is there already. Name another, or add --force." in done.err
    assert "there is no packaged scenario 'evrope'. Did you mean 'europe'?" in done.err
    assert file.read_text("utf-8") == "mine"
    assert call("scenario", "new", file, "--force").status == 0
    assert file.read_text("utf-8") != "mine"


def test_a_name_that_gives_no_id_is_refused(call, tmp_path):
    assert (
        "the name gives no id. Use letters or digits in it."
        in call("scenario", "new", tmp_path / "+.yaml").err
    )


def test_faults_of_several_files_come_together(call, tmp_path, scenario_file):
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    text = scenario_file.read_text("utf-8")
    first.write_text(text.replace("latitude: 38.080 deg", "latitude: 91 deg"), "utf-8")
    second.write_text(text.replace("owner: tr", "owner: nobody"), "utf-8")
    done = call("scenario", "validate", first, scenario_file, second, "--json")
    assert done.status == 2
    assert {fault["source"] for fault in done.document["error"]["faults"]} == {str(first), str(second)}
    assert all(fault["line"] for fault in done.document["error"]["faults"])


def test_a_scenario_is_shown_in_short_and_whole(call, scenario_file):
    text = call("scenario", "show", scenario_file).out
    for word in ("2016-01-01", "mrbm-2000", "shore-battery", "launch-on-remote"):
        assert word in text
    assert call("scenario", "show", scenario_file, "--json").document["schema"] == "scenario/1"


def test_without_a_name_the_packaged_scenarios_are_listed(call):
    assert "europe" in {row["id"] for row in call("scenario", "show", "--json").document}
    assert "europe" in call("scenario", "show").out


@pytest.mark.parametrize("command", [["scenario", "show"], ["study"], ["scenario", "validate"]])
def test_a_scenario_that_does_not_exist_is_bad_input(call, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call(*command, "evrope")
    assert done.status == 2
    assert "there is no scenario 'evrope'. Did you mean 'europe'?" in done.err
    assert list(tmp_path.iterdir()) == []


def test_notices_stand_under_the_scenario_that_they_are_about(call, tmp_path):
    noted = tmp_path / "noted.yaml"
    assert call("scenario", "new", noted).status == 0
    noted.write_text(
        noted.read_text("utf-8").replace("countries: [RO, TR]", "countries: [RO, BG, TR]"), "utf-8"
    )
    lines = call("scenario", "validate", noted, "europe").out.splitlines()
    assert lines == [
        f"{noted}: valid",
        "  notice: BG is to be defended and is the country of no partner: nobody gives warning there",
        "europe: valid",
    ]
