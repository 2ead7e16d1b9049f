"""The same free arcs by several programs at equal accuracy."""

from __future__ import annotations

import arcs
import programs
import pytest
from quiet import Timed

CASES = [
    pytest.param(program, level, id=f"{level:g} m-{program.name}, {program.arrangement}")
    for level in programs.LEVELS_M
    for program in programs.PROGRAMS
]


@pytest.mark.parametrize(("program", "level_m"), CASES)
def test_program(timed: Timed, program: programs.Program, level_m: float, exact: arcs.Floats) -> None:
    run = program.prepare(program.settings[level_m], program.start())
    ends = timed(run)
    worst = arcs.worst_error_m(ends, program.truth(exact))
    assert 0.3 * level_m < worst < 2.2 * level_m, "the programs are not compared at equal accuracy"
    timed.note.update(
        kind="program", program=program.name, arrangement=program.arrangement, cores=program.cores,
        setting=program.setting(level_m), level_m=level_m, worst_error_m=worst, count=program.count,
    )  # fmt: skip
