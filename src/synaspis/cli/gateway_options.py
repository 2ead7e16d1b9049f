"""Options that the gateways share, and what becomes of them."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from synaspis.cli.output import json_option

if TYPE_CHECKING:
    from synaspis.agreement import Label
    from synaspis.server.gateways.running import Setting

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def shared_options(command: F) -> F:
    """Give a command KIT and the options of every gateway."""
    for decorate in (
        json_option,
        click.option("--seconds", type=click.FloatRange(0.1), help="End after so many seconds."),
        click.option(
            "--since",
            metavar="N",
            type=click.IntRange(0),
            help="Begin after event N instead of where the kit left off.",
        ),
        click.option(
            "--exercise", metavar="NAME", help="Of this exercise alone; without it, of none: in earnest."
        ),
        click.argument("kit", metavar="KIT", type=click.Path(path_type=Path, file_okay=False)),
    ):
        command = decorate(command)
    return command


def notes_option(command: F) -> F:
    """Give a command the option that lets notes in."""
    text = "Take notes in, under the label in this file."
    return click.option("--notes", metavar="LABEL.JSON", type=_FILE, help=text)(command)


def tls_options(command: F) -> F:
    """Give a command the options of TLS."""
    for name, text in (
        ("--authority", "Certificate that the other side's must chain to, PEM."),
        ("--key", "Private key of our certificate, PEM."),
        ("--certificate", "Our certificate, PEM. Without these three only 127.0.0.1 is allowed."),
    ):
        command = click.option(name, metavar="FILE", type=_FILE, help=text)(command)
    return command


def setting_of(given: Mapping[str, Any]) -> Setting:
    """What every gateway needs, from the options. Raises InputError for a label that is none."""
    from synaspis.server.gateways.running import Setting

    label = None if given.get("notes") is None else read_label(given["notes"])
    return Setting(given["kit"], given["exercise"], label, given["since"], given["seconds"])


def read_label(file: Path) -> Label:
    """The label in a JSON file. Raises InputError with its faults, each with the file."""
    from synaspis.agreement import Label
    from synaspis.core.errors import Fault, InputError
    from synaspis.messages import Refused, strict_json

    try:
        return Label.from_json(strict_json(file.read_bytes()))
    except (InputError, Refused) as error:
        faults = [Fault(each.what, each.where, each.remedy, str(file)) for each in error.faults]
        raise InputError(faults) from None


def address_of(option: str, text: str) -> tuple[str, int]:
    """Host and port of HOST:PORT; IPv6 in brackets. Raises InputError."""
    from synaspis.core.errors import Fault, InputError

    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        remedy = "Write for example 127.0.0.1:8087, or [::1]:8087."
        raise InputError(Fault(f"{text!r} is not HOST:PORT", source=option, remedy=remedy))
    return host.removeprefix("[").removesuffix("]"), int(port)


def tls_of(
    given: Mapping[str, Any], host: str, *, listening: bool, strangers: bool = False
) -> ssl.SSLContext | None:
    """The TLS that the options ask for; None where none is asked for and the host is this machine.

    strangers: whether clients may come without a certificate, so that `--authority` may be left out.

    Raises InputError where only some of the three files are given, and for another machine without TLS.
    """
    from synaspis.core.errors import Fault, InputError
    from synaspis.server.gateways.tls import check_plain, client_context, server_context

    names = ("certificate", "key", "authority")
    files = [given[name] for name in names]
    if not any(files):
        check_plain(host)
        return None
    missing = [
        f"--{name}"
        for name, file in zip(names, files, strict=True)
        if file is None and not (strangers and name == "authority")
    ]
    if missing:
        raise InputError(Fault("the three files of TLS belong together", source=", ".join(missing)))
    return server_context(*files) if listening else client_context(*files)
