"""A scenario that can be asked: what comes back, in which shape, and that it survives being kept.

Cells of 3 degrees: a case takes a tenth of a second, and nothing tested here depends on the step.
"""

import copy
import pickle
import warnings

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot
from matplotlib.figure import Figure

from synaspis.analyses._dataset import CoverageDataset
from synaspis.analyses.study import Study, load_scenario
from synaspis.core.errors import InputError

mpl.use("Agg", force=True)
STEP_DEG = 3.0
CASE = {"phase": "2018", "threat": "mrbm-2000", "step_deg": STEP_DEG, "contributions": False}


@pytest.fixture(scope="module")
def europe() -> Study:
    return load_scenario("europe")


@pytest.fixture(scope="module")
def shield(europe: Study) -> CoverageDataset:
    return europe.coverage(["2011", "2018"], ["mrbm-1300", "mrbm-2000"], step_deg=STEP_DEG)


@pytest.fixture(autouse=True)
def _no_figure_left():
    yield
    pyplot.close("all")


def test_a_study_names_what_can_be_asked(europe):
    assert europe.phases == ("2011", "2015", "2018", "2022")
    assert europe.threats == ("mrbm-1300", "mrbm-2000", "irbm-3500")
    assert len(europe.partners) == 28
    assert {"us", "tr", "ro", "pl"} < set(europe.partners)
    assert repr(europe) == (
        "<Study europe: phases 2011, 2015, 2018, 2022; threats mrbm-1300, mrbm-2000, irbm-3500>"
    )


def test_a_scenario_of_ones_own_by_path(tmp_path, europe):
    path = tmp_path / "mine.yaml"
    path.write_text("schema: scenario/1\nid: mine\nextends: europe\nname: Mine\n", encoding="utf-8")
    assert load_scenario(path).phases == load_scenario(str(path)).phases == europe.phases
    with pytest.raises(InputError, match=r"there is no scenario 'europa'\. Did you mean 'europe'"):
        load_scenario("europa")


@pytest.mark.parametrize(
    ("phase", "threat", "dims"),
    [
        ("2018", "mrbm-2000", ("latitude", "longitude")),
        (["2018"], "mrbm-2000", ("phase", "latitude", "longitude")),
        ("2018", ["mrbm-2000"], ("threat", "latitude", "longitude")),
        (["2018"], ["mrbm-2000"], ("phase", "threat", "latitude", "longitude")),
    ],
)
def test_a_single_id_drops_the_dimension_and_a_list_keeps_it(europe, shield, phase, threat, dims):
    dataset = europe.coverage(phase, threat, step_deg=STEP_DEG, contributions=False)
    assert isinstance(dataset, CoverageDataset)
    assert dataset["defended"].dims == dims
    assert np.atleast_1d(dataset["phase"].values).tolist() == ["2018"]
    assert np.atleast_1d(dataset["threat"].values).tolist() == ["mrbm-2000"]
    same = shield["defended"].sel(phase="2018", threat="mrbm-2000").values
    np.testing.assert_array_equal(dataset["defended"].values.squeeze(), same)


def test_nothing_named_means_all(europe):
    dataset = europe.coverage(step_deg=STEP_DEG, contributions=False)
    assert dataset["defended"].sizes["phase"] == 4
    assert dataset["defended"].sizes["threat"] == 3


def test_contributions_are_there_if_asked_for(europe, shield):
    assert "contribution_area" in shield
    assert "contribution_area" not in europe.coverage(**CASE)


@pytest.mark.parametrize(
    "part",
    [
        lambda dataset: dataset.isel(phase=0),
        lambda dataset: dataset.sel(threat="mrbm-2000"),
        lambda dataset: dataset[["defended", "threatened", "territory", "land"]],
        lambda dataset: dataset.assign(twice=2 * dataset["defended"]),
        copy.deepcopy,
        lambda dataset: pickle.loads(pickle.dumps(dataset)),
    ],
    ids=["isel", "sel", "some variables", "assign", "deepcopy", "pickle"],
)
def test_a_part_or_copy_still_plots_and_says_where_it_is_from(shield, part):
    dataset = part(shield)
    assert isinstance(dataset, CoverageDataset)
    assert dataset.attrs == shield.attrs
    assert isinstance(dataset.plot(), Figure)


def test_plot_is_a_map_of_each_case_and_xarrays_plots_stay(shield):
    figure = shield.plot()
    assert isinstance(figure, Figure)
    assert [axis.get_title() for axis in figure.axes] == [
        "2011, mrbm-1300",
        "2011, mrbm-2000",
        "2018, mrbm-1300",
        "2018, mrbm-2000",
    ]
    mesh = shield["defended"].isel(phase=0, threat=0).plot()
    np.testing.assert_array_equal(
        np.asarray(mesh.get_array()).ravel(), shield["defended"].values[0, 0].ravel()
    )
    points = shield.isel(phase=0, threat=0).plot.scatter(x="warning_time", y="population")
    assert points.get_offsets().shape[1] == 2


def plain(dataset: xr.Dataset) -> xr.Dataset:
    """The same as what a file gives back: a Dataset like any other."""
    return xr.Dataset(dataset.data_vars, dataset.coords, dataset.attrs)


def test_it_comes_back_whole_from_netcdf(shield, tmp_path):
    shield.to_netcdf(tmp_path / "shield.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "shield.nc", engine="h5netcdf") as found:
        again = found.load()
    assert type(again) is xr.Dataset
    xr.testing.assert_identical(again, plain(shield))
    assert again.attrs["scenario"] == "europe"
    assert again["gate"].attrs["flag_meanings"].split()[-2:] == ["engaged", "not_threatened"]
    assert again["warning_time"].attrs == {
        "units": "s",
        "long_name": "first report at the owner to impact, worst launch point",
    }


def test_it_comes_back_whole_from_zarr(shield, tmp_path):
    with warnings.catch_warnings():
        # Zarr has not settled how fixed-length text is stored in its third version.
        warnings.simplefilter("ignore")
        shield.to_zarr(tmp_path / "shield.zarr", consolidated=False)
    again = xr.open_zarr(tmp_path / "shield.zarr", consolidated=False).load()
    xr.testing.assert_identical(again, plain(shield))


def test_every_variable_has_units_and_a_name_and_the_dataset_its_origin(shield):
    for name, variable in shield.data_vars.items():
        assert name == "launch_name" or (variable.attrs["units"] and variable.attrs["long_name"]), name
    assert shield.attrs["title"].startswith("Coverage: European phased approach")
    assert shield.attrs["sharing"] == "agreements"
    assert shield.attrs["partners"] == "all"
    assert shield.attrs["grid_step_deg"] == STEP_DEG


def test_partners_take_part_or_not(europe, shield):
    whole = shield.sel(phase="2018", threat="mrbm-2000")
    some = europe.coverage(**{**CASE, "contributions": True}, partners=["us", "tr"])
    one = europe.coverage(**CASE, partners="tr")
    assert (some.attrs["partners"], one.attrs["partners"]) == ("tr us", "tr")
    # The territory and what reaches it stay the same; what is defended grows with every partner.
    for dataset in (some, one):
        xr.testing.assert_identical(dataset["territory"], whole["territory"])
        np.testing.assert_array_equal(dataset["threatened"].values, whole["threatened"].values)
    assert bool((one["defended"] <= some["defended"]).all())
    assert bool((some["defended"] <= whole["defended"]).all())
    assert float(one["defended_area"]) < float(whole["defended_area"])
    owners = {asset.id: asset.owner for asset in europe.scenario.assets}
    assert {owners[name] for name in some["asset"].values} <= {"us", "tr"}
    everybody = europe.coverage(**CASE, partners=europe.partners)
    np.testing.assert_array_equal(everybody["defended"].values, whole["defended"].values)


def test_sharing_never_hurts(europe, shield):
    agreed = shield.sel(phase="2018", threat="mrbm-2000")["defended"]
    none, everything = (europe.coverage(**CASE, sharing=kind) for kind in ("none", "all"))
    assert (none.attrs["sharing"], everything.attrs["sharing"]) == ("none", "all")
    assert bool((none["defended"] <= agreed).all())
    assert bool((agreed <= everything["defended"]).all())
    # Warning comes from American satellites and radars; without sharing their owner alone has it.
    assert float(none["median_warning_time"]) < float(everything["median_warning_time"])


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"phase": "2019"}, "the scenario has no phase '2019'. Did you mean '2018'"),
        ({"phase": []}, "no phase was named. Name one of 2011, 2015, 2018, 2022."),
        ({"threat": ["mrbm-2001", "irbm"]}, "2 faults .*'mrbm-2001'. Did you mean 'mrbm-2000'.*'irbm'"),
        ({"partners": ["uss"]}, "the scenario has no partner 'uss'. Did you mean 'us'"),
        ({"partners": "uk"}, "the scenario has no partner 'uk'"),
        ({"sharing": "non"}, "there is no sharing 'non'. Did you mean 'none'"),
        ({"step_deg": 0.0}, "step is 0.0 deg; allowed is 0.01 to 10 deg"),
        ({"step_deg": 0.7}, "steps of 0.7 deg; it must be whole"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(europe, asked, text):
    with pytest.raises(InputError, match=f"(?s){text}"):
        europe.coverage(**{**CASE, **asked})


def test_progress_is_told(europe):
    told: list[tuple[int, int, str]] = []
    europe.coverage(**CASE, progress=lambda *step: told.append(step))
    assert [(done, total) for done, total, _ in told] == [(number, 12) for number in range(1, 13)]
    assert told[0][2] == "mrbm-2000 from Tabriz"
