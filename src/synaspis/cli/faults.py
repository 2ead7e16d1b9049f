"""Bad input and failed runs: one shape for people, one for programs."""

from __future__ import annotations

import json
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from synaspis.core.errors import Fault

FAILED = 1
"""A finding, or a run that failed."""

BAD_INPUT = 2


def report_failure(error: Exception, *, as_json: bool) -> int:
    """Report what ended a command and return its exit status.

    Errors raised on purpose and those of the system (no space, no permission) are said in a line; any other
    is a defect of the program, shown with its traceback.
    """
    from synaspis.core.errors import Fault, InputError, SynaspisError

    if isinstance(error, InputError):
        report_faults(error.faults, as_json=as_json)
        return BAD_INPUT
    if isinstance(error, SynaspisError):
        fault = Fault(str(error))
    elif isinstance(error, OSError) and error.strerror:
        fault = Fault(error.strerror, source=str(error.filename or ""))
    else:
        traceback.print_exception(error)
        remedy = "This is a defect of the program: please report it with the lines above."
        fault = Fault(f"{type(error).__name__}: {error}", remedy=remedy)
    # The error may be that nothing more can be written.
    with suppress(OSError):
        report_faults([fault], as_json=as_json)
    return FAILED


def report_faults(faults: Sequence[Fault], *, as_json: bool) -> None:
    """List faults on standard error; as_json: also as ``{"error": {"faults": [...]}}`` on standard output."""
    heading = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    click.echo(f"{heading}:", err=True)
    for fault in faults:
        click.echo(f"  {fault}", err=True)
    if as_json:
        listed = [
            {
                "what": fault.what,
                "where": fault.where,
                "remedy": fault.remedy,
                "source": fault.source,
                "line": fault.line,
            }
            for fault in faults
        ]
        click.echo(json.dumps({"error": {"faults": listed}}, ensure_ascii=False))


def report_usage(error: click.UsageError, *, as_json: bool) -> None:
    """Report a wrong call of a command as a fault, after the usage line of the command."""
    from synaspis.core.errors import Fault

    remedy = ""
    if error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        remedy = f"`{error.ctx.command_path} --help` explains the options."
    report_faults([Fault(error.format_message().rstrip("."), remedy=remedy)], as_json=as_json)
