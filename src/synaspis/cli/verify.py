"""`synaspis verify`: do these results come from these inputs?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    from synaspis.analyses.verification import Verification

    Progress = Callable[[int, int, str], None]


@click.command(
    short_help="Run a study or a signed statement again and list everything that differs.",
    cls=Answer,
    status="0 if nothing differs, 1 if something does, 2 if RESULTS is neither study nor statement.",
    examples=("synaspis verify out/europe", "synaspis verify statement.json --key us.pub --key ru.pub"),
)
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key_files",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Public key of who must have signed the statement; may be repeated.",
)
@json_option
def verify(results: Path, key_files: tuple[Path, ...], as_json: bool) -> int:
    """Rebuild the numbers of RESULTS from the inputs that it names, and compare: the folder of a study, or
    the file of a signed statement of `assurance`.

    Inputs and files are compared by hash, areas and populations within one part in a million, times within
    0.1 s, maps cell by cell. Of a statement the signatures are checked with the keys given.
    """
    with progress_bar("Running it again") as advance:
        result = _verified(results, key_files, advance)
    if as_json:
        print_json(result.to_dict())
    else:
        for notice in result.notices:
            click.echo(f"notice: {notice}", err=True)
        if result.differences:
            rows = [(d.what, d.stored, d.found) for d in result.differences]
            print_table(("differs", "stored", "rebuilt"), rows)
        count = len(result.differences)
        verdict = "nothing differs" if not count else f"{count} differ" if count > 1 else "1 differs"
        click.echo(f"{result.compared} things compared: {verdict}.")
    return FAILED if result.differences else 0


def _verified(results: Path, key_files: tuple[Path, ...], advance: Progress) -> Verification:
    """Compare a statement if it is a file, else a study."""
    from synaspis.core.errors import Fault, InputError

    if results.is_file():
        from synaspis.analyses.assurance import verify_statement
        from synaspis.messages import PublicKey

        return verify_statement(results, {str(path): PublicKey.load(path) for path in key_files}, advance)
    if key_files:
        remedy = "Leave --key out, or name the file of a statement."
        raise InputError(Fault("a study has no signatures", source=str(results), remedy=remedy))
    from synaspis.analyses.verify import verify_study
    from synaspis.cli.choices import question_mapper

    with question_mapper() as mapper:
        return verify_study(results, advance, mapper=mapper)
