"""A coverage dataset agrees with itself, whoever takes part and whatever is shared."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synaspis.analyses.coverage import coverage
from synaspis.engagement import SHOTS_MAX, Gate
from synaspis.scenario import load_scenario_document

EUROPE = load_scenario_document("europe")
PHASES = tuple(EUROPE.document.phases)
# Owners of sensors and batteries, and one partner that owns none.
PARTNERS = ["us", "gb", "de", "nl", "fr", "it", "es", "dk", "is"]


def run(phases, threat, partners, sharing):
    return coverage(
        EUROPE, phases=phases, threats=[threat], partners=partners, sharing=sharing, step_deg=3.0
    ).sel(threat=threat)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    phases=st.lists(st.sampled_from(PHASES), min_size=1, max_size=3, unique=True),
    threat=st.sampled_from(list(EUROPE.document.threats)),
    partners=st.none() | st.lists(st.sampled_from(PARTNERS), min_size=1, unique=True),
    sharing=st.sampled_from(["agreements", "none", "all"]),
)
def test_a_dataset_agrees_with_itself(phases, threat, partners, sharing):
    study = run(phases, threat, partners, sharing)
    assert list(study.phase.values) == phases
    check_maps(study)
    check_sums(study)
    check_contributions(study)
    check_launch_points(study)
    check_metadata(study)


def check_maps(study):
    """Only territory is threatened, only what is threatened defended, and the gate says which."""
    threatened, defended = study.threatened == 1, study.defended == 1
    assert np.all(study.territory.values[threatened.values] == 1)
    assert np.all(study.land.values[study.territory.values == 1] == 1)
    assert bool((threatened | ~defended).all())
    assert bool(((study.gate == Gate.ENGAGED) == defended).all())
    assert bool(((study.gate == Gate.NOT_THREATENED) == ~threatened).all())
    assert bool(((study.shots > 0) | ~defended).all())
    assert 0 <= int(study.shots.min()) <= int(study.shots.max()) <= SHOTS_MAX
    warned = study.warning_time
    assert bool((np.isfinite(warned) == threatened).all())
    assert float(warned.min()) >= 0.0
    # Nobody is defended against what no radar follows.
    assert bool(((study.tracking_radars > 0) | ~defended).all())


def check_sums(study):
    threatened, defended = study.threatened == 1, study.defended == 1
    for name, weight in (("area", study.cell_area), ("population", study.population)):
        for what, where in (("threatened", threatened), ("defended", defended)):
            summed = (weight * where).sum(["latitude", "longitude"])
            assert summed.values == pytest.approx(study[f"{what}_{name}"].values, rel=1e-12)
        assert bool((study[f"defended_{name}"] <= study[f"threatened_{name}"]).all())
    for phase in study.phase.values:
        half = study.sel(phase=phase)
        people, warned = half.population.values, half.warning_time.values
        with np.errstate(invalid="ignore"):
            longer = people[warned >= float(half.median_warning_time)].sum()
            shorter = people[warned <= float(half.median_warning_time)].sum()
        everybody = float(half.threatened_population)
        assert min(longer, shorter) >= 0.5 * everybody


def check_contributions(study):
    for name in ("area", "population"):
        if f"contribution_{name}" not in study:  # nobody who takes part has an asset in service
            assert float(study.defended_area.max()) == 0.0
            return
        lost = study[f"contribution_{name}"]
        whole = study[f"defended_{name}"]
        assert bool(((lost >= 0.0) | np.isnan(lost)).all())
        assert bool(((lost <= whole + 1.0) | np.isnan(lost)).all())
    days = {phase: EUROPE.phase(phase).date for phase in study.phase.values}
    for asset in study.asset.values:
        entry = EUROPE.document.assets[asset]
        for phase, day in days.items():
            known = bool(np.isfinite(study.contribution_area.sel(asset=asset, phase=phase)))
            assert known == entry.serves_on(day)


def check_launch_points(study):
    names, latitude, longitude = EUROPE.launch_points(str(study.threat.values))
    assert study.launch_name.values.tolist() == list(names)
    assert study.launch_latitude.values == pytest.approx(np.degrees(latitude))
    assert study.launch_longitude.values == pytest.approx(np.degrees(longitude))
    share = study.defended_fraction
    assert bool((((share >= 0.0) & (share <= 1.0)) | np.isnan(share)).all())
    # All that is defended at all is defended against each launch point that reaches it.
    least = study.defended_area / study.threatened_area
    assert bool((share.max("launch") >= least - 1e-12).all())


def check_metadata(study):
    for name, variable in study.data_vars.items():
        assert variable.attrs.get("units"), f"{name} has no units"
        assert variable.attrs.get("long_name"), f"{name} has no long_name"
    meanings = study.gate.attrs["flag_meanings"].split()
    assert len(meanings) == len(study.gate.attrs["flag_values"]) == len(Gate)
    assert study.attrs["flights_not_found"] == 0


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    first=st.sets(st.sampled_from(PARTNERS), min_size=1),
    second=st.sets(st.sampled_from(PARTNERS), min_size=1),
)
def test_more_partners_never_defend_less(first, second):
    def held(partners):
        return run(["2018"], "irbm-3500", sorted(partners), "agreements").defended.values

    together = held(first | second)
    assert np.all(held(first) <= together)
    assert np.all(held(second) <= together)
