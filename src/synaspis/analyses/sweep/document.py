"""What a sweep file says: which analysis of which scenario, which values it is repeated for, what is kept.

The text under a field is its documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Day
from typing import Annotated, Any, Final, Literal

from pydantic import (
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationInfo,
    field_validator,
)

from synaspis.core.documents import FrozenModel, Rejected
from synaspis.core.errors import Fault

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
AxisName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, Field(min_length=1)]
Scalar = StrictBool | StrictInt | StrictFloat | StrictStr | Day

VALUES_MAX: Final = 10_000
POINTS_MAX: Final = 100_000
"""Largest sweep: at a tenth of a second a point it takes three hours on one core."""

KINDS: Final = ("override", "field", "setting")


class Axis(FrozenModel):
    """One value that is varied: one of `override`, `field` and `setting`; `values`, or `low` and `high`."""

    name: Text | None = Field(default=None, description="What people call it; the path by default.")
    override: Text | None = Field(
        default=None,
        description="A value of the catalogue, as in `overrides` of a scenario: "
        "`an-tpy-2-forward.reference_range`. Its values are numbers with a unit, or names of those who hold "
        "a rival value; `catalogue` is the value of the catalogue.",
    )
    field: Text | None = Field(
        default=None, description="A key of the scenario file, with dots: `engagement.shots_required`."
    )
    setting: Text | None = Field(default=None, description="A key of `settings`: `sharing`.")
    values: tuple[Scalar, ...] | None = Field(
        default=None, min_length=1, max_length=VALUES_MAX, description="The values, one by one."
    )
    low: Scalar | None = Field(default=None, description="Least value of a range.")
    high: Scalar | None = Field(default=None, description="Greatest value of a range.")
    count: int | None = Field(
        default=None,
        ge=2,
        le=VALUES_MAX,
        description="How many values a range has in a grid, both ends counted.",
    )
    spacing: Literal["linear", "logarithmic"] = Field(
        default="linear", description="Whether equal steps are equal differences or equal ratios."
    )

    @property
    def kind(self) -> str:
        """Which of `override`, `field` and `setting` is given."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def target(self) -> str:
        """The path of what is varied."""
        return str(getattr(self, self.kind))


class SweepDocument(FrozenModel):
    """A sweep file."""

    model_config = ConfigDict(validate_default=True)

    schema_version: Literal["sweep/1"] = Field(alias="schema", description="Format and version: `sweep/1`.")
    id: Identifier = Field(description="Short name; that of the folder of results by default.")
    name: Text = Field(description="Name as people say it.")
    summary: Text = Field(description="What is asked, in a sentence or two.")
    scenario: Text = Field(description="Id of a scenario, or a path seen from the folder of this file.")
    analysis: Text = Field(description="The question that is asked at every point, such as `coverage`.")
    settings: Mapping[Text, Any] = Field(
        default={}, description="Settings of the analysis that all points share; see the table of each."
    )
    design: Literal["grid", "latin-hypercube"] = Field(
        default="grid",
        description="grid: every combination of the values. latin-hypercube: as many points as `samples`, "
        "spread so that each value is met evenly.",
    )
    samples: int | None = Field(default=None, ge=2, le=POINTS_MAX, description="Points of a latin hypercube.")
    seed: int | None = Field(
        default=None,
        ge=0,
        le=2**63 - 1,
        description="Seed of a latin hypercube; the same seed, the same points.",
    )
    vary: Mapping[AxisName, Axis] = Field(
        min_length=1, max_length=12, description="What is varied, by the name of its dimension in the result."
    )
    outputs: tuple[Text, ...] = Field(
        min_length=1, description="Results to keep; see the table of each analysis."
    )

    @field_validator("samples", "seed")
    @classmethod
    def _of_the_design(cls, value: int | None, info: ValidationInfo) -> int | None:
        design = info.data.get("design")
        if value is not None and design == "grid":
            what, remedy = (
                f"a grid has no {info.field_name}",
                "Leave it out, or use `design: latin-hypercube`.",
            )
            raise Rejected(Fault(what, remedy=remedy))
        if value is None and design == "latin-hypercube":
            raise Rejected(Fault(f"a latin hypercube needs {info.field_name}", remedy="Give a whole number."))
        return value
