"""What boards need before anybody looks: compiled kernels, and what defence plans are held against."""

from __future__ import annotations

import asyncio

from synaspis.coordination import Analysis
from synaspis.coordination.gate import State, compare
from synaspis.core.clock import SECOND_US
from synaspis.core.errors import InputError
from synaspis.exercise import Loaded
from synaspis.exercise.written import timed
from synaspis.server.cells.hall import Hall


def prepare_boards() -> None:
    """Load the compiled kernels with which boards compare objects, or compile them where they are new, before
    anybody waits for a board.
    """
    here = State(0, (6.8e6, 0.0, 0.0), (0.0, 3_000.0, 2_000.0))
    compare(here, here._replace(time_us=SECOND_US))


async def hold_plans(hall: Hall, loaded: Loaded | None) -> None:
    """Give the boards of all cells the analysis of the exercise's scenario; until then they have none."""
    if loaded is None:
        return
    try:
        analysis = await asyncio.to_thread(analysis_of, loaded)
    except InputError as error:
        hall.journal.defect(error, "planning")
        return
    for cell in hall.cells.values():
        cell.board.analysis = analysis


def analysis_of(loaded: Loaded) -> Analysis:
    """The analysis, with the plans of the exercise's file worked out already: a second or two of one core."""
    analysis = Analysis.of(loaded.scenario, loaded.document.phase)
    for nation in loaded.document.nations.values():
        for task in timed(nation.plan or {}, loaded.starts_us).get("tasks", ()):
            analysis.rows(task)
    return analysis
