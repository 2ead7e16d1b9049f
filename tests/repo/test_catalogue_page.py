"""The page on catalogue files says what the program does."""

import os
import re
from pathlib import Path

import pytest

from synaspis.catalogue import KINDS
from synaspis.catalogue.schema import SourceList
from synaspis.core.documents import FrozenModel, parse, read_document
from synaspis.core.quantity import Basis, Quantity
from synaspis.core.units import UNITS

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "catalogue.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_table_of_units_is_the_table_of_the_program():
    rows = re.findall(
        r"^\| ([a-z ]+) \| (`.+`) \|$", PAGE.split("## Units")[1].split("## A source")[0], re.MULTILINE
    )
    told = {(name.strip('"'), row[0]) for row in rows for name in re.findall(r"`([^`]+)`", row[1])}
    assert told == {(name, unit.dimension) for name, unit in UNITS.items()}


def test_the_table_of_kinds_is_complete():
    assert re.findall(r"^\| `([a-z]+)` \| `schema: ", PAGE, re.MULTILINE) == list(KINDS)


def test_the_table_of_bases_is_complete():
    rows = re.findall(r"^\| `([a-z]+)` \|.*\| `(?:source|note)` \|$", PAGE, re.MULTILINE)
    assert tuple(rows) == Basis.__args__


class Example(FrozenModel):
    burnout_speed: Quantity


def test_the_examples_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    quantity, source, site = blocks("yaml")
    assert parse(Example, read_document(quantity)).burnout_speed.si == 4500.0
    assert parse(SourceList, read_document(source)).root["sankaran-act-2013"].reliability == "found"
    path = tmp_path / "my-catalogue" / "sites" / "north-hill.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(site, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (program,) = blocks("python")
    exec(compile(program, os.fspath(path), "exec"), {})
