"""A wheel holds the page of the globe if it was built, and is whole without it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = "import sys; from setuptools import build_meta; build_meta.{}(sys.argv[1])"
PAGE = "synaspis/data/web/index.html"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The build files of the repository around a package of one empty module."""
    made = tmp_path / "source"
    (made / "src" / "synaspis").mkdir(parents=True)
    (made / "src" / "synaspis" / "__init__.py").touch()
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, made)
    shutil.copytree(ROOT / "LICENSES", made / "LICENSES")
    return made


def names(source: Path, what: str = "build_wheel") -> set[str]:
    there = source.parent / what
    there.mkdir(exist_ok=True)
    command = [sys.executable, "-c", BUILD.format(what), str(there)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    (wheel,) = there.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


def build_page(source: Path) -> None:
    assets = source / "web" / "dist" / "assets"
    assets.mkdir(parents=True)
    (assets.parent / "index.html").write_text("<!doctype html>")
    (assets / "index-abc.js").write_text("")


def test_a_wheel_holds_the_page_as_it_was_built_and_no_former_one(source: Path):
    assert PAGE not in names(source)
    build_page(source)
    assert {PAGE, "synaspis/data/web/assets/index-abc.js"} <= names(source)
    shutil.rmtree(source / "web")
    assert PAGE not in names(source)


def test_an_editable_install_reads_the_page_in_place(source: Path):
    build_page(source)
    assert not any(name.startswith("synaspis/") for name in names(source, "build_editable"))
    assert not (source / "src" / "synaspis" / "data").exists()
