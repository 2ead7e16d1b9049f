"""The report of a study: one HTML page and its maps. It only reads results."""

from synaspis.report.content import (
    AssetMark,
    Assumption,
    Comparison,
    LaunchPoint,
    Outlines,
    Phase,
    ReportContent,
    Source,
    Threat,
)
from synaspis.report.page import render_report

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
    "render_report",
]
