"""A sweep gives the same bytes whoever computes it, and goes on where it was stopped.

Cells of 3 degrees: a point takes a tenth of a second, and nothing tested here depends on the step.
"""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import xarray as xr
from distributed import LocalCluster

from synaspis.analyses.manifest import content_hash
from synaspis.analyses.raid import raid
from synaspis.analyses.running import dask_mapper, local_mapper
from synaspis.analyses.study import load_scenario
from synaspis.analyses.sweep import load_sweep, run_sweep
from synaspis.core.errors import InputError

TEXT = """\
schema: sweep/1
id: small
name: A small sweep
summary: A test.
scenario: europe
analysis: coverage
settings: {phases: ["2015", "2018"], threats: [mrbm-1300], step_deg: 3}
vary:
  radar_range: {override: an-tpy-2-forward.reference_range, values: [500 km, 1500 km]}
  shots: {field: engagement.shots_required, values: [1, 2]}
  sharing: {setting: sharing, values: [none, all]}
outputs: [defended_area, defended]
"""

STOPS_AT_THE_THIRD_PART = """
import sys, time
from synaspis.analyses.running import PartStore
from synaspis.cli import main

write, written = PartStore.write, []

def write_two(store, key, part):
    # However quick the machine: the signal comes while the third part is not written yet.
    if len(written) == 2:
        time.sleep(600)
    write(store, key, part)
    written.append(key)

PartStore.write = write_two
sys.argv[0] = "synaspis"
main()
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "small.yaml"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture(scope="module")
def alone(file, tmp_path_factory):
    """The sweep computed here, point after point."""
    return run_sweep(load_sweep(file), tmp_path_factory.mktemp("alone") / "out")


def test_each_point_is_what_the_analysis_gives_for_it_alone(alone):
    # By another way: the rival value of the same number, and the scenario as it is.
    for name, sharing in (("europe-radar-1500", "all"), ("europe-radar-1500", "none")):
        study = load_scenario(name)
        expected = study.coverage(
            ["2015", "2018"], ["mrbm-1300"], step_deg=3, sharing=sharing, contributions=False
        )
        point = alone.dataset.sel(radar_range=1500.0, shots=1, sharing=sharing)
        for output in ("defended_area", "defended"):
            np.testing.assert_array_equal(point[output].values, expected[output].values)


def test_the_store_has_a_dimension_for_each_value_with_unit_and_origin(alone):
    stored = xr.open_zarr(alone.folder / "sweep.zarr", consolidated=False).load()
    xr.testing.assert_identical(stored, alone.dataset)
    assert stored["defended_area"].dims == ("radar_range", "shots", "sharing", "phase", "threat")
    assert stored["defended_area"].attrs["units"] == "m2"
    assert stored["radar_range"].attrs == {
        "long_name": "an-tpy-2-forward.reference_range",
        "varies": "override an-tpy-2-forward.reference_range",
        "units": "km",
    }
    assert list(stored["sharing"].values) == ["none", "all"]
    assert stored.attrs["points"] == 8
    assert (alone.folder / "sweep.yaml").read_text("utf-8") == TEXT


def test_more_required_shots_and_less_sharing_never_defend_more(alone):
    area = alone.dataset["defended_area"]
    assert (area.sel(shots=2) <= area.sel(shots=1)).all()
    assert (area.sel(sharing="none") <= area.sel(sharing="all")).all()
    assert (area.sel(radar_range=500.0) <= area.sel(radar_range=1500.0)).all()
    assert np.unique(area.values).size > 4


@pytest.mark.parametrize("workers", [1, 4])
def test_any_number_of_dask_workers_gives_the_same_bytes(file, alone, tmp_path, workers):
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster,
        dask_mapper(cluster.scheduler_address) as mapper,
    ):
        result = run_sweep(load_sweep(file), tmp_path / "out", mapper=mapper)
    assert result.computed == 8
    assert content_hash(result.folder / "sweep.zarr") == content_hash(alone.folder / "sweep.zarr")


def test_processes_of_this_machine_give_the_same_bytes(file, alone, tmp_path):
    with local_mapper(2) as mapper:
        result = run_sweep(load_sweep(file), tmp_path / "out", mapper=mapper)
    assert content_hash(result.folder / "sweep.zarr") == content_hash(alone.folder / "sweep.zarr")


@pytest.mark.parametrize(
    ("stop", "options"), [(signal.SIGINT, ["--processes", "2"]), (signal.SIGKILL, [])], ids=["ctrl-c", "kill"]
)
def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_bytes(file, alone, tmp_path, stop, options):
    folder = tmp_path / "out"
    command = [
        sys.executable,
        "-c",
        STOPS_AT_THE_THIRD_PART,
        "sweep",
        str(file),
        "--out",
        str(folder),
        *options,
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as run:
        try:
            for _ in range(6000):
                if len(list(folder.glob("parts/*.nc"))) >= 2 or run.poll() is not None:
                    break
                time.sleep(0.05)
            run.send_signal(stop)
            run.communicate(timeout=60)
        finally:
            run.kill()
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("parts/*.nc")}
    assert len(kept) == 2
    assert run.returncode == (130 if stop == signal.SIGINT else -signal.SIGKILL)
    assert not (folder / "sweep.zarr").exists()

    resumed = run_sweep(load_sweep(file), folder, resume=True)
    assert (resumed.found, resumed.computed) == (len(kept), 8 - len(kept))
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert content_hash(folder / "sweep.zarr") == content_hash(alone.folder / "sweep.zarr")


def test_a_sweep_that_grows_computes_only_what_is_new(file, alone, tmp_path):
    folder = tmp_path / "out"
    run_sweep(load_sweep(file), folder)
    grown = tmp_path / "grown.yaml"
    grown.write_text(TEXT.replace("values: [1, 2]", "values: [1, 2, 3]"), "utf-8")
    result = run_sweep(load_sweep(grown), folder, resume=True)
    assert (result.found, result.computed) == (8, 4)
    xr.testing.assert_equal(result.dataset.sel(shots=[1, 2]), alone.dataset)


def test_a_latin_hypercube_lies_along_its_samples(tmp_path):
    path = tmp_path / "small.yaml"
    text = TEXT.replace("values: [500 km, 1500 km]", "low: 500 km, high: 1500 km")
    path.write_text(f"{text}design: latin-hypercube\nsamples: 4\nseed: 1\n", "utf-8")
    dataset = run_sweep(load_sweep(path), tmp_path / "out").dataset
    assert dataset["defended_area"].dims == ("sample", "phase", "threat")
    assert dataset["radar_range"].dims == dataset["shots"].dims == ("sample",)
    assert dataset.attrs["seed"] == 1


def test_progress_says_what_is_done_and_how_much_there_is(file, tmp_path):
    told = []
    run_sweep(load_sweep(file), tmp_path / "out", progress=lambda *at: told.append(at))
    assert told == [(0, 8, "begun"), *((done, 8, "computed") for done in range(1, 9))]


def test_a_folder_that_holds_a_sweep_is_not_touched_without_being_told(file, alone):
    with pytest.raises(InputError, match=r"holds a sweep already\. Add --resume to go on with it"):
        run_sweep(load_sweep(file), alone.folder)


def test_a_folder_that_holds_other_things_is_not_touched(file, tmp_path):
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    for resume in (False, True):
        with pytest.raises(InputError, match="the folder holds other things than a sweep"):
            run_sweep(load_sweep(file), tmp_path, resume=resume)
    with pytest.raises(InputError, match="it is a file; a folder is needed"):
        run_sweep(load_sweep(file), tmp_path / "letter.txt")


def test_a_raid_can_be_swept_and_fewer_get_through_where_interceptors_work(tmp_path):
    path = tmp_path / "raid.yaml"
    path.write_text(
        """\
schema: sweep/1
id: raid
name: A raid
summary: A test.
scenario: europe
analysis: raid
settings: {runs: 2000}
vary:
  kill: {setting: kill_probability, low: 0.2, high: 0.8, count: 3}
outputs: [p_no_leaker, leakers_mean]
""",
        "utf-8",
    )
    dataset = run_sweep(load_sweep(path), tmp_path / "out").dataset
    assert dataset["leakers_mean"].dims == ("kill", "estimate")
    mean = dataset["leakers_mean"].sel(estimate="value").values
    assert (np.diff(mean) < 0.0).all()
    expected = raid(load_scenario("europe").scenario, kill_probability=0.5, runs=2000)
    assert mean[1] == expected.leakage.leakers_mean.value
