"""Every file under tests/ is a test file that pytest collects and that holds at least one test."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
NOT_TESTS = {"conftest.py", "served_exercise.py"}
"""What tests share, and a program that some of them start."""


def is_of_all(config: pytest.Config) -> bool:
    """Whether this run is of every test, so that it has collected them itself."""
    places = {(config.rootpath / place).resolve() for place in config.args}
    return places == {TESTS} and not config.option.keyword and not config.option.markexpr


@pytest.fixture(scope="module")
def collected(request: pytest.FixtureRequest) -> set[str]:
    """Files in which a plain `pytest` finds tests; in a run of some of them another process is asked."""
    if is_of_all(request.config):
        return {item.path.relative_to(ROOT).as_posix() for item in request.session.items}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return {found[1] for found in re.finditer(r"^(\S+\.py): \d+$", done.stdout, re.MULTILINE)}


def test_every_python_file_under_tests_matches_the_pattern_of_pytest(pytestconfig: pytest.Config):
    patterns = pytestconfig.getini("python_files")
    files = [path for path in TESTS.rglob("*.py") if path.name not in NOT_TESTS]
    stray = [
        str(path.relative_to(ROOT)) for path in files if not any(path.match(pattern) for pattern in patterns)
    ]
    assert not stray, f"pytest would never run these: {stray}"


def test_every_test_file_is_collected(collected: set[str]):
    files = {path.relative_to(ROOT).as_posix() for path in TESTS.rglob("test_*.py")}
    assert files == collected


def test_no_package_marker_in_tests():
    """With import mode `importlib` an `__init__.py` would change how files are found."""
    assert not list(TESTS.rglob("__init__.py"))


def test_unit_tests_lie_in_a_folder_named_after_a_package():
    packages = {path.name for path in (ROOT / "src" / "synaspis").iterdir() if path.is_dir()}
    stray = [
        path
        for path in (TESTS / "unit").rglob("test_*.py")
        if path.relative_to(TESTS / "unit").parts[0] not in packages
    ]
    assert not [path for path in stray if path.parent != TESTS / "unit"], "tests/unit mirrors src/synaspis"
