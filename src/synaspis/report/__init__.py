"""The report of a study: one HTML page and its maps. It only reads results."""

from synaspis.analyses.assumptions import Assumption
from synaspis.report.content import (
    AssetMark,
    Comparison,
    LaunchPoint,
    Outlines,
    Phase,
    ReportContent,
    Source,
    Threat,
)
from synaspis.report.gather import content_of
from synaspis.report.page import render_report
from synaspis.report.study_files import file_count, study_files

__all__ = [
    "AssetMark",
    "Assumption",
    "Comparison",
    "LaunchPoint",
    "Outlines",
    "Phase",
    "ReportContent",
    "Source",
    "Threat",
    "content_of",
    "file_count",
    "render_report",
    "study_files",
]
