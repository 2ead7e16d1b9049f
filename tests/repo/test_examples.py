"""Examples run and check what they show: examples/, and what README.md and docs/learn/ tell a reader to type.

In a page, blocks of ``python`` run together as one program. In blocks of ``console`` each line
``$ synaspis ...`` runs, in one folder a page; it has to end with status 0 unless the block says
``(exit status N)``. Blocks of ``sh`` are too long to run here.
"""

import ast
import os
import re
import shlex
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


def console_blocks(page: Path) -> list[str]:
    return re.findall(r"^```console\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [page for page in PAGES if console_blocks(page)], ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path):
    for block in console_blocks(page):
        found = re.search(r"\(exit status (\d)\)", block)
        status = int(found[1]) if found else 0
        for line in re.findall(r"^\$ synaspis (.+)$", block, re.MULTILINE):
            command = [sys.executable, "-c", "from synaspis.cli import main; main()", *shlex.split(line)]
            done = subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
            )
            assert "Traceback" not in done.stderr, done.stderr[-2000:]
            assert done.returncode == status, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def test_the_example_of_the_readme_has_about_ten_lines():
    (block,) = python_blocks(ROOT / "README.md")
    assert len([line for line in block.splitlines() if line.strip()]) <= 10
