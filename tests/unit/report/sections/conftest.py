"""Made-up answers of the agreed shape, small enough to reckon every number of the page by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from synaspis.analyses.questions import Answer

PEOPLE, AREA, WARNING = "defended_population", "defended_area_km2", "mean_warning_time_s"


def amount(value):
    return {"value": value, "low": 0.9 * value, "high": 1.2 * value}


def raid():
    spread = {
        "leakers_mean": {"low": 0.1, "high": 1.9},
        "leakage_pmf": {"low": [0.1, 0, 0], "high": [0.9, 0.5, 0.4]},
    }
    mean = {"value": 0.7, "low": 0.1, "high": 1.9}
    return {
        "p_no_leaker": {"value": 0.5, "low": 0.1, "high": 0.9},
        "leakers_mean": 0.7,
        "leakage_pmf": [0.5, 0.3, 0.2],
        "shots_mean": 4.0,
        "intervals": spread,
        "method": "Monte Carlo",
        "phase": "p3",
        "raid": "Two made-up missiles",
        "missiles": 2,
        "sampling": {"runs": 1000, "seed": 1},
        "groups": [
            {"id": "one", "threat": "near", "launch_point": "A", "aim": "B", "count": 2,
             "leak_probability": 0.35, "looks": {}, "reason": "no track"},
        ],
        "batteries": [
            {"id": "shore-one", "stock": 4, "shots_mean": 4.0, "p_empty": {"value": 1.0},
             "empty_s": {"value": 90.0}},
        ],
        "coordination": {
            name: {"leakers_mean": mean, "shots_mean": {"value": shots}}
            for name, shots in (("full", 4.0), ("partner", 5.2), ("none", 8.0))
        },
    }  # fmt: skip


def _entry(value, lost, doubt=0.0):
    return {
        "lost_without": lost,
        "adds_alone": 0.0,
        "shapley": {"value": value, "low": value - doubt, "high": value + doubt},
    }


def _players(by):
    how = "sampled" if by == "asset" else "exact"
    values = {"alpha": (2e6, 1.5e6), "beta": (1e6, 0.0)}
    return {
        "method": {"near": {key: {"name": how} for key in (AREA, PEOPLE, WARNING)}},
        "all": {"near": {PEOPLE: 3e6}},
        "players": [
            {"id": name, "name": f"{name.title()} the {by}", "threats": {"near": {
                AREA: _entry(0.0, 0.0),
                PEOPLE: _entry(value, lost, 1e5 if by == "asset" else 0.0),
                WARNING: _entry(0.0, 0.0),
            }}}
            for name, (value, lost) in values.items()
        ],
    }  # fmt: skip


def cooperation():
    measures = {"side_by_side": (1e6, 0.0), "pooled": (3e6, 300.0), "everything": (4e6, 360.0)}
    return {
        "phase": "p3",
        "threats": ["near"],
        "pooling": {form: {"near": {PEOPLE: p, AREA: 1.0, WARNING: w}} for form, (p, w) in measures.items()},
        "partners": [
            {
                "name": "Aland",
                "gains": {"near": {PEOPLE: 2e6, WARNING: 60.0}},
                "gives": {"near": {PEOPLE: 5.0}},
            },
        ],
        "by": {by: _players(by) for by in ("partner", "asset")},
        "candidates": [{"clause": "book/more", "adds": {"near": {PEOPLE: 7e5, AREA: 0.0, WARNING: 9.0}}}],
        "best_clause": "book/more",
        "leakage": None,
        "notices": ["A notice."],
    }


def cost(prices="constant"):
    years = (2020, 2021)
    paid = {
        "us": {"name": "United States", "share": 0.75, "total_usd": 3e9, "by_year_usd": [2e9, 1e9]},
        "de": {"name": "Germany", "share": 0.25, "total_usd": 1e9, "by_year_usd": [0.5e9, 0.5e9]},
    }
    return {
        "name": "A made-up case", "prices": prices, "base_year": 2020, "first_year": 2020, "last_year": 2021,
        "discount_rate": 0.03, "runs": 100,
        "total_usd": {**amount(4e9), "least": 3e9, "most": 6e9},
        "present_value_usd": {"value": 3.9e9},
        "by_category_usd": {"operation": 4e9},
        "by_year": [
            {"year": year, "total_usd": total, "low_usd": 0.9 * total, "high_usd": 1.2 * total}
            for year, total in zip(years, (2.5e9, 1.5e9), strict=True)
        ],
        "by_rule": {
            "where-they-fall": {"applies": True, "why_not": "", "by_nation": paid},
            "given": {"applies": False, "why_not": "No shares were given.", "by_nation": {}},
        },
        "by_thing": [{"name": "Ship", "by_category_usd": {"operation": 4e9}, "total_usd": 4e9}],
        "paid_outside_usd": {"JP": 2e8},
        "not_counted": [{"thing": "ship", "what": "crew", "why": "Not public."}],
        "per_defended_person": {"per_year_usd": 2.5, "what": "phase p3, threat near, at one moment"},
        "published": [],
    }  # fmt: skip


def assurance():
    def case(field, early, stated):
        return {
            "field": field, "target": "far-coast", "interceptor": "fast", "verdict": "contested",
            "margin_s": None, "band_s": [None, 20.0], "speed_margin_m_s": None, "reason": "known too late",
            "needed_speeds_m_s": {"stated": stated, "earliest": early},
        }  # fmt: skip

    held = [
        {"value": 5500.0, "held_by": "catalogue", "source": "a1"},
        {"value": 5000.0, "held_by": "somebody", "source": "a1"},
    ]
    moved = {
        "value_name": "fast.burnout_speed_m_s", "low": 5000.0, "high": 6000.0, "basis": "stated",
        "held": held,
        "earliest_commit": {"low_s": -50.0, "high_s": 150.0, "flips_at": 5250.0},
    }  # fmt: skip
    return {
        "phase": "p4", "third_party": "Neighbour", "verdict": "contested",
        "sentence": "Contested: so and so.",
        "decided_by": "fast", "stated_commit": "stated",
        "commits": {"stated": "as agreed", "earliest": "at once"},
        "cases": [
            case("north-field", 5400.0, 7000.0),
            case("south-field", 5200.0, None),
            case("void", None, None),
        ],
        "verdict_flips_at_m_s": {"contested": 5200.0, "yes": 6500.0},
        "interceptors": [
            {"id": "fast", "name": "Fast one", "burnout_speed_m_s": 5500.0, "interceptors": 10,
             "verdict": "contested", "band_s": [None, None, 20.0], "sensitivity": [moved]},
        ],
        "most_that_could_be_stopped": {
            "interceptors": {"standing": 10, "on_land": 10, "at_best": 5, "reaching": 0},
            "warheads": [900, 1000],
            "share": {"at_best": [0.005, 5 / 900]},
        },
        "counts": [{"source": "a1"}],
        "limits": [
            {"name": "No fast ones", "verdict": "no", "interceptors": 0, "note": "See `synaspis raid`.",
             "forgone": [{"area_m2": 2e10, "population": 3_000_000}]},
        ],
    }  # fmt: skip


def plan():
    def built(people, value):
        asset = {"name": "New radar", "owner": "us", "year": 2021, "interceptors": None,
                 "spent_usd": amount(value), "life_cycle_usd": amount(value)}  # fmt: skip
        return {
            "assets": [asset], "spent_usd": amount(value), "life_cycle_usd": amount(value),
            "people_defended": people, "people_threatened": 10_000_000,
        }  # fmt: skip

    best = built(8_000_000, 1e9) | {
        "gap": 0.0,
        "by_year": [
            {"year": 2020, "spent_usd": 1e9, "people_defended": 5_000_000, "people_threatened": 10_000_000},
            {"year": 2021, "spent_usd": 0.0, "people_defended": 8_000_000, "people_threatened": 10_000_000},
        ],
        "partners": [],
    }
    points = [(0.0, 5_000_000, []), (1e9, 8_000_000, ["New radar"]), (4e9, 8_100_000, ["Much"])]
    return {
        "name": "Next", "agreements_on": "2020-01-01", "years": [2020, 2021], "cost_level": "value",
        "problem": {"candidates": 3}, "not_public": ["crew: no public figure; it counts as 0"],
        "budget": {"total_usd": 1.5e9, "yearly_usd": {"2020": 1.2e9}},
        "today": {"people_defended": 5_000_000}, "best": best, "conflict": None,
        "greedy": built(7_000_000, 1.2e9),
        "front": {"complete": True, "points": [
            {"life_cycle_usd": c, "people_defended": p, "assets": a} for c, p, a in points
        ]},
    }  # fmt: skip


def consequences():
    country = {
        "missile_lowest_altitude_m": 1e5, "interceptor_lowest_altitude_m": None,
        "missile_fragments_share_most": 0.5, "missile_fragments_people_most": 1000,
        "interceptor_fragments_share_most": 0.0, "interceptor_fragments_people_most": 0,
    }  # fmt: skip
    return {
        "phase": "p3", "threat": "near", "engaged": 5,
        "groups": [{"battery": "shore-one"}],
        "countries": [
            {"country": "IQ", "standing": "third", **country},
            {"country": "TR", "standing": "partner", **country},
        ],
    }  # fmt: skip


def layer():
    share = np.zeros((2, 3, 3))
    share[0, 1, 1] = 0.3
    cells = {"latitude": [36.0, 37.0, 38.0], "longitude": [42.0, 43.0, 44.0]}
    return xr.Dataset(
        {"fall_share": (("body", "latitude", "longitude"), share)},
        {"body": ["missile", "interceptor"], **cells},
    )


@pytest.fixture(scope="session")
def made_up_plan():
    return plan()


@pytest.fixture(scope="session")
def answers():
    return tuple(
        Answer(name, f"synaspis {name} made-up", documents, (), layers=layers)
        for name, documents, layers in (
            ("raid", {"raid": raid()}, {}),
            ("cooperation", {"cooperation": cooperation()}, {}),
            ("cost", {"cost": cost(), "cost-then-year": cost("then-year")}, {}),
            ("assurance", {"assurance": assurance()}, {}),
            ("plan", {"plan": plan()}, {}),
            ("consequences", {"consequences-near": consequences()}, {"consequences-near": layer()}),
        )
    )
