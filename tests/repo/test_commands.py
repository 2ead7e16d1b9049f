"""Every command is described: in its own help and in the table of the readme; pages use no other name."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "docs" / "reference" / "generated"
PAGES = [*ROOT.glob("*.md"), *(page for page in (ROOT / "docs").rglob("*.md") if page.parent != GENERATED)]


def below(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if path:
        yield " ".join(path), command
    for name, child in getattr(command, "commands", {}).items():
        yield from below(child, (*path, name))


@pytest.fixture(scope="module")
def commands() -> dict[str, click.Command]:
    found = dict(below(importlib.import_module("synaspis.cli").main))
    assert found
    return found


def test_a_command_has_help_for_itself_and_each_option(commands: dict[str, click.Command]):
    silent = [name for name, command in commands.items() if not command.help]
    for name, command in commands.items():
        options = [each for each in command.params if isinstance(each, click.Option)]
        silent += [f"{name} {each.opts[0]}" for each in options if not each.help and not each.hidden]
    assert not silent


def test_every_command_that_answers_takes_json(commands: dict[str, click.Command]):
    answering = {name: each for name, each in commands.items() if not isinstance(each, click.Group)}
    lacking = [
        name for name, each in answering.items() if not any("--json" in one.opts for one in each.params)
    ]
    assert not lacking


def test_the_table_of_the_readme_has_every_command(commands: dict[str, click.Command]):
    rows = re.findall(r"^\| (`synaspis .*?) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    listed = set()
    for row in rows:
        first, *others = re.findall(r"`([^`]+)`", row)
        words = [word for word in first.split()[1:] if word.islower()]
        listed |= {" ".join(words), *(f"{words[0]} {other}" for other in others)}
    assert listed == {name for name, each in commands.items() if not isinstance(each, click.Group)}


def test_no_page_mentions_a_command_that_does_not_exist(commands: dict[str, click.Command]):
    called = re.compile(r"(?:^|`)(?:\$ )?synaspis ([a-z]+)\b", re.MULTILINE)
    found = {(page.name, name) for page in PAGES for name in called.findall(page.read_text("utf-8"))}
    assert found
    assert not {(page, name) for page, name in found if name not in commands}
