"""A plan held against a computed defence: which cells lie in a task's area, and what of them is defended."""

import numpy as np
import pytest

from synaspis.analyses.capability import compute
from synaspis.coordination.against_analysis import compare, sentences
from synaspis.geography import geodesic_inverse
from synaspis.messages import DefencePlan
from synaspis.scenario import load_scenario_document

CAPABILITY = compute(load_scenario_document("europe"), "2018", threats=["irbm-3500"], step_deg=3.0)
DEVESELU = (44.08, 24.41)
RADIUS_M = 700e3


def plan(battery: str, *radars: str, place=DEVESELU) -> DefencePlan:
    centre = {"latitude_deg": place[0], "longitude_deg": place[1]}
    area = {"name": "South-east", "centre": centre, "radius_m": RADIUS_M}
    task = {"battery": battery, "radars": radars, "area": area, "since": "2018-12-31T00:00:00Z"}
    return DefencePlan.model_validate({"plan": "p", "tasks": (task,)})


def battery() -> str:
    """The battery that defends most of this area alone."""
    inside = near()
    defended = {
        name: CAPABILITY.area_m2[inside & CAPABILITY.defended(None, (name,))[0]].sum()
        for name in CAPABILITY.battery_ids
    }
    return max(defended, key=lambda name: defended[name])


def near():
    """Cells whose middle is within the radius, by geodesics."""
    away = geodesic_inverse(
        *np.radians(DEVESELU), CAPABILITY.land.latitude_rad, CAPABILITY.land.longitude_rad
    )
    return away.distance_m <= RADIUS_M


def test_the_share_is_that_of_the_cells_within_the_area():
    name = battery()
    (held,) = compare(plan(name), CAPABILITY)
    inside = near()
    reached = CAPABILITY.area_m2[inside & CAPABILITY.threatened[0]].sum()
    defended = CAPABILITY.area_m2[inside & CAPABILITY.defended(None, (name,))[0]].sum()
    assert held.cells == inside.sum() > 5
    assert held.threatened_m2 == pytest.approx(reached)
    assert held.share == pytest.approx(defended / reached)
    assert 0.0 < held.share <= 1.0
    assert sentences([held]) == [
        f"{name} over South-east: {100 * held.share:.0f} % of what irbm-3500 reaches "
        "is defended by the analysis"
    ]


def test_fewer_radars_defend_no_more():
    name = battery()
    (whole,), (less,) = (
        compare(plan(name, *radars), CAPABILITY) for radars in ((), CAPABILITY.radar_ids[:1])
    )
    assert less.defended_m2 <= whole.defended_m2


def test_what_the_analysis_does_not_know_is_named_and_not_guessed():
    (held,) = compare(plan("unheard-of", "no-radar"), CAPABILITY)
    assert held.missing == ("unheard-of", "no-radar")
    assert held.share is None
    assert held.text == "unheard-of over South-east: the analysis does not know unheard-of, no-radar"
    assert held.to_dict()["share"] is None


def test_where_nothing_is_threatened_there_is_no_share():
    (held,) = compare(plan(battery(), place=(-40.0, 170.0)), CAPABILITY)
    assert (held.cells, held.share) == (0, None)
    assert held.text.endswith("no cell of the analysis lies in it")
