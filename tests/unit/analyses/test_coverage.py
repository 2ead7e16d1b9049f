"""Coverage: what is asked, what is left out, who is warned when; on a coarse grid."""

import numpy as np
import pytest
import yaml

from synaspis.analyses.coverage import coverage
from synaspis.core.errors import InputError
from synaspis.engagement import Gate
from synaspis.engine.earth import ecef_to_geodetic
from synaspis.engine.flight import BURNOUT, IMPACT
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import load_scenario_document, missile_parameters

STEP_DEG = 1.5
EUROPE = load_scenario_document("europe")
TABRIZ = {"iran": {"points": [{"name": "Tabriz", "latitude": "38.080 deg", "longitude": "46.292 deg"}]}}


@pytest.fixture
def changed(tmp_path):
    """The European scenario with other values; None takes an entry away."""

    def change(name="changed", **blocks):
        file = tmp_path / f"{name}.yaml"
        head = {
            "schema": "scenario/1",
            "id": name,
            "name": name,
            "summary": "A changed one.",
            "extends": "europe",
        }
        file.write_text(yaml.safe_dump(head | blocks), encoding="utf-8")
        return load_scenario_document(file)

    return change


def run(scenario, phase="2018", threat="irbm-3500", **options):
    options = {"contributions": False, "step_deg": STEP_DEG} | options
    return coverage(scenario, phases=[phase], threats=[threat], **options).sel(phase=phase, threat=threat)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"phases": ["2017"]}, r"the scenario has no phase '2017'"),
        ({"threats": ["irbm-3600"]}, r"the scenario has no threat 'irbm-3600'"),
        ({"partners": ["us", "atlantis"]}, r"the scenario has no partner 'atlantis'"),
        ({"phases": ["2017", "2019"]}, r"(?s)'2017'.*'2019'"),
        ({"threats": []}, r"no threat was named"),
    ],
)
def test_what_the_scenario_does_not_have_is_refused(options, words):
    with pytest.raises(InputError, match=words):
        coverage(EUROPE, **options)


def test_progress_is_told_after_each_launch_point():
    told = []
    coverage(
        EUROPE, phases=["2011"], threats=["mrbm-1300", "mrbm-2000"], step_deg=STEP_DEG, contributions=False,
        progress=lambda done, total, what: told.append((done, total, what)),
    )  # fmt: skip
    assert [entry[:2] for entry in told] == [(n, 24) for n in range(1, 25)]
    assert told[0][2] == "mrbm-1300 from Tabriz"


@pytest.mark.parametrize(
    ("asset", "adds"),
    [("deveselu-sm-3-ib", True), ("cook-sm-3-ib", True), ("kurecik-radar", True), ("husum-pac-3-cri", False)],
)
def test_what_an_asset_adds_is_what_is_lost_when_it_is_not_there(asset, adds, changed):
    whole = run(changed(launch_areas=TABRIZ), phase="2015", contributions=True)
    without = run(changed(launch_areas=TABRIZ, assets={asset: None}), phase="2015")
    lost = float(whole.defended_area - without.defended_area)
    assert (lost > 0.0) == adds
    assert float(whole.contribution_area.sel(asset=asset)) == pytest.approx(lost, abs=1.0)
    people = int(whole.defended_population - without.defended_population)
    assert int(whole.contribution_population.sel(asset=asset)) == people


def test_an_asset_that_is_not_in_service_adds_nothing_and_says_so():
    study = coverage(EUROPE, phases=["2011", "2018"], threats=["mrbm-2000"], step_deg=STEP_DEG)
    area = study.contribution_area.sel(threat="mrbm-2000", asset="redzikowo-sm-3-iia")
    assert np.isnan(area.sel(phase="2011"))
    assert area.sel(phase="2018") >= 0.0


def test_partners_and_sharing(changed):
    """Less sharing and fewer partners defend a part of what more do."""
    scenario = changed(launch_areas=TABRIZ)
    none, agreed, everything = (run(scenario, sharing=sharing) for sharing in ("none", "agreements", "all"))
    alone, nobody = run(scenario, partners=["us"]), run(scenario, partners=["is"])
    assert np.all(none.defended <= agreed.defended)
    assert np.all(agreed.defended <= everything.defended)
    assert np.all(alone.defended <= agreed.defended)
    assert (none.attrs["sharing"], alone.attrs["partners"]) == ("none", "us")
    assert nobody.defended.sum() == 0
    assert nobody.threatened_area == agreed.threatened_area
    gates = set(np.unique(nobody.gate.values).tolist())
    assert gates == {int(Gate.NO_INTERCEPTOR), int(Gate.NOT_THREATENED)}


def test_more_shots_required_defend_less(changed):
    one = run(changed(launch_areas=TABRIZ))
    two = run(changed(launch_areas=TABRIZ, engagement={"shots_required": 2}))
    assert 0.0 < float(two.defended_area) < float(one.defended_area)
    assert np.all(two.defended <= one.defended)
    held = two.defended.values == 1
    assert two.shots.values[held].min() >= 2
    refused = (one.defended.values == 1) & ~held
    assert np.any(two.gate.values[refused] == Gate.TOO_FEW_SHOTS)


def test_the_worst_launch_point_decides(changed):
    """What is defended against twelve towns is defended against Tabriz, one of them."""
    every, one = run(EUROPE), run(changed(launch_areas=TABRIZ))
    reached = one.threatened.values == 1
    assert np.all(every.threatened.values[reached] == 1)
    assert np.all(every.defended.values[reached] <= one.defended.values[reached])
    assert np.all(every.shots.values[reached] <= one.shots.values[reached])
    assert np.all(every.gate.values[reached] <= one.gate.values[reached])
    assert np.all(every.warning_time.values[reached] <= one.warning_time.values[reached] + 1e-6)
    assert float(one.defended_fraction[0]) == pytest.approx(float(every.defended_fraction[0]), abs=1e-12)


def test_warning_by_one_satellite(changed):
    """By hand: cloud break, watching, report, delay in the alliance; from then to the impact."""
    kept = {"geo-indian-ocean"}
    scenario = changed(
        assets={name: None for name in EUROPE.document.assets if name not in kept}, launch_areas=TABRIZ
    )
    found = run(scenario, phase="2011", threat="mrbm-2000")
    eye = EUROPE.catalogue.satellites["geostationary-dsp-sbirs"]
    missile = missile_parameters(EUROPE.missile("mrbm-2000"))
    fan = Fan.at(missile, *np.radians([38.080, 46.292]))
    rows, columns = np.nonzero(found.threatened.values)
    for row, column in list(zip(rows, columns, strict=True))[::5]:
        place = found.latitude.values[row], found.longitude.values[column]
        flight = aim(fan, *np.radians([[place[0]], [place[1]]]))
        nodes = flight.nodes[0]
        heights = ecef_to_geodetic(nodes[1:4].T)[2]
        rising = slice(0, int(heights.argmax()))
        cloud_break = np.interp(eye.cloud_break_altitude.si, heights[rising], nodes[0][rising])
        assert cloud_break + eye.observation_time.si < flight.summary[0, BURNOUT]
        told = cloud_break + eye.observation_time.si + eye.report_delay.si + 20.0
        assert found.warning_time.values[row, column] == pytest.approx(
            flight.summary[0, IMPACT] - told, abs=0.5
        )
    assert len(rows) > 20


def test_flights_that_were_not_found_are_counted():
    assert run(EUROPE).attrs["flights_not_found"] == 0
