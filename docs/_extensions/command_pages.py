"""The page of all commands: what `--help` prints, so that it cannot go stale."""

import click

from synaspis.cli import main


def sections(command: click.Command, context: click.Context) -> list[str]:
    """Help of a command and, for a group, of each command in it."""
    name = context.command_path
    parts = [f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                inner = click.Context(found, info_name=child, parent=context, max_content_width=100)
                parts += sections(found, inner)
    return parts


def pages() -> dict[str, str]:
    """Name and text of the page."""
    context = click.Context(main, info_name="synaspis", max_content_width=100)
    text = "\n".join(["# Commands\n", *sections(main, context)])
    return {"commands": text}
