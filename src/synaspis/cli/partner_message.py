"""What `synaspis partner send` is given: a message, or a body and its label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LABEL_FILE = "label.json"
"""File of a kit with the label of bodies that are sent without one; the partner puts it there."""


def members_of(
    kind: str, file: Any, label: Path | None, exercise: str | None, usual_label: Path
) -> dict[str, Any]:
    """Body and marking of what a file holds: a body alone, or a whole message.

    file: open, of bytes. label: file with the label; it takes the place of that of a whole message.
    usual_label: file with the label of a body alone, if there is one. Raises InputError.
    """
    from synaspis.core.errors import Fault, InputError
    from synaspis.messages import SCHEMA

    document = _json(file.read(), getattr(file, "name", "-"))
    whole = isinstance(document, dict) and document.get("schema") == SCHEMA
    if whole and document.get("kind") != kind:
        what = f"the message is of the kind {document.get('kind')!r}, asked for is {kind!r}"
        raise InputError(Fault(what, "kind", "Name the kind that the message has."))
    if label is None and not whole and usual_label.is_file():
        label = usual_label
    if label is None and not whole:
        remedy = (
            f"Name a file with it, put it into {usual_label}, or send a whole message; "
            "`synaspis messages example` shows one."
        )
        raise InputError(Fault("a body alone has no label", source="--label", remedy=remedy))
    marking = {
        "label": document.get("label") if label is None else _json(label.read_bytes(), str(label)),
        "exercise": exercise or (document.get("exercise") if whole else None),
    }
    return {"body": document.get("body") if whole else document, "marking": marking}


def _json(raw: bytes, source: str) -> Any:
    """Read a JSON file; a fault of it says that it is one, and of which file."""
    from synaspis.core.errors import Fault, InputError
    from synaspis.messages import Refused, strict_json

    try:
        return strict_json(raw)
    except Refused as error:
        faults = [
            Fault(f"this is no JSON that may be sent: {each.what}", source=source) for each in error.faults
        ]
        raise InputError(faults) from None
