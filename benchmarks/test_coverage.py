"""Coverage of all Europe by one phase against one threat class, after compilation."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from synaspis.analyses.coverage import coverage
from synaspis.scenario import load_scenario_document


@pytest.mark.parametrize("threat", ["mrbm-2000", "irbm-3500"])
def test_coverage(benchmark: BenchmarkFixture, threat: str) -> None:
    scenario = load_scenario_document("europe")
    launches = len(scenario.launch_area(threat).points)

    def run(step_deg: float = 0.25) -> object:
        return coverage(scenario, phases=["2018"], threats=[threat], step_deg=step_deg, contributions=False)

    run(1.0)  # compiles what is not stored yet
    found = benchmark.pedantic(run, rounds=5)
    defended, threatened = found["defended"].values > 0, found["threatened"].values > 0
    assert threatened.sum() > 1_000
    assert defended.any()
    assert not (defended.any(axis=0) & ~threatened).any()
    assert 0.0 < float(found["defended_area"].sum()) <= float(found["threatened_area"].sum())
    assert np.isfinite(found["median_warning_time"]).all()
    benchmark.extra_info.update(
        kind="coverage", target_s=10.0, threatened_cells=int(threatened.sum()),
        what=f"coverage of Europe against {threat}, 0.25 deg, {launches} launch points, 2018",
    )  # fmt: skip
