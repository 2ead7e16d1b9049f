"""From the answers of a study to the sections of its report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from synaspis.analyses.questions import Answer
from synaspis.report.content import ReportContent
from synaspis.report.sections.assurance import assurance_section
from synaspis.report.sections.consequences import consequences_section
from synaspis.report.sections.cooperation import cooperation_section
from synaspis.report.sections.cost import cost_section
from synaspis.report.sections.plan import plan_section
from synaspis.report.sections.raid import raid_section
from synaspis.report.sections.section import Section

_MAKE: Final[Mapping[str, Callable[[ReportContent, Answer], Section]]] = {
    "raid": raid_section,
    "cooperation": cooperation_section,
    "cost": cost_section,
    "assurance": assurance_section,
    "plan": plan_section,
    "consequences": consequences_section,
}


def sections_of(content: ReportContent) -> tuple[Section, ...]:
    """Return one section for each answer, in their order."""
    return tuple(_MAKE[answer.question](content, answer) for answer in content.answers)
