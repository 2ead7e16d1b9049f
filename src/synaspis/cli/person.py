"""`synaspis person`: certificates for persons at browsers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from synaspis.server.cells import Person

_FOLDER = click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))


@click.group(short_help="Give persons a certificate for their browser, and take it back.")
def person() -> None:
    """Certificates by which persons enter the page of `synaspis serve` without a link. The page has to speak
    TLS (`--tls-certificate`, `--tls-key`). Everything that a person does bears the name in the certificate.
    """


@person.command(
    short_help="A certificate for one person, as a file that browsers import.",
    cls=Answer,
    examples=(
        "synaspis person issue synaspis-serve-first-exercise de --name Anna --out anna.p12",
        "synaspis person issue synaspis-serve operator --name Ole --days 1 --out ole.p12",
    ),
)
@_FOLDER
@click.argument("who", metavar="WHO")
@click.option("--name", metavar="NAME", required=True, help="Of the person; it goes into every action.")
@click.option("--days", type=int, default=30, show_default=True, help="How long it is good, 1 to 397.")
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="PKCS #12 file to write, such as anna.p12.",
)
@json_option
def issue(folder: Path, who: str, name: str, days: int, out: Path, as_json: bool) -> None:
    """Make a key and a certificate for a person. WHO: a cell such as de or white, or observer, or operator.
    The file is protected by a password: that in SYNASPIS_PERSON_PASSWORD, or else one that is asked for.
    """
    from synaspis.core.clock import SystemClock
    from synaspis.exchange.client.kit import write_private
    from synaspis.server.cells import issue_person

    password = os.environ.get("SYNASPIS_PERSON_PASSWORD")
    if password is None:
        password = click.prompt("Password of the file", hide_input=True, confirmation_prompt=True, err=True)
    content, made = issue_person(
        folder, who, name=name, password=password, days=days, now_us=SystemClock().now_us()
    )
    write_private(out, content)
    if as_json:
        print_json({"file": str(out), **_shown(made)})
    else:
        until = _shown(made)["until"]
        click.echo(f"Wrote {out}: certificate {made.id} of {made.name} for {who}, good until {until}.")


@person.command("list", short_help="Certificates that were issued.", cls=Answer,
                examples=("synaspis person list synaspis-serve",))  # fmt: skip
@_FOLDER
@json_option
def list_(folder: Path, as_json: bool) -> None:
    """List every certificate that was issued to a person, with what has become of it."""
    from synaspis.core.clock import SystemClock
    from synaspis.server.cells import open_persons

    persons = open_persons(folder)
    try:
        found = persons.all()
    finally:
        persons.close()
    if as_json:
        print_json({"persons": list(map(_shown, found))})
        return
    now_us = SystemClock().now_us()
    rows = [
        [each.id, each.name, each.cell or each.role, str(_shown(each)["until"]), _state(each, now_us)]
        for each in found
    ]
    print_table(["Certificate", "Name", "For", "Until", "State"], rows)


@person.command(short_help="Take a certificate back.", cls=Answer,
                examples=("synaspis person revoke synaspis-serve 3f0c5a17b2d49e80",))  # fmt: skip
@_FOLDER
@click.argument("certificate", metavar="CERTIFICATE")
@json_option
def revoke(folder: Path, certificate: str, as_json: bool) -> None:
    """Take CERTIFICATE back: it opens nothing from now on, and its streams end within seconds."""
    from synaspis.core.clock import SystemClock
    from synaspis.server.cells import open_persons

    persons = open_persons(folder)
    try:
        found = persons.revoke(certificate, SystemClock().now_us())
    finally:
        persons.close()
    if as_json:
        print_json(_shown(found))
    else:
        click.echo(f"Certificate {found.id} of {found.name} was taken back.")


def _shown(person: Person) -> dict[str, Any]:
    from synaspis.core.clock import to_rfc3339

    revoked = None if person.revoked_us is None else to_rfc3339(person.revoked_us)
    return {
        "certificate": person.id,
        "name": person.name,
        "cell": person.cell,
        "role": person.role,
        "until": to_rfc3339(person.until_us),
        "revoked": revoked,
    }


def _state(person: Person, now_us: int) -> str:
    if person.revoked_us is not None:
        return "taken back"
    return "good" if person.is_good(now_us) else "ended"
