"""What is public is documented, and what is documented exists."""

import datetime
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import synaspis

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
RECORDS = sorted((DOCS / "adr").glob("[0-9]*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *(path for path in DOCS.rglob("*.md") if "generated" not in path.parts)])
PACKAGES = [
    "synaspis",
    *(f"synaspis.{each.name}" for each in pkgutil.iter_modules(synaspis.__path__) if each.ispkg),
]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_says_what_it_is_for_and_what_is_public(name: str):
    package = importlib.import_module(name)
    assert package.__doc__, f"{name} has no docstring"
    public = getattr(package, "__all__", None)
    assert public, f"{name} lists no public names in __all__"
    assert len(set(public)) == len(public)
    missing = [each for each in public if not hasattr(package, each)]
    assert not missing, f"{name}.__all__ names what is not there: {missing}"


def own_docstring(item: object) -> str:
    """The docstring that a person wrote: not the one inherited, nor the one that a named tuple makes up."""
    text = vars(item).get("__doc__") if inspect.isclass(item) else getattr(item, "__doc__", None)
    return "" if text is None or text.startswith(f"{getattr(item, '__name__', '')}(") else text


def undocumented(package: str) -> Iterator[str]:
    module = importlib.import_module(package)
    for name in getattr(module, "__all__", ()):
        item = getattr(module, name)
        if inspect.isclass(item):
            for method, target in vars(item).items():
                is_public = inspect.isfunction(target) and not method.startswith("_")
                if (
                    is_public
                    and target.__module__.startswith("synaspis")
                    and not inspect.getdoc(getattr(item, method))
                ):
                    yield f"{package}.{name}.{method}"
        if (
            inspect.isclass(item) or inspect.isroutine(item) or hasattr(item, "py_func")
        ) and not own_docstring(item):
            yield f"{package}.{name}"


@pytest.mark.parametrize("name", PACKAGES)
def test_every_public_name_has_a_docstring(name: str):
    assert not list(undocumented(name))


def test_no_page_mentions_a_make_target_that_does_not_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    mentioned = {found for page in PAGES for found in re.findall(r"`make ([a-z]+)", page.read_text("utf-8"))}
    assert not mentioned - targets


def anchors(page: Path) -> set[str]:
    text = page.read_text("utf-8")
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
    return slugs | set(re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_inside_the_repository_resolve(page: Path):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)
    assert not broken


def test_every_page_is_in_a_table_of_contents():
    listed: set[Path] = set()
    for page in DOCS.rglob("*.md"):
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            for line in tree.splitlines():
                entry = line.strip()
                if entry and not entry.startswith(":"):
                    listed.update(found.resolve() for found in page.parent.glob(f"{entry}.md"))
    pages = {page.resolve() for page in PAGES if page.is_relative_to(DOCS)}
    assert pages - listed == {DOCS / "index.md", DOCS / "adr" / "template.md"}


@pytest.mark.parametrize("record", RECORDS, ids=relative)
def test_a_decision_record_has_the_fixed_header(record: Path):
    text = record.read_text("utf-8")
    number = int(record.name.split("-")[0])
    head = re.match(r"# (\d+)\. .+\n\n- Status: (.+)\n- Date: (\S+)\n", text)
    assert head, (
        "begin with `# N. Title`, an empty line, `- Status: ...`, `- Date: YYYY-MM-DD`; see template.md"
    )
    assert int(head[1]) == number, "the number in the title is not the number in the file name"
    assert re.fullmatch(r"proposed|accepted|superseded by \d+", head[2])
    datetime.date.fromisoformat(head[3])
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    superseded = re.fullmatch(r"superseded by (\d+)", head[2])
    assert superseded is None or int(superseded[1]) in [int(each.name.split("-")[0]) for each in RECORDS]


def test_decision_records_are_numbered_without_a_gap_and_listed():
    assert [int(record.name.split("-")[0]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))
    index = (DOCS / "adr" / "index.md").read_text("utf-8")
    assert re.findall(r"^(\d{4}-\S+)$", index, re.MULTILINE) == [record.stem for record in RECORDS]
