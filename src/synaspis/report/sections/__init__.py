"""The sections of a report on the questions beside the coverage."""

from synaspis.report.sections.build import sections_of
from synaspis.report.sections.section import Chart, Key, Maps, Section, Table

__all__ = ["Chart", "Key", "Maps", "Section", "Table", "sections_of"]
