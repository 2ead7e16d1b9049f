"""What a verification of a log found wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FINDINGS_MAX: Final = 200
"""Findings that are kept; a log with more is wrong as a whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in the files of a log.

    kind: `altered` or `missing`. path: the file. at: place in it, such as ``byte 96`` or ``leaf 3, byte
    102``; empty for the whole file. what: said in words.
    """

    kind: Literal["altered", "missing"]
    path: str
    at: str
    what: str

    def __str__(self) -> str:
        place = f"{self.path} at {self.at}" if self.at else self.path
        return f"{place}: {self.what}"


class Findings:
    """Collects findings, each once, in the order in which they come."""

    def __init__(self) -> None:
        self.items: dict[Finding, None] = {}

    def altered(self, path: str, at: str, what: str) -> None:
        """Something is not as it was signed."""
        self._add(Finding("altered", path, at, what))

    def missing(self, path: str, what: str = "the file is missing") -> None:
        """Something that the signed head calls for is not there."""
        self._add(Finding("missing", path, "", what))

    def _add(self, finding: Finding) -> None:
        if len(self.items) < FINDINGS_MAX:
            self.items[finding] = None
