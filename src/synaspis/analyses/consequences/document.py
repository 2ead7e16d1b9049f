"""What is assumed of the fragments: how their velocity and their drag may differ."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.documents import FrozenModel, Rejected, parse, read_document
from synaspis.core.errors import Fault
from synaspis.core.quantity import Quantity, of_dimension
from synaspis.scenario import Scenario

_PACKAGED: Final = Path(__file__).resolve().parents[2] / "data" / "consequences" / "debris.yaml"

VelocityChange = Annotated[Quantity, of_dimension("speed", above=0.0, at_most=5_000.0)]
BallisticCoefficient = Annotated[Quantity, of_dimension("mass per area", above=0.0, at_most=50_000.0)]


def _ranged(quantity: Quantity, info: ValidationInfo) -> Quantity:
    lacking = [end for end in ("low", "high") if getattr(quantity, end) is None]
    if lacking:
        remedy = "Give `low` and `high`: the fall area is drawn from both."
        raise Rejected(*(Fault(f"the key {end!r} is missing", remedy=remedy) for end in lacking))
    sources = info.context
    if sources is not None and quantity.source is not None and quantity.source not in sources:
        raise Rejected(Fault(f"the source {quantity.source!r} is not listed", where="source"))
    return quantity


class DebrisDocument(FrozenModel):
    """A file on fragments."""

    schema_version: Literal["debris/1"] = Field(alias="schema", description="Format and version: `debris/1`.")
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(description="Short name.")
    name: Annotated[str, Field(min_length=1)] = Field(description="Name as people say it.")
    summary: Annotated[str, Field(min_length=1)] = Field(description="What the values stand for.")
    velocity_change: VelocityChange = Field(
        description="How far the velocity of a fragment differs from that of its body; `high` is the most."
    )
    ballistic_coefficient: BallisticCoefficient = Field(
        description="Mass over drag area of the fragments, lightest (`low`) to heaviest (`high`)."
    )

    _with_ends = field_validator("velocity_change", "ballistic_coefficient")(_ranged)

    def ends_si(self, name: Literal["velocity_change", "ballistic_coefficient"]) -> tuple[float, float]:
        """Low and high of one of the two quantities in SI units."""
        quantity: Quantity = getattr(self, name)
        scale = quantity.si / quantity.value
        return (quantity.low or 0.0) * scale, (quantity.high or inf) * scale


def load_debris(scenario: Scenario, path: Path | None = None) -> DebrisDocument:
    """Load a file on fragments, that of the package by default.

    scenario: whose list of sources is the one that counts. Raises InputError with every fault of the file.
    """
    return parse(DebrisDocument, read_document(path or _PACKAGED), context=scenario.catalogue.sources)
