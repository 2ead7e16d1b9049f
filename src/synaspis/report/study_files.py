"""All files of a study that show its result: the report, the maps, the tables, the layers for other
programs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from synaspis.analyses.questions import answer_files
from synaspis.report.content import ReportContent
from synaspis.report.figures import coverage_figures
from synaspis.report.layers import Layers
from synaspis.report.page import render_report
from synaspis.report.table_files import table_files
from synaspis.scenario import Scenario


def file_count(content: ReportContent) -> int:
    """Return how many files `study_files` yields at most: page, tables, overview and for each case three
    files.
    """
    answers = sum(1 for answer in content.answers for _ in answer_files(answer))
    return 1 + 6 + 1 + 3 * len(content.phases) * len(content.threats) + len(content.threats) + answers


def study_files(content: ReportContent, scenario: Scenario) -> Iterator[tuple[str, bytes | str]]:
    """Yield name and content of each file, one after another, as they are made."""
    yield "report.html", render_report(content)
    yield from table_files(content)
    yield from chain.from_iterable(map(answer_files, content.answers))
    yield from coverage_figures(content)
    yield from Layers(content, scenario).files()
