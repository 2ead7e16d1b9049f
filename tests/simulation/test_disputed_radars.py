"""What two radar ranges decide: the numbers that stand beside the statement on all allies in 2018.

Nobody published these shares, and no range of SPY-1 against a warhead has been stated: 310 and 700 km are
the bounds of its catalogue entry, 870 and 1,500 km the two published readings of the forward radar. So the
expected shares are a regression (weakest): they keep the sentence in the file of statements true.
"""

import re

import pytest

from synaspis.analyses.coverage import coverage
from synaspis.analyses.published import load_statements
from synaspis.catalogue import load_catalogue
from synaspis.scenario import load_scenario_document, revalued

STEP_DEG = 1.0
CATALOGUE = load_catalogue()
SPY_1 = CATALOGUE.radars["spy-1d-v"].reference_range
FORWARD = CATALOGUE.radars["an-tpy-2-forward"].reference_range


def share(spy_1_km: float, forward_km: float) -> float:
    """Percentage of the area in reach of the 3,500 km class that the third phase defends."""
    values = {
        "spy-1d-v.reference_range": spy_1_km * 1e3,
        "an-tpy-2-forward.reference_range": forward_km * 1e3,
    }
    scenario = load_scenario_document("europe", catalogue=revalued(CATALOGUE, values))
    dataset = coverage(
        scenario, phases=["2018"], threats=["irbm-3500"], step_deg=STEP_DEG, contributions=False
    )
    return 100.0 * float(dataset["defended_area"].item() / dataset["threatened_area"].item())


def test_the_ranges_are_those_of_the_catalogue():
    assert (SPY_1.low, SPY_1.value, SPY_1.high) == (310, 500, 700)
    assert (FORWARD.value, FORWARD.rivals[0].value) == (870, 1500)


@pytest.mark.parametrize(
    ("spy_1_km", "forward_km", "percent"),
    [(310, 870, 33), (500, 870, 66), (700, 870, 83), (500, 1500, 73), (700, 1500, 94)],
)
def test_the_share_defended_in_2018_is_what_the_statement_says(spy_1_km, forward_km, percent):
    assert share(spy_1_km, forward_km) == pytest.approx(percent, abs=0.5)
    statements = load_statements("europe")
    assert statements is not None
    told = statements.statements["all-allies-2018"].if_it_differs
    assert str(percent) in re.findall(r"\b\d+\b", told)
