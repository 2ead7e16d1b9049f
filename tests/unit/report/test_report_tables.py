"""Tables against sums made cell by cell."""

import numpy as np
import pytest

from synaspis.report.tables import case_rows, contribution_rows, gate_rows, phase_gains, share


def test_shares_of_nothing_are_unknown():
    assert np.isnan(share(0.0, 0.0))
    assert share(1.0, 4.0) == 0.25


def test_case_rows_keep_the_order_of_phases_and_threats(content):
    rows = case_rows(content.dataset)
    assert [(row.phase, row.threat) for row in rows[:4]] == [
        ("p1", "near"),
        ("p1", "middle"),
        ("p1", "far"),
        ("p2", "near"),
    ]
    assert all(0.0 <= row.area_share <= 1.0 for row in rows)


def test_gates_account_for_all_that_is_threatened_and_not_defended(content):
    rows = {(row.phase, row.threat): row for row in case_rows(content.dataset)}
    for index, phase in enumerate(content.dataset["phase"].values):
        for threat in content.dataset["threat"].values:
            row = rows[str(phase), str(threat)]
            closed = sum(
                gate.area_m2[index] for gate in gate_rows(content.dataset) if gate.threat == str(threat)
            )
            people = sum(
                gate.population[index] for gate in gate_rows(content.dataset) if gate.threat == str(threat)
            )
            assert people == row.threatened_population - row.defended_population
            assert closed == pytest.approx(row.threatened_area_m2 - row.defended_area_m2, rel=1e-9)


def test_contributions_come_largest_first_and_only_of_assets_in_service(content):
    rows = contribution_rows(content, "p2")
    assert [row.asset for row in rows] == ["ship-south", "shore-one", "radar-east", "watch"]
    assert rows[0].area_m2 == (1e11, 2e11, 3e11)


def test_gains_minus_losses_is_the_change_of_the_defended_area(content):
    rows = {(row.phase, row.threat): row for row in case_rows(content.dataset)}
    for threat, (gained, lost) in zip(
        ("near", "middle", "far"),
        phase_gains(content.dataset, "p1", "p3", ["near", "middle", "far"]),
        strict=True,
    ):
        change = rows["p3", threat].defended_area_m2 - rows["p1", threat].defended_area_m2
        assert gained - lost == pytest.approx(change, abs=1.0)
