"""Where an entry of a file comes from, and the short way to write a value with its unit."""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Basis

_SHORT: Final = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s+(\S.*?)\s*")


def _spelt_out(given: Any) -> Any:
    if isinstance(given, int | float) and not isinstance(given, bool):
        remedy = f"Write the unit after it, such as `{given} deg` or `{given} s`."
        raise Rejected(Fault(f"{given} has no unit", remedy=remedy))
    if not isinstance(given, str):
        return given
    match = _SHORT.fullmatch(given)
    if match is None:
        remedy = "Write it as `38.5 deg` or as `{value: 38.5, unit: deg}`."
        raise Rejected(Fault(f"{given[:60]!r} is not a number and a unit", remedy=remedy))
    return {"value": float(match[1]), "unit": match[2]}


WRITTEN_SHORT: Final = BeforeValidator(_spelt_out)
"""Pydantic metadata: a `Measure` may be written as text, ``38.5 deg`` for ``{value: 38.5, unit: deg}``."""


class Claim(FrozenModel):
    """An entry that says something about the world, and so says where it comes from.

    A validation context with an attribute `sources` (a collection of ids) has the source checked against it.
    """

    model_config = ConfigDict(validate_default=True)

    basis: Basis = Field(
        description="stated: the source says it; derived: computed from what the source says; "
        "estimated: judged from it; assumed: chosen by us."
    )
    source: str | None = Field(
        default=None, description="Id of the source in the source list; needed unless `basis` is assumed."
    )
    note: str | None = Field(
        default=None, description="What a reader should know; needed if `basis` is assumed."
    )

    @field_validator("source")
    @classmethod
    def _sourced(cls, source: str | None, info: ValidationInfo) -> str | None:
        if source is None and info.data.get("basis", "assumed") != "assumed":
            remedy = "Name a `source` of the source list, or mark it `basis: assumed` with a `note`."
            raise Rejected(Fault(f"basis is {info.data['basis']!r} and there is no source", remedy=remedy))
        known = getattr(info.context, "sources", None)
        if source is not None and known is not None and source not in known:
            raise Rejected(Fault(f"unknown source {source!r}", remedy=nearest(source, tuple(known))))
        return source

    @field_validator("note")
    @classmethod
    def _explained(cls, note: str | None, info: ValidationInfo) -> str | None:
        if not note and info.data.get("basis") == "assumed":
            raise Rejected(
                Fault("basis is 'assumed' and there is no note", remedy="Say in `note` why it was chosen.")
            )
        return note
