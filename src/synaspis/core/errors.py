"""What can be wrong with what a user gave, said so that the user can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an input.

    what: the fault with the value and its unit, and what is allowed.
    where: field path inside the input, such as ``assets.rota.in_service``; empty for the whole input.
    remedy: what to do about it.
    source: file name or option name; empty if unknown.
    line: line number in the file, from 1; None if unknown.
    """

    what: str
    where: str = ""
    remedy: str = ""
    source: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        head = ": ".join(part for part in (place, self.where, self.what) if part)
        return f"{head}. {self.remedy}" if self.remedy else head


class SynaspisError(Exception):
    """Base of every error that Synaspis raises on purpose."""


class InputError(SynaspisError):
    """Everything wrong with one input, reported together (command line: exit status 2).

    faults: all faults found, at least one.
    """

    def __init__(self, faults: Iterable[Fault] | Fault | str) -> None:
        if isinstance(faults, str):
            faults = Fault(faults)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        if not self.faults:
            raise ValueError("an InputError needs at least one fault")
        count = len(self.faults)
        heading = "1 fault" if count == 1 else f"{count} faults"
        super().__init__("\n  ".join([f"{heading} in the input:", *map(str, self.faults)]))

    def __reduce__(self) -> tuple[Any, ...]:
        # An error may come from another process. By default it would be made anew of its text alone.
        return _as_raised, (type(self), self.args), self.__dict__


def _as_raised(kind: type[InputError], arguments: tuple[Any, ...]) -> InputError:
    return kind.__new__(kind, *arguments)
