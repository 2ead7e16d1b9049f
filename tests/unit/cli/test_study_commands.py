"""`synaspis study`, `coverage`, `export` of a study and `verify`, on a small scenario."""

import csv
import json
import shutil

import numpy as np
import pytest
import xarray as xr


def cases(folder):
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_folder_holds_what_the_manual_names(study):
    names = {path.name for path in study.iterdir()}
    assert {
        "report.html", "coverage.nc", "coverage.zarr", "launch-area.nc", "manifest.json", "summary.csv",
        "summary.json", "gates.csv", "coverage.png", "coverage-2016-mrbm-2000.png", "inputs",
        "defended-2016-mrbm-2000.geojson", "defended-2016-mrbm-2000.kml", "paths-mrbm-2000.czml",
    } <= names  # fmt: skip
    assert (study / "report.html").read_text("utf-8").count("<html") == 1
    assert not [name for name in names if name.startswith(".")]


def test_netcdf_and_zarr_hold_the_same_dataset(study):
    stored = xr.load_dataset(study / "coverage.nc", engine="h5netcdf")
    zarr = xr.open_zarr(study / "coverage.zarr", consolidated=False).load()
    for name in ("defended", "gate", "warning_time", "contribution_area"):
        np.testing.assert_array_equal(stored[name].values, zarr[name].values)
        assert stored[name].attrs["units"] == zarr[name].attrs["units"]


def test_tables_agree_with_the_dataset(study):
    stored = xr.load_dataset(study / "coverage.nc", engine="h5netcdf")
    for row in cases(study):
        case = stored.sel(phase=row["phase"], threat=row["threat"])
        defended = float((case["cell_area"] * (case["defended"] > 0)).sum()) / 1e6
        assert float(row["defended_area_km2"]) == pytest.approx(defended, abs=0.06)


def test_coverage_of_one_case_gives_the_same_numbers_and_its_cells(call, study, scenario_file):
    document = call("coverage", scenario_file, "--phase", "2016", "--threat", "mrbm-2000", "--json").document
    row = next(row for row in cases(study) if row["phase"] == "2016")
    assert document["defended_area_km2"] == pytest.approx(float(row["defended_area_km2"]), abs=0.06)
    assert document["defended_population"] == float(row["defended_population"])
    cells = document["cells"]
    open_cells = [cell for cell in cells if not cell["defended"]]
    assert sum(document["not_defended_km2"].values()) == pytest.approx(
        document["threatened_area_km2"] - document["defended_area_km2"]
    )
    assert {cell["gate"] for cell in open_cells} == set(document["not_defended_km2"])
    assert {cell["country"] for cell in cells} <= {"RO", "BG", "TR"}


def test_coverage_for_people(call, scenario_file):
    text = call(
        "coverage", scenario_file, "--phase", "2016", "--threat", "mrbm-2000", "--no-contributions"
    ).out
    assert text.startswith("small, phase 2016, threat mrbm-2000\nArea defended: ")
    assert "lost without" not in text


def test_unknown_cases_are_bad_input(call, scenario_file):
    done = call("coverage", scenario_file, "--phase", "2017", "--threat", "mrbm-2000", "--json")
    assert done.status == 2
    assert "the scenario has no phase '2017'" in done.document["error"]["faults"][0]["what"]
    done = call("coverage", scenario_file, "--phase", "2016", "--threat", "mrbm-2000", "--step-deg", "0")
    assert "--step-deg: 0 deg is out of bounds; 0.01 to 10 deg is allowed" in done.err


def test_a_study_of_less_says_so_in_its_command(call, scenario_file, tmp_path):
    out = tmp_path / "less"
    done = call(
        "study", scenario_file, "--phase", "2016", "--sharing", "none", "--no-contributions",
        "--no-launch-area", "--out", out, "--json",
    )  # fmt: skip
    assert done.document["report"] == str(out / "report.html")
    assert len(done.document["cases"]) == 1
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["command"] == (
        f"synaspis study {scenario_file} --phase 2016 --sharing none --no-contributions --no-launch-area"
        f" --out {out}"
    )
    assert "Launch area denied" not in (out / "report.html").read_text("utf-8")
    assert call("verify", out).status == 0


def test_a_folder_with_other_things_is_not_touched(call, scenario_file, tmp_path):
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    done = call("study", scenario_file, "--out", tmp_path)
    assert done.status == 2
    assert "the folder holds other things than a study" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("wanted", "start"), [("geojson", '{"type":"Feat'), ("kml", "<?xml"), ("czml", "[{")]
)
def test_a_case_goes_out_as_a_map(call, study, tmp_path, wanted, start):
    out = tmp_path / f"case.{wanted}"
    done = call(
        "export", study, "--format", wanted, "--phase", "2016", "--threat", "mrbm-2000", "--output", out
    )
    assert done.status == 0, done.err
    assert out.read_text("utf-8").startswith(start)


def test_areas_of_the_geojson_are_those_of_the_table(study):
    document = json.loads((study / "defended-2016-mrbm-2000.geojson").read_text("utf-8"))
    row = next(row for row in cases(study) if row["phase"] == "2016")
    areas = {
        f["properties"]["category"]: f["properties"]
        for f in document["features"]
        if "area_km2" in f["properties"]
    }
    assert areas["defended"]["area_km2"] == pytest.approx(float(row["defended_area_km2"]), abs=0.1)
    whole = sum(each["area_km2"] for each in areas.values())
    assert whole == pytest.approx(float(row["threatened_area_km2"]), abs=1.0)


def test_datasets_and_tables_go_out_narrowed_or_whole(call, study, tmp_path):
    assert (
        call("export", study, "--format", "netcdf", "--phase", "2016", "--output", tmp_path / "a.nc").status
        == 0
    )
    assert xr.load_dataset(tmp_path / "a.nc", engine="h5netcdf")["defended"].dims == (
        "threat",
        "latitude",
        "longitude",
    )
    assert call("export", study, "--format", "zarr", "--output", tmp_path / "a.zarr").status == 0
    assert xr.open_zarr(tmp_path / "a.zarr", consolidated=False).sizes["phase"] == 2
    assert call("export", study, "--format", "csv", "--output", tmp_path / "a.csv").status == 0
    assert (tmp_path / "a.csv").read_text("utf-8") == (study / "summary.csv").read_text("utf-8")


def test_what_a_study_cannot_give_is_said(call, study, tmp_path):
    done = call("export", study, "--format", "oem", "--phase", "x", "--output", tmp_path / "a")
    assert done.status == 2
    assert (
        "--format: a study cannot be written as oem. Allowed: geojson, kml, czml, csv, netcdf, zarr."
        in done.err
    )
    assert "--phase: the study has no phase 'x'." in done.err
    done = call("export", study, "--format", "kml", "--output", tmp_path / "a")
    assert "--phase: kml shows one case and needs a phase. One of 2012, 2016." in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_study_holds(call, study):
    done = call("verify", study, "--json")
    assert (done.status, done.document["verified"], done.document["differences"]) == (0, True, [])
    assert done.document["compared"] > 30
    assert "nothing differs." in call("verify", study).out


@pytest.fixture
def copy(study, tmp_path):
    return shutil.copytree(study, tmp_path / "copy")


def rewrite(folder, change):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_a_number_that_was_changed_is_found(call, copy):
    def change(manifest):
        manifest["numbers"][1]["defended_area"] *= 1.001

    rewrite(copy, change)
    done = call("verify", copy, "--json")
    assert done.status == 1
    assert [d["what"] for d in done.document["differences"]] == ["defended_area of 2016, mrbm-2000"]


def test_a_number_within_the_tolerance_is_not(call, copy):
    def change(manifest):
        manifest["numbers"][1]["defended_area"] *= 1.0 + 1e-9

    rewrite(copy, change)
    assert call("verify", copy).status == 0


def test_a_file_that_was_changed_or_lost_is_found(call, copy):
    (copy / "report.html").write_text("other", "utf-8")
    (copy / "coverage.png").unlink()
    done = call("verify", copy)
    assert done.status == 1
    assert "file report.html" in done.out
    assert "no such file" in done.out
    assert "2 differ." in done.out


def test_another_input_gives_other_numbers_and_is_named(call, copy):
    (scenario,) = (copy / "inputs").iterdir()
    text = scenario.read_text("utf-8").replace(
        "site: deveselu, in_service: 2015", "site: deveselu, in_service: 2020"
    )
    scenario.write_text(text, "utf-8")
    done = call("verify", copy, "--json")
    found = {d["what"] for d in done.document["differences"]}
    assert {f"input inputs/{scenario.name}", f"file inputs/{scenario.name}", "array gate"} <= found
    assert "cells differ" in next(
        d["found"] for d in done.document["differences"] if d["what"] == "array gate"
    )


def test_a_changed_array_is_found_by_its_hash(call, copy):
    def change(manifest):
        manifest["arrays"]["shots"] = "0" * 64

    rewrite(copy, change)
    done = call("verify", copy, "--json")
    assert [d["what"] for d in done.document["differences"]] == ["array shots"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no manifest.json in it. Name the folder that `synaspis study` wrote."),
        ("{", "cannot be read"),
        ("{}", "is no manifest: `schema` must be 'manifest/1'"),
        (
            '{"schema": "manifest/1", "settings": {"scenario": 5}}',
            "settings: 'scenario' is of the wrong kind",
        ),
    ],
)
def test_a_folder_that_is_no_study_is_bad_input(call, tmp_path, content, said):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, "utf-8")
    done = call("verify", tmp_path)
    assert done.status == 2
    assert said in done.err


def test_a_store_that_was_changed_and_a_file_that_was_added_are_found(call, copy):
    parts = [path for path in (copy / "coverage.zarr" / "defended").rglob("*") if path.is_file()]
    next(path for path in parts if path.name != "zarr.json").write_bytes(b"other")
    (copy / "extra.csv").write_text("mine", "utf-8")
    done = call("verify", copy, "--json")
    assert done.status == 1
    assert [(d["what"], d["stored"]) for d in done.document["differences"][1:]] == [
        ("file extra.csv", "not named in the manifest")
    ]
    assert done.document["differences"][0]["what"] == "file coverage.zarr"


def test_an_input_that_the_manifest_hides_is_found(call, copy):
    rewrite(copy, lambda manifest: manifest["inputs"].clear())
    done = call("verify", copy, "--json")
    assert {d["stored"] for d in done.document["differences"]} == {"not named in the manifest"}
    assert "input data/natural_earth/countries-50m.json" in {d["what"] for d in done.document["differences"]}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("numbers", [1, 2]),
        ("numbers", [{"phase": ["2016"], "threat": "mrbm-2000"}]),
        ("inputs", ["a"]),
        ("outputs", {"report.html": 1}),
        ("settings", {"phases": [1]}),
        ("settings", {"step_deg": True}),
    ],
)
def test_a_manifest_of_the_wrong_kinds_is_bad_input(call, copy, part, value):
    def change(manifest):
        manifest[part] = {**manifest[part], **value} if part == "settings" else value

    rewrite(copy, change)
    done = call("verify", copy)
    assert done.status == 2
    assert "of the wrong kind" in done.err


def test_an_infinite_number_does_not_pass(call, copy):
    def change(manifest):
        manifest["numbers"][1]["defended_area"] = float("inf")

    rewrite(copy, change)
    done = call("verify", copy, "--json")
    assert [d["what"] for d in done.document["differences"]] == ["defended_area of 2016, mrbm-2000"]


def test_a_study_of_a_file_that_extends_another_is_rebuilt_from_its_copies(
    call, scenario_file, tmp_path, monkeypatch
):
    (tmp_path / "mine").mkdir()
    shutil.copyfile(scenario_file, tmp_path / "base.yaml")
    mine = tmp_path / "mine" / "base.yaml"
    mine.write_text(
        "schema: scenario/1\nid: mine\nname: Mine\nsummary: Mine.\nextends: ../base.yaml\nphases:\n  2012:\n",
        "utf-8",
    )
    out = tmp_path / "out"
    options = ("--no-contributions", "--no-launch-area", "--questions", "coverage")
    assert call("study", mine, "--out", out, *options).status == 0
    mine.unlink()
    (tmp_path / "base.yaml").unlink()
    done = call("verify", out, "--json")
    assert (done.status, done.document["differences"]) == (0, [])


def test_no_folder_but_a_store_is_replaced_by_a_store(call, study, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine", "utf-8")
    done = call("export", study, "--format", "zarr", "--output", tmp_path / "mine")
    assert done.status == 2
    assert "the folder holds other things than a Zarr store. Name a folder that does not exist" in done.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    for _ in range(2):
        assert call("export", study, "--format", "zarr", "--output", tmp_path / "store").status == 0


def test_what_is_exported_is_not_written_over(call, copy):
    done = call("export", copy, "--format", "zarr", "--output", copy / ".." / copy.name)
    assert done.status == 2
    assert "is what is to be exported. Name another file." in done.err
    assert (copy / "manifest.json").is_file()


def test_a_table_of_one_phase_goes_out(call, study, tmp_path):
    call("export", study, "--format", "csv", "--phase", "2016", "--output", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows == [row for row in cases(study) if row["phase"] == "2016"]


def test_options_that_say_nothing_about_the_source_are_faults(call, study, tmp_path):
    done = call(
        "export", study, "--format", "csv", "--epoch", "2026-01-01T00:00:00Z", "--output", tmp_path / "a"
    )
    assert done.status == 2
    assert "--epoch: says nothing about a study. Leave it out." in done.err


@pytest.fixture(scope="module")
def asked(call, scenario_file, tmp_path_factory):
    """A study with a question, of one phase, worked on in this process."""
    folder = tmp_path_factory.mktemp("asked") / "small"
    done = call(
        "study", scenario_file, "--phase", "2016", "--questions", "cooperation", "--no-contributions",
        "--no-launch-area", "--processes", "1", "--out", folder,
    )  # fmt: skip
    assert done.status == 0, done.err
    return folder


def test_an_answer_is_stored_shown_and_named_in_the_manifest(asked, scenario_file):
    manifest = json.loads((asked / "manifest.json").read_text("utf-8"))
    assert manifest["settings"]["questions"] == ["cooperation"]
    assert manifest["answers"] == [
        {
            "question": "cooperation",
            "command": f"synaspis cooperation {scenario_file} --phase 2016",
            "files": ["cooperation.json"],
        }
    ]
    assert "cooperation.json" in manifest["outputs"]
    assert manifest["seeds"] == {"cooperation": {"cooperation": 1953}}
    assert "--questions cooperation" in manifest["command"]
    stored = json.loads((asked / "cooperation.json").read_text("utf-8"))
    assert stored["phase"] == "2016"
    page = (asked / "report.html").read_text("utf-8")
    assert '<section id="cooperation" class="question">' in page
    assert "No public costs have been gathered for this scenario; none are invented." in page


def test_a_number_of_an_answer_that_was_changed_is_named(call, asked, tmp_path):
    folder = tmp_path / "changed"
    shutil.copytree(asked, folder)
    stored = json.loads((folder / "cooperation.json").read_text("utf-8"))
    people = stored["pooling"]["pooled"]["mrbm-2000"]["defended_population"]
    stored["pooling"]["pooled"]["mrbm-2000"]["defended_population"] = people + 1000.0
    (folder / "cooperation.json").write_text(json.dumps(stored), "utf-8")
    done = call("verify", folder, "--json")
    assert done.status == 1
    found = {d["what"]: (d["stored"], d["found"]) for d in done.document["differences"]}
    assert found.pop("file cooperation.json")
    assert found == {
        "cooperation.pooling.pooled.mrbm-2000.defended_population": (str(people + 1000.0), str(people))
    }


def test_questions_that_cannot_be_asked_are_bad_input(call, scenario_file, tmp_path):
    done = call("study", scenario_file, "--questions", "coverage,plans,cost", "--out", tmp_path / "x")
    assert done.status == 2
    assert "there is no question 'plans'" in done.err
    assert "cost: No public costs have been gathered for this scenario; none are invented." in done.err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (["raid"], "'raid' is not QUESTION=FILE"),
        (["raid=no.yaml"], "'no.yaml' is no file"),
    ],
)
def test_a_file_for_a_question_has_to_be_one(call, scenario_file, tmp_path, given, fault):
    words = [word for text in given for word in ("--input", text)]
    done = call("study", scenario_file, *words, "--out", tmp_path / "x")
    assert done.status == 2
    assert fault in done.err


def test_a_file_for_a_question_may_be_given_once(call, scenario_file, tmp_path):
    text = f"raid={scenario_file}"
    done = call("study", scenario_file, "--input", text, "--input", text, "--out", tmp_path / "x")
    assert "'raid' is given twice" in done.err
