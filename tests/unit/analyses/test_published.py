"""Each way of holding a statement against a study, on a Dataset of six cells reckoned by hand."""

import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from synaspis.analyses.published import (
    _MANY,
    _NEEDS,
    Comparison,
    Statement,
    Statements,
    compare,
    compare_with_published,
    load_statements,
)
from synaspis.catalogue import load_catalogue
from synaspis.core.documents import parse, read_document
from synaspis.core.errors import InputError
from synaspis.geography import Countries
from synaspis.scenario import load_scenario_document, scenario_ids

PAGE = Path(__file__).parents[3] / "docs" / "formats" / "statements.md"
WITH_STATEMENTS = [name for name in scenario_ids() if load_statements(name) is not None]


@pytest.fixture(scope="module")
def study() -> xr.Dataset:
    """Two rows of three cells of 1e11 m2: TR TR GR, sea BG GR; two phases, threats and launch points."""
    cube = ("phase", "threat", "latitude", "longitude")
    threatened = np.array([[[1, 1, 0], [0, 0, 0]], [[1, 1, 1], [0, 1, 0]]], np.int8)
    defended = np.array(
        [
            [[[0, 0, 0], [0, 0, 0]], [[1, 0, 0], [0, 0, 0]]],
            [[[1, 1, 0], [0, 0, 0]], [[1, 1, 0], [0, 0, 0]]],
        ],
        np.int8,
    )
    area = np.full((2, 3), 1e11)
    return xr.Dataset(
        {
            "threatened": (cube[1:], threatened),
            "defended": (cube, defended),
            "country": (cube[2:], np.array([[0, 0, 1], [-1, 2, 1]], np.int16), {"codes": "TR GR BG IS"}),
            "cell_area": (cube[2:], area),
            "threatened_area": ("threat", (threatened * area).sum(axis=(1, 2))),
            "defended_area": (cube[:2], (defended * area).sum(axis=(2, 3))),
            "defended_fraction": (
                ("phase", "threat", "launch"),
                [[[0.0, np.nan], [0.25, 0.5]], [[1.0, np.nan], [0.5, 0.5]]],
            ),
        },
        {
            "phase": ["old", "new"],
            "threat": ["near", "far"],
            "latitude": [38.0, 40.0],
            "longitude": [25.0, 30.0, 35.0],
        },
    )


def held(study: xr.Dataset, **statement: object) -> Comparison:
    document = {
        "schema": "statements/1",
        "scenario": "made-up",
        "statements": {
            "one": {"says": "It is so.", "source": "somebody", "if_it_differs": "Perhaps.", **statement}
        },
    }
    (comparison,) = compare(Statements.model_validate(document), study)
    assert comparison.id == "one"
    assert comparison.statement == "It is so."
    assert comparison.source == "somebody"
    assert comparison.why == ("" if comparison.agrees else "Perhaps.")
    return comparison


CASES = [
    # TR has two cells, both in reach of `far`; GR has two, one in reach; BG one, in reach.
    (
        {"kind": "reaches", "threat": "far", "countries": ["TR", "GR"]},
        True,
        "Land within reach: TR 100 %; GR 50 %. Also reached in part: BG.",
    ),
    (
        {"kind": "reaches", "threat": "near", "countries": ["TR", "GR"]},
        False,
        "Land within reach: TR 100 %; GR 0 %.",
    ),
    (
        {"kind": "reaches", "threat": "far", "countries": ["IS", "BG", "TR", "GR"]},
        False,
        "Land within reach: IS 0 %; BG 100 %; TR 100 %; GR 50 %.",
    ),
    (
        {"kind": "defends-part-of", "phase": "old", "threat": "far", "countries": ["TR"]},
        True,
        "Land defended: TR 50 %.",
    ),
    (
        {"kind": "defends-part-of", "phase": "old", "threat": "far", "countries": ["TR", "GR"]},
        False,
        "Land defended: TR 50 %; GR 0 %.",
    ),
    (
        {"kind": "defends-all-of", "phase": "new", "threats": ["near"]},
        True,
        "near: 100 % of the area within reach.",
    ),
    # Against `far`, four cells are in reach and two are open: GR and BG, one each.
    (
        {"kind": "defends-all-of", "phase": "new", "threats": ["near", "far"]},
        False,
        "near: 100 % of the area within reach; "
        "far: 50 % of the area within reach (open above all in GR, BG).",
    ),
    (
        {"kind": "defends-all-of", "phase": "old", "threat": "near"},
        False,
        "near: 0 % of the area within reach (open above all in TR).",
    ),
    # In thousand km2: 1e11 m2 are 100.
    (
        {"kind": "grows", "phases": ["old", "new"], "threats": ["near", "far"]},
        True,
        "Defended, thousand km2: near: 0, 200; far: 100, 200.",
    ),
    (
        {"kind": "grows", "phases": ["new", "old"], "threat": "far"},
        False,
        "Defended, thousand km2: far: 200, 100.",
    ),
    (
        {"kind": "grows", "phases": ["new", "new"], "threat": "far"},
        False,
        "Defended, thousand km2: far: 200, 200.",
    ),
    (
        {"kind": "adds-nothing", "phases": ["new", "new"], "threats": ["near", "far"]},
        True,
        "From new to new the defended area changes by (thousand km2): near: +0; far: +0.",
    ),
    (
        {"kind": "adds-nothing", "phases": ["new", "old"], "threat": "far"},
        True,
        "From new to old the defended area changes by (thousand km2): far: -100.",
    ),
    (
        {"kind": "adds-nothing", "phases": ["old", "new"], "threats": ["near", "far"]},
        False,
        "From old to new the defended area changes by (thousand km2): near: +200; far: +100.",
    ),
    (
        {"kind": "defends-from-every-launch-point", "phase": "old", "threat": "far"},
        True,
        "By launch point, 25 to 50 % of the territory within reach is defended (2 launch points).",
    ),
    # The second launch point of `near` reaches nothing and does not count.
    (
        {"kind": "defends-from-every-launch-point", "phase": "old", "threat": "near"},
        False,
        "By launch point, 0 % of the territory within reach is defended (1 launch point).",
    ),
]


@pytest.mark.parametrize(("statement", "agrees", "found"), CASES, ids=lambda case: str(case)[:60])
def test_a_statement_is_held_against_the_cells(study, statement, agrees, found):
    comparison = held(study, **statement)
    assert comparison.found == found
    assert comparison.agrees is agrees


def test_every_kind_is_tried_both_ways():
    kinds = {(statement["kind"], agrees) for statement, agrees, _ in CASES}
    schema = Statements.model_json_schema()["$defs"]["Statement"]["properties"]["kind"]["enum"]
    assert kinds == {(kind, agrees) for kind in schema for agrees in (True, False)}


def test_a_handful_of_cells_on_the_edge_is_no_difference(study):
    """0.2 % of a territory counts as nothing."""
    nearly = study.copy(deep=True)
    nearly["defended_area"].loc["new", "near"] = 0.9985 * 2e11
    assert held(nearly, kind="defends-all-of", phase="new", threat="near").agrees
    nearly["defended_area"].loc["new", "near"] = 0.9975 * 2e11
    assert not held(nearly, kind="defends-all-of", phase="new", threat="near").agrees


@pytest.mark.parametrize(("middle_km2", "agrees"), [(99_900, True), (99_500, False), (150_000, True)])
def test_what_grows_does_not_shrink_on_the_way(middle_km2, agrees):
    """From 100,000 to 200,000 km2 by way of a little less, more than a little less (0.2 %: 400 km2), more."""
    areas = xr.Dataset(
        {"defended_area": (("phase", "threat"), [[100_000e6], [middle_km2 * 1e6], [200_000e6]])},
        {"phase": ["a", "b", "c"], "threat": ["t"]},
    )
    assert held(areas, kind="grows", phases=["a", "b", "c"], threat="t").agrees is agrees


def test_where_nothing_is_in_reach_no_percentage_is_given(study):
    empty = study.copy(deep=True)
    empty["threatened_area"].loc["near"] = 0.0
    empty["defended_area"].loc["new", "near"] = 0.0
    empty["defended_fraction"].loc["new", "near"] = np.nan
    assert held(empty, kind="defends-all-of", phase="new", threat="near").found.startswith(
        "near: out of reach"
    )
    nowhere = held(empty, kind="defends-from-every-launch-point", phase="new", threat="near")
    assert (nowhere.agrees, nowhere.found) == (False, "No launch point reaches the territory.")


def test_statements_about_what_the_study_does_not_hold_are_left_out(study):
    statements = load_statements("europe")
    assert statements is not None
    assert compare(statements, study) == ()
    assert compare_with_published("no-such-scenario", study) == ()


HEAD = """schema: statements/1
scenario: europe
statements:
  one:
    says: So.
    source: s
    if_it_differs: P.
"""


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("    kind: reach\n", r"made-up.yaml:8: statements.one.kind: .*'reach'.*reaches"),
        ("    kind: reaches\n    countries: [TR]\n", "the number of threats is 0; reaches takes 1"),
        ("    kind: reaches\n    threat: t\n", "the number of countries is 0; reaches takes 1 or more"),
        (
            "    kind: grows\n    phases: [a]\n    threat: t\n",
            "the number of phases is 1; grows takes 2 or more",
        ),
        (
            "    kind: adds-nothing\n    phases: [a, b, c]\n",
            "the number of phases is 3; adds-nothing takes 2[^ ].*the number of threats is 0",
        ),
        (
            "    kind: defends-part-of\n    phase: a\n    phases: [b]\n    threat: t\n    countries: [TR]\n",
            "the number of phases is 2; defends-part-of takes 1",
        ),
        ("    kind: grows\n    treats: [t]\n", "(?=.*treats.*threats)(?=.*the number of phases is 0)"),
    ],
)
def test_faults_of_a_file_are_named(rest, text):
    with pytest.raises(InputError, match=f"(?s){text}"):
        parse(Statements, read_document(HEAD + rest, source="made-up.yaml"))


def test_the_schema_and_at_least_one_statement_are_needed():
    with pytest.raises(InputError, match=r"2 faults.*(?s:.)*schema(?s:.)*statements"):
        parse(
            Statements,
            read_document("schema: statements/2\nscenario: europe\nstatements: {}\n", source="x.yaml"),
        )


def table_of(page: str, head: str) -> list[list[str]]:
    """Cells of the table of a page whose first column has a title."""
    rows = re.search(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    assert rows is not None
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1].splitlines()]


def test_the_page_of_the_format_holds():
    page = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    statements = parse(Statements, read_document(example, source=PAGE.name))
    assert list(statements.statements) == ["southern-europe-2011", "growth"]
    keys = [key for cells in table_of(page, "Key") for key in re.findall(r"`(\w+)`", cells[0])]
    assert sorted(keys) == sorted(Statement.model_fields)
    words = {"none": (0, 0), "one": (1, 1), "two": (2, 2)}
    words |= {"one or more": (1, _MANY), "two or more": (2, _MANY)}
    told = {cells[0].strip("`"): tuple(words[cell] for cell in cells[1:]) for cells in table_of(page, "Kind")}
    assert told == _NEEDS


def test_there_are_statements_about_each_region():
    assert WITH_STATEMENTS == ["asia-pacific", "europe", "gulf"]


@pytest.mark.parametrize("scenario_id", WITH_STATEMENTS)
def test_packaged_statements_name_what_exists(scenario_id):
    statements, scenario = load_statements(scenario_id), load_scenario_document(scenario_id)
    assert statements is not None
    assert statements.scenario == scenario_id
    document, sources = scenario.document, load_catalogue().sources
    codes = Countries.load().codes
    for name, statement in statements.statements.items():
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert statement.source in sources, name
        assert set(statement.all_phases) <= set(document.phases), name
        assert set(statement.all_threats) <= set(document.threats), name
        assert set(statement.countries) <= set(codes), name
        assert set(statement.countries) <= set(document.region.countries), name
