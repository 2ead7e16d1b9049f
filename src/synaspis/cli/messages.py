"""`synaspis messages`: the published format of messages."""

from __future__ import annotations

import json

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json


@click.group(short_help="Print the format of messages: their JSON Schema, and examples.")
def messages() -> None:
    """Print the format of what partners send each other."""


@messages.command(
    "schema",
    short_help="Print the JSON Schema of messages, or of one kind.",
    cls=Answer,
    examples=("synaspis messages schema > message.schema.json", "synaspis messages schema track-report"),
)
@click.argument("kind", required=False)
@json_option
def schema(kind: str | None, as_json: bool) -> None:
    """Print the JSON Schema (draft 2020-12) of a message; KIND: of this kind alone.

    What it refuses is refused by every centre; what a schema cannot say (an order of times, a covariance that
    is positive definite) is checked beyond it.
    """
    from synaspis.messages import message_schema

    document = message_schema(kind)
    if as_json:
        print_json(document)
    else:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))


@messages.command(
    "example",
    short_help="Print an example of a kind of message.",
    cls=Answer,
    examples=("synaspis messages example launch-report > report.json",),
)
@click.argument("kind")
@json_option
def example(kind: str, as_json: bool) -> None:
    """Print an example of a message of KIND: the payload, as it stands in a signed envelope."""
    from synaspis.messages import example_message

    text = example_message(kind).decode()
    if as_json:
        print_json(json.loads(text))
    else:
        click.echo(text, nl=False)
