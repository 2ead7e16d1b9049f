"""`synaspis log`: is this log whole, unaltered and signed?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

_keys_file = click.Path(path_type=Path, dir_okay=False)
_pem = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group(short_help="Verify the public log of a data exchange centre.")
def log() -> None:
    """Verify the log in which a centre commits to every message, refusal and release."""


@log.command(
    short_help="Say whether a log is intact, and if not, which file was altered and where.",
    cls=Answer,
    status="0 if the log is intact, 1 if it is altered or incomplete, 2 for bad input.",
    examples=(
        "synaspis log verify centre",
        "synaspis log verify centre/log --vkeys kept/log.vkeys --json",
    ),
)
@click.argument("place", metavar="DIR|URL")
@click.option(
    "--vkey",
    "vkeys",
    metavar="TEXT",
    multiple=True,
    help="Verifier key of the log or of a witness, obtained elsewhere; may be repeated.",
)
@click.option(
    "--vkeys", "files", type=_keys_file, multiple=True, help="File with a verifier key on each line."
)
@click.option("--ca", "authority", type=_pem, help="For a URL: PEM file of the certificates to trust.")
@click.option("--certificate", type=_pem, help="For a URL: PEM file of your certificate.")
@click.option("--key", type=_pem, help="For a URL: PEM file of its private key.")
@json_option
def verify(
    place: str,
    vkeys: tuple[str, ...],
    files: tuple[Path, ...],
    authority: Path | None,
    certificate: Path | None,
    key: Path | None,
    as_json: bool,
) -> int:
    """Check every byte of the log in DIR (of a log or of a whole centre) or behind URL: signatures of the
    log, cosignatures of witnesses, every entry, every hash of the tree, and that no other file lies there.

    Give the keys that you got when you joined: keys that come from the log itself prove no more than that
    it agrees with itself. The answer says which were used.
    """
    from synaspis.log import WebPlace, verify_log

    given = [*vkeys, *_keys_in(files)]
    if place.startswith(("http://", "https://")):
        with WebPlace(place, authority=authority, certificate=certificate, key=key) as opened:
            report = verify_log(opened, given)
    else:
        report = verify_log(place, given)
    if as_json:
        print_json(report.to_dict())
    else:
        _print(report)
    return 0 if report.verdict == "intact" else FAILED


def _keys_in(files: tuple[Path, ...]) -> list[str]:
    from synaspis.core.errors import Fault, InputError
    from synaspis.log import read_vkeys

    found, faults = [], []
    for file in files:
        try:
            found += [key.vkey for key in read_vkeys(file.read_bytes())]
        except InputError as error:
            faults += [Fault(each.what, each.where, each.remedy, str(file)) for each in error.faults]
        except OSError as error:
            faults.append(Fault(f"the keys cannot be read: {error.strerror}", source=str(file)))
    if faults:
        raise InputError(faults)
    return found


def _print(report: Any) -> None:
    click.echo(f"Verdict:   {report.verdict}")
    if report.origin:
        click.echo(f"Log:       {report.origin}, {report.size:,} leaves")
        click.echo(f"Root:      {report.root}")
    click.echo(f"Signed by: {', '.join(report.signed_by) or 'nobody'}")
    for each in report.cosigned:
        source = "" if each.key_given else ", key from the log itself"
        click.echo(f"Cosigned:  {each.witness} ({each.algorithm}) at size {each.size:,}{source}")
    if report.keys == "given":
        click.echo("Keys:      given")
    else:
        click.echo("Keys:      from the log itself: they prove only that it agrees with itself; give --vkey")
    click.echo(f"Files:     {report.files:,} read")
    for finding in report.findings:
        click.echo(f"  {finding.kind}: {finding}")
