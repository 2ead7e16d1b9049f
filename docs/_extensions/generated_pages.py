"""Writes the pages that are made from the program itself into docs/reference/generated."""

from pathlib import Path

import carriage_pages
import catalogue_pages
import command_pages
import interface_pages
import message_pages
import reference_pages
import schema_pages
from sphinx.application import Sphinx

MAKERS = (
    reference_pages,
    schema_pages,
    message_pages,
    interface_pages,
    command_pages,
    catalogue_pages,
    carriage_pages,
)


def write(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "reference" / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    texts = {name: text for maker in MAKERS for name, text in maker.pages().items()}
    for stale in set(folder.glob("*.md")) - {folder / f"{name}.md" for name in texts}:
        stale.unlink()
    for name, text in texts.items():
        file = folder / f"{name}.md"
        # An unchanged page keeps its time, so that Sphinx does not build it again.
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
