"""`import synaspis`: the names, that they load when used and not before, and what an unknown one says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import synaspis

ROOT = Path(__file__).parents[2]
HEAVY = [
    "numba",
    "matplotlib",
    "xarray",
    "scipy",
    "pyproj",
    "shapely",
    "pydantic",
    "yaml",
    "h5netcdf",
    "zarr",
]


def loaded_after(program: str) -> set[str]:
    """Top-level modules in a fresh interpreter after a program."""
    text = f"import json, sys\n{program}\nprint(json.dumps([*sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=120
    )
    return {name.split(".")[0] for name in json.loads(done.stdout)}


def test_the_import_alone_is_light():
    assert not loaded_after("import synaspis; synaspis.__version__; dir(synaspis)") & set(HEAVY)


def test_the_catalogue_comes_without_the_engine_and_the_engine_without_figures():
    assert not loaded_after("import synaspis; synaspis.load_catalogue()") & {"numba", "matplotlib", "xarray"}
    assert "matplotlib" not in loaded_after("import synaspis; synaspis.load_scenario('europe')")


@pytest.mark.parametrize("name", synaspis.__all__)
def test_every_public_name_is_there(name):
    item = getattr(synaspis, name)
    assert isinstance(item, str) if name == "__version__" else callable(item)


def test_names_lead_to_what_they_say():
    from synaspis.analyses.check import check
    from synaspis.analyses.fly import fly_lofted, fly_to
    from synaspis.analyses.study import load_scenario
    from synaspis.core.errors import InputError

    assert (synaspis.check, synaspis.fly_to, synaspis.fly_lofted) == (check, fly_to, fly_lofted)
    assert (synaspis.load_scenario, synaspis.InputError) == (load_scenario, InputError)


def test_dir_lists_the_public_names():
    assert dir(synaspis) == sorted(synaspis.__all__)


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="module 'synaspis' has no attribute 'load_scenarios'"):
        synaspis.load_scenarios  # noqa: B018
    assert not hasattr(synaspis, "no_such_name")
    with pytest.raises(ImportError, match="cannot import name 'load_scenarios'"):
        from synaspis import load_scenarios  # noqa: F401


def test_python_suggests_the_nearest_name():
    done = subprocess.run(
        [sys.executable, "-c", "import synaspis; synaspis.load_scenarios"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.rstrip().endswith("Did you mean: 'load_scenario'?")


def test_the_example_is_that_of_the_readme():
    """So that the ten lines can be run as they stand; `tests/repo/test_examples.py` runs both."""
    (block,) = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    docstring, _, code = (
        (ROOT / "examples" / "coverage_in_a_notebook.py").read_text("utf-8").partition("\n\n")
    )
    assert docstring.startswith('"""')
    assert code == block


def test_the_version_is_that_of_the_installed_package():
    from importlib.metadata import version

    assert synaspis.__version__ == version("synaspis")


def test_a_submodule_does_not_hide_a_function():
    """`synaspis.analyses.check` is a module too; importing it must leave `synaspis.check` the function."""
    import synaspis.analyses.check

    assert callable(synaspis.check)
