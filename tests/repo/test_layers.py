"""Imports go one way: the table in docs/architecture.md against every import statement in the package."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "synaspis"
ACCELERATORS = {"numba", "numba_cuda", "jax", "cupy"}
# Modules of a distribution, where they are not named like it. pydantic pins its core to one exact version.
IMPORT_NAMES = {
    "pyyaml": {"yaml"},
    "pillow": {"PIL"},
    "pydantic": {"pydantic", "pydantic_core"},
    "pyerfa": {"erfa"},
    "nats_py": {"nats"},
    "sphinx": {"sphinx", "docutils"},
}
# Beside the packages: the version, which every package may ask for.
BELOW_ALL_ROWS = {"synaspis._version"}
# The façade loads its names when they are first used; nothing else may hold code in an `__init__.py`.
LAZY_LOADING = {"__getattr__", "__dir__"}
# What a pure function on arrays has no use for: files, schemas, clocks, logs, chance.
NOT_IN_KERNELS = {
    *(
        "pydantic",
        "yaml",
        "json",
        "pathlib",
        "os",
        "io",
        "shutil",
        "logging",
        "time",
        "datetime",
        "random",
        "secrets",
    ),
    *("click", "rich", "xarray", "matplotlib", "jinja2"),
}
# The one module of the engine that touches files: it keeps the store of compiled kernels beside the source.
STORE_OF_COMPILED_KERNELS = "engine/_jit.py"


def layer_table() -> tuple[dict[str, int], set[str]]:
    """Row of each package, and the packages that are announced for later."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    lines = text.split("| Row | Packages | To come |", 1)[1].splitlines()[2:]
    rows: dict[str, int] = {}
    to_come: set[str] = set()
    for line in lines:
        found = re.fullmatch(r"\|\s*(\d+)\s*\|([^|]*)\|([^|]*)\|", line.strip())
        if found is None:
            break
        names, later = (
            [name.strip() for name in cell.split(",") if name.strip()] for cell in found.groups()[1:]
        )
        for name in names:
            assert name not in rows, f"{name} stands twice in the layer table"
            rows[name] = int(found[1])
        to_come.update(later)
    return rows, to_come


def packages_in_source() -> set[str]:
    return {path.relative_to(SOURCE).parts[0] for path in SOURCE.rglob("*.py") if path.parent != SOURCE}


def imported_modules(path: Path) -> list[tuple[int, str]]:
    """Line and full name of every module that a file imports, inside functions too."""
    inside = path.is_relative_to(SOURCE)
    package = ("synaspis", *path.relative_to(SOURCE).parent.parts) if inside else ()
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            # `from synaspis import engine` names the package only in the imported name.
            found += [
                (node.lineno, f"{module}.{alias.name}" if module == "synaspis" else module)
                for alias in node.names
            ]
    return found


FILES = sorted(SOURCE.rglob("*.py"))


def ids(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_the_table_lists_the_packages_that_exist_and_no_other():
    rows, to_come = layer_table()
    assert set(rows) == packages_in_source()
    assert not to_come & packages_in_source(), "a package that exists is still announced as to come"


def test_rows_are_numbered_from_one_without_a_gap():
    rows, _ = layer_table()
    assert sorted(set(rows.values())) == list(range(1, max(rows.values()) + 1))


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_a_module_imports_only_from_rows_above(path: Path):
    rows, _ = layer_table()
    parts = path.relative_to(SOURCE).parts
    if len(parts) == 1:
        return  # the façade and `python -m synaspis` stand above all rows
    own = parts[0]
    wrong = []
    for line, module in imported_modules(path):
        if module.split(".")[0] != "synaspis" or module in BELOW_ALL_ROWS:
            continue
        other = module.split(".")[1] if "." in module else ""
        if other != own and (other not in rows or rows[other] >= rows[own]):
            wrong.append(f"line {line}: {module}")
    assert not wrong, f"{own} is in row {rows[own]} and may not import {wrong}"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_only_the_engine_imports_an_accelerator(path: Path):
    tops = {module.split(".")[0] for _, module in imported_modules(path)}
    if ids(path) == STORE_OF_COMPILED_KERNELS:
        return
    if path.relative_to(SOURCE).parts[0] == "engine":
        assert not tops & NOT_IN_KERNELS, (
            f"the engine takes and gives arrays: no {sorted(tops & NOT_IN_KERNELS)}"
        )
    else:
        assert not tops & ACCELERATORS, f"only engine/ may import {sorted(tops & ACCELERATORS)}"


def distributions(wanted: list[str]) -> set[str]:
    """Top modules of the distributions that requirement lines name."""
    names = {re.split(r"[\[<>=~! ;]", line)[0].lower().replace("-", "_") for line in wanted}
    return set().union(*(IMPORT_NAMES.get(name, {name}) for name in names))


def declared(*groups: str) -> set[str]:
    """Top modules that may be imported: the dependencies of the package, and those of some groups."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [line for extra in settings["project"]["optional-dependencies"].values() for line in extra]
    more = [line for group in groups for line in settings["dependency-groups"][group]]
    found = distributions([*settings["project"]["dependencies"], *extras, *more])
    return {"synaspis", *sys.stdlib_module_names} | found


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_what_a_module_imports_is_declared_as_dependency(path: Path):
    """A package that is there only because another one brought it may be gone tomorrow."""
    stray = {module.split(".")[0] for _, module in imported_modules(path)} - declared()
    assert not stray, f"add {sorted(stray)} to the dependencies in pyproject.toml"


@pytest.mark.parametrize(
    ("folder", "group"), [("tests", "test"), ("examples", "test"), ("benchmarks", "bench"), ("docs", "docs")]
)
def test_what_other_code_imports_is_declared_in_its_group(folder: str, group: str):
    own = {path.stem for path in (ROOT / folder).rglob("*.py")}  # modules that lie beside each other
    stray = {}
    for path in (ROOT / folder).rglob("*.py"):
        unknown = {module.split(".")[0] for _, module in imported_modules(path)} - declared(group) - own
        if unknown:
            stray[path.relative_to(ROOT).as_posix()] = sorted(unknown)
    assert not stray, f"add these to the group {group} in pyproject.toml: {stray}"


def test_initial_modules_hold_names_and_no_logic():
    """`__init__.py`: docstring, imports, `__all__`, and plain constants such as the version."""
    for path in SOURCE.rglob("__init__.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            allowed = docstring or isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign))
            if path.parent == SOURCE:
                lazy = isinstance(node, ast.FunctionDef) and node.name in LAZY_LOADING
                for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
                allowed = allowed or lazy or for_types
            assert allowed, f"{ids(path)}:{node.lineno} holds logic; move it into a module"


def test_the_data_folder_holds_no_code():
    assert not list((SOURCE / "data").rglob("*.py"))


def test_folders_are_named_after_the_subject():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "models", "tools"}
    found = [
        ids(path)
        for path in FILES
        if vague & {part.removesuffix(".py").strip("_") for part in path.parts[-2:]}
    ]
    assert not found, f"say what it is about instead: {found}"
