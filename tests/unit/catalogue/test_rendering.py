"""What `catalogue list` and `catalogue show` say."""

import json

import pytest

from synaspis.catalogue import describe, lines, listing, load_catalogue, quantities, sources_of
from synaspis.core.errors import InputError

CATALOGUE = load_catalogue()


def test_the_list_names_every_item_with_its_kind():
    rows = listing(CATALOGUE)
    assert {row["id"] for row in rows} == set(CATALOGUE.files)
    assert all(CATALOGUE.kind_of(row["id"]) == row["kind"] and row["name"] and row["summary"] for row in rows)


def test_the_list_of_a_kind_is_that_kind():
    assert {row["id"] for row in listing(CATALOGUE, "missiles")} == set(CATALOGUE.missiles)


def test_an_unknown_kind_is_refused():
    with pytest.raises(InputError, match=r"there is no kind 'ships' of item. Did you mean 'sites'"):
        listing(CATALOGUE, "ships")


@pytest.mark.parametrize("item_id", CATALOGUE.files)
def test_every_value_is_shown_with_its_origin_in_text_and_for_programs(item_id: str):
    item = CATALOGUE.find(item_id)
    text = "\n".join(lines(CATALOGUE, item_id))
    told = json.loads(json.dumps(describe(CATALOGUE, item_id), allow_nan=False))
    values = list(quantities(item))
    assert [value["value"] for value in told["values"]] == [quantity.value for _, quantity in values]
    assert [value["value_si"] for value in told["values"]] == [quantity.si for _, quantity in values]
    for _, quantity in values:
        assert f"{quantity}" in text
        assert quantity.note is None or quantity.note in text
        assert all(f"held by {rival.held_by}" in text for rival in quantity.rivals)
    assert set(told["sources"]) == set(sources_of(item))
    for source in sources_of(item):
        assert CATALOGUE.sources[source].title in text


def test_the_text_shows_bounds_basis_source_and_rivals():
    text = lines(CATALOGUE, "hwasong-17-2022-03-24")
    assert "  apogee                 6248.5 km  (stated, defence-blog-hwasong-17)" in text
    assert "  flight_time            4260 s [4230 to 4290]  (stated, concord-times-2022)" in text
    rival = "rival: 4052 s, held by North Korea (kcna-2022-03-25, from memory, not re-read): The exact figure"
    assert any(line.strip().startswith(rival) for line in text)


def test_what_is_from_memory_says_so_at_the_value_and_at_the_source():
    text = lines(CATALOGUE, "mrbm-1300")
    assert any("propellant_mass" in line and "from memory, not re-read" in line for line in text)
    assert "    reliability: from memory, not re-read" in text


def test_facts_and_dates_are_shown():
    text = lines(CATALOGUE, "hwasong-15-2017-11-29")
    assert "  date                   2017-11-29" in text
    assert "  launch_area.name       Pyongsong" in text
    assert describe(CATALOGUE, "sm-3-iib")["facts"]["status"] == "cancelled"


def test_an_unknown_item_is_refused():
    with pytest.raises(InputError, match=r"the catalogue has no item 'thad'. Did you mean 'thaad'\?"):
        lines(CATALOGUE, "thad")
