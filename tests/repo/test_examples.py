"""Examples run and check what they show: examples/, and what README.md and docs/learn/ tell a reader to type.

In a page, blocks of ``python`` run together as one program. In blocks of ``console`` each line
``$ synaspis ...`` runs, in one folder a page; it has to end with status 0 unless the block says
``(exit status N)``. Blocks of ``sh`` are too long to run here. All run in this process, so that the packages
are loaded once.
"""

import ast
import importlib
import re
import shlex
from pathlib import Path

import matplotlib as mpl
import pytest
from click.testing import CliRunner

import synaspis

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "learn").glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def with_blocks(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


def has_assertion(code: str) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(code)))


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, and no display."""
    monkeypatch.chdir(tmp_path)
    mpl.use("Agg", force=True)


def test_there_are_examples():
    assert EXAMPLES
    assert with_blocks("python")
    assert with_blocks("console")


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_and_asserts(path: Path):
    code = path.read_text("utf-8")
    assert has_assertion(code), "running is not checking: let the example assert what it shows"
    assert ast.get_docstring(ast.parse(code)), "say in the docstring what the example shows"
    exec(compile(code, str(path), "exec"), {"__name__": "__main__"})


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("page", with_blocks("python"), ids=lambda page: page.name)
def test_the_python_of_a_page_runs_and_asserts(page: Path):
    code = "\n".join(blocks(page, "python"))
    assert has_assertion(code), "let the text assert what it claims"
    exec(compile(code, str(page), "exec"), {"__name__": "__main__"})


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("page", with_blocks("console"), ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(page: Path):
    main = importlib.import_module("synaspis.cli").main
    for block in blocks(page, "console"):
        found = re.search(r"\(exit status (\d)\)", block)
        status = int(found[1]) if found else 0
        lines = re.findall(r"^\$ synaspis (.+)$", block, re.MULTILINE)
        assert lines
        for line in lines:
            result = CliRunner().invoke(main, shlex.split(line))
            assert result.exception is None or isinstance(result.exception, SystemExit), line
            assert result.exit_code == status, f"{line}\n{result.output[-2000:]}"


@pytest.mark.parametrize("page", ["learn/own-scenario.md", "formats/scenario.md"])
def test_whole_scenarios_in_pages_are_valid(page: str, tmp_path: Path):
    whole = [text for text in blocks(ROOT / "docs" / page, "yaml") if text.startswith("schema: scenario/")]
    assert whole
    for number, text in enumerate(whole):
        file = tmp_path / f"{number}.yaml"
        file.write_text(text, "utf-8")
        synaspis.load_scenario(file)


def test_the_page_of_the_dataset_has_every_variable():
    page = (ROOT / "docs" / "formats" / "coverage.md").read_text("utf-8")
    case = synaspis.load_scenario("europe").coverage("2018", "mrbm-1300", step_deg=1.0)
    assert not [name for name in case.data_vars if f"`{name}`" not in page]


def test_the_example_of_the_readme_has_about_ten_lines():
    (block,) = blocks(ROOT / "README.md", "python")
    assert len([line for line in block.splitlines() if line.strip()]) <= 10
