"""What is wrong with a cost case is said in words, everything at once."""

import pytest

from synaspis.analyses.cost import case_ids, cost, load_case, packaged_case
from synaspis.core.errors import InputError
from synaspis.scenario import load_scenario_document

RADAR_PRICE = "{value: 100, unit: million USD, price_year: 2010,"

FAULTS = {
    "a price without its year": (
        (RADAR_PRICE, "{value: 100, unit: million USD,"),
        r"purchases\.radar\.costs\.unit\.price_year: the key 'price_year' is missing\. "
        r"It is: Year whose prices the amount is in",
    ),
    "a negative price": (
        (RADAR_PRICE, "{value: -100, unit: million USD, price_year: 2010,"),
        "-100 is negative; an amount of money is 0 or more",
    ),
    "a price in kilometres": (
        (RADAR_PRICE, "{value: 100, unit: km, price_year: 2010,"),
        r"'km' is no unit of money\. Use one of: EUR, million EUR, USD, billion USD, million USD\.",
    ),
    "a low above the value": (("low: 80, high: 140", "low: 180, high: 240"), "low 180 million USD is above"),
    "an unknown partner": (("owner: gb", "owner: gx"), r"unknown partner 'gx'\. Allowed: gb, us\."),
    "an item without costs": (
        ("item: sm-3-ia", "item: smart-l"),
        r"'smart-l' has no costs in the catalogue\. Did you mean 'smart-l-elr'\?",
    ),
    "neither item nor costs": (
        ("    item: sm-3-ia\n", ""),
        r"neither `item` nor `costs` is given\. Give one",
    ),
    "an unknown thing carried": (
        ("carries: [rounds]", "carries: [round]"),
        r"unknown asset or purchase 'round'\. Did you mean 'rounds'\?",
    ),
    "an unknown key": (
        ("nato-2021-2024", "nato-2021"),
        "unknown funding key 'nato-2021'. Did you mean 'nato-2",
    ),
    "years in the wrong order": (
        ("last_year: 2019", "last_year: 2009"),
        "last_year 2009 is before first_year 2010",
    ),
    "too long a horizon": (
        ("first_year: 2010\nlast_year: 2019", "first_year: 1990\nlast_year: 2100"),
        "1990 to 2100 is more than 100 years",
    ),
    "a misspelt key": (
        ("build_years: 2", "built_years: 2"),
        r"unknown key 'built_years'\. Did you mean 'build_years'",
    ),
    "a cost that is not spoken of": (
        ("not_public: [{what: development, note: None.}]", "not_public: []"),
        r"development is neither given nor said to be not public\. Add it to `not_public`",
    ),
    "a cost that is given and said to be absent": (
        (
            "not_public: [{what: development, note: None.}]",
            "not_public: [{what: development, note: None.}, {what: unit, note: No.}]",
        ),
        r"unit is given and said to be not public\. Remove one\.",
    ),
    "operation inside the price and beside it": (
        ("operation_includes: [radar, interceptors]", "unit_includes: [operation]"),
        "the price of one includes operation, so operation_per_year would count it twice",
    ),
    "one thing carried by two": (
        (
            "    first_year: 2012\n    basis: assumed\n    note: Chosen.\n  ship:",
            "    first_year: 2012\n    carries: [rounds]\n    basis: assumed\n    note: Chosen.\n  ship:",
        ),
        "'rounds' is carried by 'radar' already; it would be counted twice",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_said_in_words(small, name: str):
    change, words = FAULTS[name]
    with pytest.raises(InputError, match=words):
        small.case(change)


def test_all_faults_of_a_case_come_together_with_their_lines(small):
    text = small.refusal(
        (RADAR_PRICE, "{value: -100, unit: million USD,"), ("owner: gb", "owner: gx"), ("sm-3-ia", "sm-3-ix")
    )
    assert text.startswith("4 faults in the input:")
    assert "case.yaml:19: purchases.radar.owner: unknown partner 'gx'" in text
    assert "case.yaml:21: purchases.radar.costs.unit.value: -100 is negative" in text
    assert "purchases.rounds.item: 'sm-3-ix' has no costs" in text


def test_a_development_that_is_not_public_is_not_invented(small):
    more = """\
development:
  - item: sm-3-iib
    first_year: 2010
    last_year: 2012
    share: {value: 1, unit: "1", basis: assumed, note: All.}
    basis: assumed
    note: Chosen.
"""
    with pytest.raises(
        InputError, match=r"the development of 'sm-3-iib' is not public. Cancelled before a design"
    ):
        small.case(more=more)


def test_common_funds_need_a_key(small, in_kind: str):
    more = in_kind.replace("in_kind:", "common:").replace("    partner: gb\n", "")
    with pytest.raises(InputError, match=r"common funds are given and no `common_funding_key`"):
        small.case(("common_funding_key: nato-2021-2024\n", ""), more=more)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        (
            "us: {value: 0.7, unit: '1', basis: assumed, note: No.}",
            r"the shares add up to 0.7, not to 1\. Let them",
        ),
        ("us: {value: 2, unit: '1', basis: assumed, note: No.}", "2 1 is out of bounds; 0 to 1 1 is allowed"),
        ("fr: {value: 1, unit: '1', basis: assumed, note: No.}", "unknown partner 'fr'"),
    ],
)
def test_agreed_shares_of_a_development_must_make_a_whole(small, shares: str, words: str):
    more = f"joint_development:\n  shares:\n    {shares}\n  note: Chosen.\n"
    with pytest.raises(InputError, match=words):
        small.case(more=more)


def test_agreed_shares_may_not_exceed_the_whole(small):
    half = "{value: 0.8, unit: '1', basis: assumed, note: No.}"
    more = f"joint_development:\n  shares:\n    us: {half}\n    gb: {half}\n  note: Chosen.\n"
    with pytest.raises(InputError, match=r"the shares add up to 1.6, more than 1"):
        small.case(more=more)


def test_a_case_needs_somebody_who_pays(small):
    partners = (
        "partners:\n  us: {name: United States, country: US}\n  gb: {name: United Kingdom, country: GB}\n"
    )
    with pytest.raises(InputError, match=r"nobody pays: there are no partners. Name at least one"):
        small.case((partners, ""))


def test_a_case_for_a_scenario_has_no_partners_of_its_own(small):
    scenario = load_scenario_document("europe")
    with pytest.raises(InputError, match=r"partners are given, and the scenario 'europe' has its own"):
        load_case(small.file(), scenario)


def test_what_an_asset_is_carried_by_belongs_to_its_owner(small):
    scenario = load_scenario_document("europe")
    path = packaged_case("europe")
    text = path.read_text(encoding="utf-8").replace("carries: [cook-radar,", "carries: [husum-radar,")
    small.folder.joinpath("europe.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"'husum-radar' belongs to 'de', this to 'us'"):
        load_case(small.folder / "europe.yaml", scenario)


@pytest.mark.parametrize(
    "where", ["left_out:\n  kurecik-rada: No.\n", "sunk:\n  - {assets: [kurecik-rada], note: No.}\n"]
)
def test_assets_that_a_case_names_are_those_of_the_scenario(small, where: str):
    partners = (
        "partners:\n  us: {name: United States, country: US}\n  gb: {name: United Kingdom, country: GB}\n"
    )
    with pytest.raises(InputError, match=r"unknown asset 'kurecik-rada'. Did you mean 'kurecik-radar'"):
        load_case(small.file((partners, ""), more=where), load_scenario_document("europe"))


def test_a_price_of_a_year_before_the_table_is_refused(small, in_kind: str):
    more = in_kind.replace("price_year: 2010", "price_year: 1980")
    with pytest.raises(
        InputError, match=r"in_kind.land.amount.price_year: the table of prices has no year 1980"
    ):
        small.case(more=more)
    with pytest.raises(
        InputError, match=r"base_year: the table of prices has no year 1960; it begins in 1990"
    ):
        small.case(("base_year: 2010", "base_year: 1960"))


def test_a_scenario_without_a_case_says_how_to_give_one(tmp_path):
    scenario = load_scenario_document("europe")
    other = type(scenario)(
        scenario.document.model_copy(update={"id": "elsewhere"}),
        scenario.catalogue,
        scenario.book,
        scenario.files,
    )
    with pytest.raises(
        InputError, match=r"no cost case comes with the scenario 'elsewhere'. Give a file with `--costs"
    ):
        cost(other)
    with pytest.raises(InputError, match=r"there is neither a scenario nor a cost case"):
        cost(None)
    with pytest.raises(
        InputError, match=r"there is no cost case 'cbo-2009-ship'. Did you mean 'cbo-2009-ships'"
    ):
        packaged_case("cbo-2009-ship")


@pytest.mark.parametrize("name", case_ids())
def test_every_packaged_case_is_named_like_its_file_and_is_whole(name: str):
    path = packaged_case(name)
    text = path.read_text(encoding="utf-8")
    listed = [line for line in text.splitlines() if line.startswith("scenarios: [")]
    scenarios = listed[0].removeprefix("scenarios: [").rstrip("]").split(", ") if listed else [None]
    for scenario in scenarios:
        loaded = None if scenario is None else load_scenario_document(scenario)
        assert load_case(path, loaded).id == name
