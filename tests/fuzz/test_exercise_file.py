"""Broken exercise files are refused in words or taken; none is a defect of the program."""

import random

import pytest

from synaspis.core.errors import InputError
from synaspis.exercise import load_exercise

VALUES = (
    "5", "[]", "{}", "~", "x", "[1, 2]", "{a: 1}", "-1 km", "9e99 s", "2026-11-30", "true", "''",
    "start + 1 min", "start + 1.2.3 min", "latest text of us", '"\\u0000"',
)  # fmt: skip
PARTS = ("x: 1", "a", "at: [3]", "by: 5", "radius_m: x", "centre: 4")


def broken(lines, chance):
    """The lines with one to three of them left out, given another value, another part, or other letters."""
    found = list(lines)
    for _ in range(chance.choice((1, 1, 2, 3))):
        at, how = chance.randrange(len(found)), chance.randrange(4)
        line = found[at]
        if how == 0:
            del found[at]
        elif how == 1 and ":" in line:
            found[at] = f"{line.split(':')[0]}: {chance.choice(VALUES)}"
        elif how == 2 and "{" in line:
            before, after = line.split("{", 1)
            parts = after.split(",")
            parts[chance.randrange(len(parts))] = chance.choice(PARTS)
            found[at] = before + "{" + ",".join(parts)
        else:
            found[at] = line.replace(
                chance.choice(("a", "e", "1", "5", " ")), chance.choice(("", "q", "-", ":")), 1
            )
    return "\n".join(found)


@pytest.mark.parametrize("name", ["first-exercise", "disputed-launch", "blind-radar"])
def test_a_broken_file_is_refused_in_words_or_taken(name, tmp_path):
    chance = random.Random(name)
    lines = load_exercise(name).path.read_text("utf-8").split("\n")
    path = tmp_path / "broken.yaml"
    told = []
    for _ in range(40):
        path.write_text(broken(lines, chance), encoding="utf-8")
        try:
            load_exercise(path)
        except InputError as error:
            told += [fault.what for fault in error.faults]
    assert len(told) > 10
    assert all(told)
