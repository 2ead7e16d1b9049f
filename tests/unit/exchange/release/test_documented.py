"""The page on release says what the table of extracts says."""

import re
from pathlib import Path

import pytest

from synaspis.exchange.release import EXTRACTS
from synaspis.exchange.release.correlation import (
    AZIMUTH_TOLERANCE_DEG,
    PLACE_TOLERANCE_M,
    SIGMAS,
    TIME_TOLERANCE_S,
)
from synaspis.exchange.release.memory import REMEMBERED_MAX
from synaspis.exchange.release.sets import (
    FORGET_EXERCISE_US,
    FORGET_SOURCE_US,
    LABELS_MAX,
    SOURCE_TRACKS_MAX,
    TOLD_EVERY_US,
)
from synaspis.exchange.release.statements import ANNOUNCED_MAX

PAGE = (Path(__file__).parents[4] / "docs" / "methods" / "release-of-messages.md").read_text()


@pytest.mark.parametrize("kind", [kind for kind in EXTRACTS if kind not in ("track-report", "correction")])
def test_each_row_names_the_fields_that_each_level_adds(kind: str):
    (row,) = re.findall(rf"^\| `{kind}` \|(.*)\|$", PAGE, re.MULTILINE)
    told = [tuple(re.findall(r"`([^`]+)`", cell)) for cell in row.split("|")]
    presence, area, position = (EXTRACTS[kind][level] for level in ("presence", "impact-area", "position"))
    assert told == [presence, area[len(presence) :], position[len(area) :]]


def test_the_limits_on_the_page_are_those_of_the_program():
    assert rf"\Delta t \le {TIME_TOLERANCE_S:.0f}\,\mathrm{{s}} + {SIGMAS:.0f}\sigma_t" in PAGE
    assert rf"d \le {PLACE_TOLERANCE_M / 1e3:.0f}\,\mathrm{{km}}" in PAGE
    assert rf"\Delta A \le {AZIMUTH_TOLERANCE_DEG:.0f}^\circ" in PAGE
    assert f"at most once in {TOLD_EVERY_US // 1_000_000} s" in PAGE
    assert f"at most {LABELS_MAX} different labels" in PAGE
    assert f"at most {SOURCE_TRACKS_MAX:,} tracks at a time" in PAGE
    assert f"silent for {FORGET_SOURCE_US // 60_000_000} minutes" in PAGE
    assert f"released for {FORGET_EXERCISE_US // 60_000_000} minutes" in PAGE
    assert f"of one sender at most {ANNOUNCED_MAX} at a time" in PAGE
    assert f"{REMEMBERED_MAX:,} messages are remembered" in PAGE
