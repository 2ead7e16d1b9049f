"""`synaspis sweep`, on a small scenario."""

import pytest

SWEEP = """\
schema: sweep/1
id: small-sweep
name: A small sweep
summary: A test.
scenario: {scenario}
analysis: coverage
vary:
  shots: {{field: engagement.shots_required, values: [1, 2]}}
outputs: [defended_area, median_warning_time]
"""


@pytest.fixture
def sweep_file(tmp_path, scenario_file):
    path = tmp_path / "small-sweep.yaml"
    path.write_text(SWEEP.format(scenario=scenario_file), "utf-8")
    return path


def test_a_sweep_says_what_it_found_and_where_it_lies(call, sweep_file, tmp_path):
    folder = tmp_path / "out"
    document = call("sweep", sweep_file, "--out", folder, "--json").document
    assert (document["points"], document["computed"], document["found"]) == (2, 2, 0)
    assert document["dimensions"]["shots"] == 2
    assert document["outputs"]["defended_area"]["units"] == "m2"
    assert (folder / "sweep.zarr").is_dir()
    again = call("sweep", sweep_file, "--out", folder, "--resume", "--json").document
    assert (again["computed"], again["found"]) == (0, 2)
    assert again["sha256"] == document["sha256"]
    shown = call("sweep", sweep_file, "--out", folder, "--resume").out
    assert "small-sweep: 2 points (shots 2" in shown
    assert "computed 0, found from an earlier run 2" in shown
    assert f"Store: {folder / 'sweep.zarr'}" in shown


def test_a_scheduler_and_processes_exclude_each_other(call, sweep_file, tmp_path):
    options = ("--scheduler", "tcp://127.0.0.1:1", "--processes", "2", "--out", tmp_path / "out", "--json")
    result = call("sweep", sweep_file, *options)
    assert result.status == 2
    assert result.document["error"]["faults"][0]["what"] == "--scheduler and --processes are both given"


def test_a_faulty_sweep_is_refused_before_anything_is_written(call, sweep_file, tmp_path):
    sweep_file.write_text(sweep_file.read_text("utf-8").replace("[1, 2]", "[1, 99]"), "utf-8")
    result = call("sweep", sweep_file, "--out", tmp_path / "out", "--json")
    assert result.status == 2
    (fault,) = result.document["error"]["faults"]
    assert fault["where"] == "vary.shots"
    assert "99" in fault["what"]
    assert not (tmp_path / "out").exists()
