"""The examples on the pages of the formats load: whole scenarios alone, blocks as changes of the template."""

import re
from pathlib import Path

import pytest

from synaspis.agreement import load_book
from synaspis.core.documents import read_document
from synaspis.core.extension import extended
from synaspis.scenario import check_scenario, load_scenario_document, new_scenario, scenario_ids

FORMATS = Path(__file__).parents[3] / "docs" / "formats"
EXAMPLES = [
    pytest.param(block, id=f"{name}-{number}")
    for name in ("scenario", "agreement")
    for number, block in enumerate(
        re.findall(r"```yaml\n(.*?)```", (FORMATS / f"{name}.md").read_text(encoding="utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_a_page_loads(example: str, tmp_path: Path):
    if example.startswith("schema: agreements/"):
        path = tmp_path / "book.yaml"
        path.write_text(example, encoding="utf-8")
        assert load_book(path).agreements
        return
    if example.startswith("schema:"):
        path = tmp_path / "example.yaml"
        path.write_text(example, encoding="utf-8")
        scenario = load_scenario_document(path)
        assert scenario.document.extends == "europe"
        assert scenario.as_dict() != load_scenario_document("europe").as_dict()
        return
    change = read_document(example)
    document = extended(read_document(new_scenario("base")), change)
    shown = check_scenario(document).as_dict()
    for section, entries in change.data.items():
        assert set(entries) <= set(shown[section])


def test_there_are_examples():
    assert len(EXAMPLES) >= 8


def test_the_page_lists_the_scenarios_of_the_package():
    page = (FORMATS / "scenario.md").read_text(encoding="utf-8")
    table = page.split("## The scenarios that come with the package", 1)[1]
    assert tuple(sorted(re.findall(r"^\| `([a-z0-9-]+)` \|", table, re.MULTILINE))) == scenario_ids()
