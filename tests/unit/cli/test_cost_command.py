"""`synaspis cost`: the numbers themselves are held in tests/unit/analyses/cost."""

import json
import re
from pathlib import Path

import pytest

from synaspis.analyses.cost import packaged_case

KEYS = {
    "case", "scenario", "name", "currency", "prices", "base_year", "first_year", "last_year", "discount_rate",
    "total_usd", "present_value_usd", "equivalent_annual_usd", "by_category_usd", "by_year", "by_rule",
    "by_thing", "paid_outside_usd", "not_counted", "per_defended_person", "published", "assumptions", "runs",
    "seed",
}  # fmt: skip


def test_europe_is_answered_by_year_nation_and_rule(call):
    done = call("cost", "europe", "--runs", "50", "--json")
    assert done.status == 0
    document = done.document
    assert set(document) == KEYS
    assert [row["year"] for row in document["by_year"]] == list(range(2009, 2029))
    assert document["by_rule"]["where-they-fall"]["by_nation"]["us"]["total_usd"] > 0
    assert document["by_rule"]["benefit"] == {
        "meaning": "all costs by the benefit that the user gives, such as Shapley shares of `cooperation`",
        "applies": False,
        "why_not": "No shares of benefit were given.",
        "basis": "",
        "by_nation": {},
    }


def test_people_read_a_table_of_years_and_of_who_pays(call):
    done = call("cost", "europe", "--runs", "50")
    assert done.status == 0
    assert (
        "What the European phased approach costs over twenty years, 2009 to 2028, dollars of 2024" in done.out
    )
    assert "at 3 percent, in 2009" in done.out
    assert "who pays, million  where-they-fall  common-funding" in done.out
    assert "... and 16 who pay less; see --json." in done.out
    assert "Paid by JP, no partner here, and in no total: " in done.out
    assert "Not counted, or with an assumption in its place: " in done.out


def test_a_case_without_scenario_stands_beside_what_was_published(call):
    done = call("cost", "cbo-2009-ships", "--runs", "50")
    assert done.status == 0
    assert "Published (defense-daily-cbo-2009): 18.0 bn to 26.0 bn, in prices of 2009" in done.out
    assert "Why:       The number of ships decides" in done.out
    assert "who pays" not in done.out


def test_options_reach_the_analysis(call):
    done = call(
        "cost", "cbo-2009-mda", "--prices", "then-year", "--discount-rate", "7", "--rule", "given", "--share",
        "us=1", "--defended", "1000000", "--runs", "50", "--seed", "3", "--json",
    )  # fmt: skip
    document = done.document
    assert (document["prices"], document["discount_rate"], document["seed"]) == ("then-year", 0.07, 3)
    assert list(document["by_rule"]) == ["given"]
    assert document["per_defended_person"]["population"] == 1e6
    shown = call("cost", "cbo-2009-mda", "--prices", "then-year", "--defended", "1000000", "--runs", "50")
    assert "dollars of each year" in shown.out
    assert "dollars a year (1,000,000, as given)" in shown.out


def test_people_defended_are_counted_in_a_phase(call, scenario_file: Path, tmp_path: Path):
    costs = tmp_path / "costs.yaml"
    costs.write_text(
        """\
schema: costs/1
id: costs
name: Costs of a small shield
summary: Nothing but what the catalogue has.
first_year: 2010
last_year: 2019
base_year: 2010
discount_rate: {value: 0, unit: percent, basis: assumed, note: None.}
build_years: 1
spares: {value: 0, unit: "1", basis: assumed, note: None.}
size_year: 2015
""",
        encoding="utf-8",
    )
    coverage = call(
        "coverage", scenario_file, "--phase", "2016", "--threat", "mrbm-2000", "--no-contributions", "--json"
    )
    done = call(
        "cost", scenario_file, "--costs", costs, "--phase", "2016", "--threat", "mrbm-2000", "--runs", "10",
        "--json",
    )  # fmt: skip
    assert done.status == coverage.status == 0
    each = done.document["per_defended_person"]
    assert each["population"] == coverage.document["defended_population"] > 0
    assert each["what"] == "phase 2016, threat mrbm-2000, at one moment"


def benefits(folder: Path) -> Path:
    partners = [
        {"id": name, "own_territory_pooled": {"a": {"defended_population": people}}, "gains": {}}
        for name, people in (("us", 0), ("tr", 30), ("de", 10))
    ]
    path = folder / "cooperation.json"
    path.write_text(json.dumps({"partners": partners}), encoding="utf-8")
    return path


def test_shares_of_benefit_come_from_what_cooperation_printed(call, tmp_path: Path):
    path = benefits(tmp_path)
    done = call("cost", "europe", "--benefit-from", str(path), "--rule", "benefit", "--runs", "10", "--json")
    nations = done.document["by_rule"]["benefit"]["by_nation"]
    assert nations["tr"]["share"] == pytest.approx(0.75)
    assert nations["us"]["total_usd"] == 0.0


def test_bad_options_are_reported_together(call):
    done = call(
        "cost", "europe", "--discount-rate", "high", "--share", "us", "--share", "de=x", "--benefit", "us=1",
        "--benefit", "us=1", "--defended", "-4", "--phase", "2015", "--json",
    )  # fmt: skip
    assert done.status == 2
    found = [fault["what"] for fault in done.document["error"]["faults"]]
    assert found == [
        "'high' is not a number; 0 to 50 percent is allowed",
        "'us' is not PARTNER=SHARE",
        "the share 'x' of 'de' is not a number",
        "'us' is given twice",
        "-4 people is out of bounds; 0 people or more is allowed",
        "a phase needs a threat, and a threat a phase",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("europe", "--rule", "fair"), "unknown rule 'fair'"),
        (("europe", "--share", "us=0.5", "--share", "de=0.6"), "the shares add up to 1.1, not to 1"),
        (("europe", "--costs", "nowhere.yaml"), "there is no such file"),
        (
            ("europe", "--benefit-from", "nowhere.json"),
            "nowhere.json: cannot be read: No such file or directory",
        ),
        (
            ("europe", "--benefit", "us=1", "--benefit-from", "x.json"),
            "shares are given, and a file to take them",
        ),
        (
            ("europe", "--defended", "5", "--phase", "2015", "--threat", "mrbm-2000"),
            "people are given, and a phase",
        ),
        (("cbo-2009-mda", "--phase", "2015", "--threat", "a"), "a cost case without scenario has no phase"),
        (("nowhere",), "there is no scenario 'nowhere'"),
        (("europe", "--discount-rate", "51"), "51 percent is out of bounds; 0 to 50 percent is allowed"),
        (("europe", "--seed", "-1"), "the seed -1 is negative; 0 or more is allowed"),
        (("europe", "--benefit-by", "gains"), "there is no file to take shares from"),
        (
            ("europe", "--rule", "equal", "--share", "us=1"),
            "shares of the rule 'given' are given, and only the rule 'equal' is asked for",
        ),
        (("europe", "--share", "us=nan"), "the share nan of 'us' is out of bounds; 0 to 1 is allowed"),
    ],
)
def test_a_fault_is_said_in_words(call, options: tuple[str, ...], words: str):
    done = call("cost", *options)
    assert done.status == 2
    assert words in done.err


def test_a_file_that_is_no_json_is_refused(call, tmp_path: Path):
    path = tmp_path / "cooperation.json"
    path.write_text("not json", encoding="utf-8")
    done = call("cost", "europe", "--benefit-from", str(path))
    assert done.status == 2
    assert "this is no JSON" in done.err


PAGE = (Path(__file__).parents[3] / "docs" / "learn" / "what-does-it-cost.md").read_text(encoding="utf-8")


def shown(page: str) -> list[list[str]]:
    """Lines of the outputs that a page shows, without what it leaves out by dots."""
    blocks = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [
        [line.removesuffix(" ...") for line in block.splitlines() if line.strip() not in ("", "...")]
        for block in blocks
    ]


def test_the_tutorial_shows_what_the_command_prints(call):
    europe, ships = call("cost", "europe").out, call("cost", "cbo-2009-ships").out
    people = call("cost", "europe", "--phase", "2018", "--threat", "mrbm-2000").out
    for lines, printed in zip(shown(PAGE), (europe, europe, people, ships), strict=False):
        missing = [line for line in lines if line not in printed]
        assert not missing
    document = call("cost", "europe", "--json").document
    assert f"has {len(document['not_counted'])} entries" in PAGE
    assert f"lists the {len(document['assumptions'])} quantities" in PAGE


def test_numbers_in_the_text_of_the_tutorial_are_those_of_the_command(call):
    then, seven = (
        call("cost", "europe", "--prices", "then-year"),
        call("cost", "europe", "--discount-rate", "7"),
    )
    assert "Total:          14.1 bn" in then.out
    assert "14.1 bn in all" in PAGE
    assert "Present value:  11.3 bn" in seven.out
    assert "at 7 percent it is 11.3 bn" in PAGE


def test_the_methods_page_tells_the_totals_of_the_options(call):
    page = (Path(__file__).parents[3] / "docs" / "methods" / "cost.md").read_text(encoding="utf-8")
    totals = {
        name: call("cost", f"cbo-2009-{name}", "--runs", "10", "--json").document["total_usd"]["value"] / 1e9
        for name in ("mda", "land-sm-3", "kei", "ships")
    }
    land = "{mda:.1f} (the agency's plan), {land-sm-3:.1f} (SM-3 on land), {kei:.1f} (KEI)"
    assert f"come out at {land} and {{ships:.1f}} bn".format(**totals) in page


def test_the_contribution_in_kind_of_the_tutorial_is_accepted(call, tmp_path: Path):
    (block,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    packaged = packaged_case("europe").read_text(encoding="utf-8")
    path = tmp_path / "my-costs.yaml"
    path.write_text(packaged + block, encoding="utf-8")
    done = call("cost", "europe", "--costs", path, "--runs", "10", "--json")
    nations = done.document["by_rule"]["where-they-fall"]["by_nation"]
    assert nations["ro"]["in_kind_usd"] > 40e6
