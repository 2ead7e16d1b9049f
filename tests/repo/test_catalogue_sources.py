"""Every value that ships has a source that is listed or a note that says why; every listed source is used."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from synaspis.catalogue import KINDS, load_catalogue, quantities, sources_of
from synaspis.core.documents import path_text
from synaspis.core.quantity import Quantity

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "synaspis" / "data"
CATALOGUE = load_catalogue()

ITEMS = pytest.mark.parametrize("item_id", CATALOGUE.files)


def values_of(item_id: str) -> Iterator[tuple[str, Quantity]]:
    return ((path_text(path), quantity) for path, quantity in quantities(CATALOGUE.find(item_id)))


def test_every_file_of_the_catalogue_is_loaded():
    """Read here without the loader, so that a file that the loader passes over is seen."""
    files = {path for path in (DATA / "catalogue").rglob("*") if path.is_file()}
    assert files == set(CATALOGUE.files.values())
    assert {path.parent.name for path in files} == set(KINDS)


def test_there_are_values_to_check():
    assert sum(1 for item_id in CATALOGUE.files for _ in values_of(item_id)) > 500


@ITEMS
def test_a_value_has_a_listed_source_or_a_note(item_id: str):
    bare = []
    for path, quantity in values_of(item_id):
        origins = [quantity, *quantity.rivals]
        if any(part.source not in CATALOGUE.sources if part.source else not part.note for part in origins):
            bare.append(path)
    assert not bare


@ITEMS
def test_only_an_assumption_has_no_source_and_it_says_why(item_id: str):
    wrong = [
        path
        for path, quantity in values_of(item_id)
        if (quantity.basis == "assumed") != (quantity.source is None)
        or (quantity.basis == "assumed" and not quantity.note)
    ]
    assert not wrong, "an assumption has a note; what a source supports is estimated"


@ITEMS
def test_what_is_cited_from_memory_is_not_called_stated(item_id: str):
    recalled = {name for name, source in CATALOGUE.sources.items() if source.reliability == "memory"}
    wrong = [
        path
        for path, quantity in values_of(item_id)
        if quantity.source in recalled and quantity.basis == "stated"
    ]
    assert not wrong


def bare_numbers(data: object, path: str = "") -> list[str]:
    """Numbers that stand outside a quantity or rival, read straight from the file."""
    if isinstance(data, dict):
        inner = {
            key: value
            for key, value in data.items()
            if not {"value", "held_by"} & set(data) or key == "rivals"
        }
        return [found for key, value in inner.items() for found in bare_numbers(value, f"{path}.{key}")]
    if isinstance(data, list):
        return [
            found for index, value in enumerate(data) for found in bare_numbers(value, f"{path}[{index}]")
        ]
    return [path] if isinstance(data, int | float) and not isinstance(data, bool) else []


@ITEMS
def test_no_number_stands_without_unit_and_basis(item_id: str):
    assert not bare_numbers(yaml.safe_load(CATALOGUE.files[item_id].read_text(encoding="utf-8")))


def test_every_listed_source_is_used():
    """By an item, a scenario, a statement, an agreement, a rule, the program or the documentation."""
    used = {source for item_id in CATALOGUE.files for source in sources_of(CATALOGUE.find(item_id))}
    texts = [
        *(
            path
            for folder in DATA.iterdir()
            if folder.name not in ("catalogue", "sources")
            for path in folder.rglob("*.yaml")
        ),
        *(ROOT / "src").rglob("*.py"),
        # Not the pages made from the catalogue itself: they name every source.
        *(path for path in (ROOT / "docs").rglob("*.md") if "generated" not in path.parts),
    ]
    rest = "\n".join(path.read_text(encoding="utf-8") for path in texts)
    unused = [
        source
        for source in CATALOGUE.sources
        if source not in used and not re.search(rf"(?<![\w-]){re.escape(source)}(?![\w-])", rest)
    ]
    assert not unused


@pytest.mark.parametrize("source_id", CATALOGUE.sources)
def test_a_source_that_was_read_says_where(source_id: str):
    source = CATALOGUE.sources[source_id]
    if source.reliability == "found":
        assert source.url or source.doi
    assert source.url is None or re.match(r"https?://[^\s/]+\.[^\s/]+", source.url)
    assert source.doi is None or re.match(r"10\.\d{4,}/\S+$", source.doi)
