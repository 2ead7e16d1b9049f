"""`synaspis verify`: do these results come from these inputs?"""

from __future__ import annotations

from pathlib import Path

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table, progress_bar


@click.command(
    short_help="Run a study again and list everything that differs from what is stored.",
    cls=Answer,
    status="0 if nothing differs, 1 if something does, 2 if FOLDER is no study.",
    examples=("synaspis verify out/europe",),
)
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def verify(folder: Path, as_json: bool) -> int:
    """Rebuild the numbers of the study in FOLDER from the inputs that its manifest names, and compare.

    Files are compared by hash, areas and populations within one part in a million, warning times within 0.1
    s, maps cell by cell.
    """
    from synaspis.analyses.verify import verify_study

    with progress_bar("Running it again") as advance:
        result = verify_study(folder, advance)
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
