"""Coverage of all Europe by one phase against one threat class, after compilation."""

from __future__ import annotations

import numpy as np
import pytest
from quiet import Timed

from synaspis.analyses._dataset import CoverageDataset
from synaspis.analyses.coverage import coverage
from synaspis.scenario import load_scenario_document


@pytest.mark.parametrize("threat", ["mrbm-2000", "irbm-3500"])
def test_coverage(timed: Timed, threat: str) -> None:
    scenario = load_scenario_document("europe")
    launches = len(scenario.launch_area(threat).points)

    def run() -> CoverageDataset:
        return coverage(scenario, phases=["2018"], threats=[threat], step_deg=0.25, contributions=False)

    found = timed(run, rounds=7)
    defended, threatened = found["defended"].values > 0, found["threatened"].values > 0
    assert threatened.sum() > 1_000
    assert defended.any()
    assert not (defended.any(axis=0) & ~threatened).any()
    assert 0.0 < float(found["defended_area"].sum()) <= float(found["threatened_area"].sum())
    assert np.isfinite(found["median_warning_time"]).all()
    timed.note.update(
        kind="coverage", target_s=10.0, threatened_cells=int(threatened.sum()),
        what=f"coverage of Europe against {threat}, 0.25 deg, {launches} launch points, 2018",
    )  # fmt: skip
