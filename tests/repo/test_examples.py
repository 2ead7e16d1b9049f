"""Examples run and check what they show: examples/, and the Python in README.md and docs/learn/."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "learn").glob("*.md"))]


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def run(code: str, name: str, folder: Path) -> None:
    """Run code as a user would: in a process of its own, in an empty folder, with no display."""
    script = folder / name
    script.write_text(code, "utf-8")
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    command = [sys.executable, "-W", "error::DeprecationWarning:__main__", str(script)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def has_assertion(code: str) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(code)))


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_and_asserts(path: Path, tmp_path: Path):
    code = path.read_text("utf-8")
    assert has_assertion(code), "running is not checking: let the example assert what it shows"
    assert ast.get_docstring(ast.parse(code)), "say in the docstring what the example shows"
    run(code, path.name, tmp_path)


@pytest.mark.parametrize("page", [page for page in PAGES if python_blocks(page)], ids=lambda page: page.name)
def test_the_python_of_a_page_runs_and_asserts(page: Path, tmp_path: Path):
    code = "\n".join(python_blocks(page))
    assert has_assertion(code), "let the text assert what it claims"
    run(code, "page.py", tmp_path)


def test_the_example_of_the_readme_has_about_ten_lines():
    (block,) = python_blocks(ROOT / "README.md")
    assert len([line for line in block.splitlines() if line.strip()]) <= 10
