"""The text that a new scenario starts from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from synaspis.core.errors import Fault, InputError

_TEMPLATE: Final = Path(__file__).resolve().parents[1] / "data" / "templates" / "scenario.yaml"
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ID_LENGTH_MAX: Final = 64


def new_scenario(scenario_id: str) -> str:
    """Text of a small scenario that passes every check, with comments that say what to change.

    scenario_id: small letters, digits and single hyphens, at most 64. Raises InputError for another.
    """
    if len(scenario_id) > _ID_LENGTH_MAX or not _ID.fullmatch(scenario_id):
        remedy = "Use small letters, digits and single hyphens, at most 64, such as `baltic-2030`."
        raise InputError(Fault(f"{scenario_id!r} cannot be the id of a scenario", remedy=remedy))
    return _TEMPLATE.read_text(encoding="utf-8").replace("id: template", f"id: {scenario_id}", 1)
