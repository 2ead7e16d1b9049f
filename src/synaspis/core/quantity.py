"""A value with its unit, its source and its doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf, isfinite
from typing import Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    StrictFloat,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails

from synaspis.core.documents import FrozenModel, Rejected
from synaspis.core.errors import Fault
from synaspis.core.units import UNITS, from_si, to_si, unit_fault

__all__ = ["UNITS", "Basis", "Measure", "Quantity", "Rival", "from_si", "of_dimension", "to_si"]

Basis = Literal["stated", "derived", "estimated", "assumed"]


class Measure(FrozenModel):
    """A value with its unit and nothing else: what a user chooses, rather than a claim about the world."""

    value: StrictFloat = Field(description="The number, in `unit`.")
    unit: str = Field(description="One of the units of the unit table.")

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str, info: ValidationInfo) -> str:
        fault = unit_fault(info.data.get("value", 0.0), unit)
        if fault is not None:
            raise Rejected(Fault(fault.what, "", fault.remedy))
        return unit

    @property
    def si(self) -> float:
        """The value in SI units and radians."""
        return to_si(self.value, self.unit)

    def values(self) -> tuple[float, ...]:
        """Every number that is given, in `unit`."""
        return (self.value,)

    def __str__(self) -> str:
        return f"{self.value:.10g}" if self.unit == "1" else f"{self.value:.10g} {self.unit}"


class Rival(FrozenModel):
    """Another value for the same thing, and who holds it."""

    model_config = ConfigDict(validate_default=True)

    value: StrictFloat = Field(description="The rival number, in the unit of the quantity.")
    held_by: str = Field(min_length=1, description="Who says so.")
    source: str | None = Field(default=None, description="Id of the source in the source list.")
    note: str | None = Field(default=None, description="Why it differs; needed where there is no source.")

    @field_validator("note")
    @classmethod
    def _has_origin(cls, note: str | None, info: ValidationInfo) -> str | None:
        if note is None and info.data.get("source", "") is None:
            raise Rejected(
                Fault("a rival value has neither source nor note", remedy="Give `source` or `note`.")
            )
        return note


class Quantity(Measure):
    """A claim about the world: value, unit, origin, how far it may be off, and who says otherwise."""

    model_config = ConfigDict(validate_default=True)

    basis: Basis = Field(
        description="stated: the source says it; derived: computed from what the source says; "
        "estimated: judged from it; assumed: chosen by us."
    )
    low: StrictFloat | None = Field(default=None, description="Lower end of what is plausible, in `unit`.")
    high: StrictFloat | None = Field(default=None, description="Upper end of what is plausible, in `unit`.")
    source: str | None = Field(
        default=None, description="Id of the source; needed unless `basis` is assumed."
    )
    rivals: tuple[Rival, ...] = Field(default=(), description="Other values and who holds them.")
    note: str | None = Field(
        default=None, description="What a reader should know; needed if `basis` is assumed."
    )

    @field_validator("low", "high")
    @classmethod
    def _ordered(cls, bound: float | None, info: ValidationInfo) -> float | None:
        value, unit = info.data.get("value"), info.data.get("unit", "")
        if bound is None or value is None:
            return bound
        if info.field_name == "low" and bound > value:
            raise Rejected(
                Fault(
                    f"low {bound:g} {unit} is above the value {value:g} {unit}",
                    remedy="low <= value <= high must hold.",
                )
            )
        if info.field_name == "high" and bound < value:
            raise Rejected(
                Fault(
                    f"high {bound:g} {unit} is below the value {value:g} {unit}",
                    remedy="low <= value <= high must hold.",
                )
            )
        return bound

    @field_validator("source")
    @classmethod
    def _sourced(cls, source: str | None, info: ValidationInfo) -> str | None:
        basis = info.data.get("basis", "assumed")
        if source is None and basis != "assumed":
            raise Rejected(
                Fault(
                    f"a value with basis {basis!r} has no source",
                    remedy="Name a source of the source list, or mark it assumed with a note.",
                )
            )
        return source

    @field_validator("note")
    @classmethod
    def _explained(cls, note: str | None, info: ValidationInfo) -> str | None:
        if not note and info.data.get("basis") == "assumed":
            raise Rejected(
                Fault("an assumed value has no note", remedy="Say in `note` why this value was chosen.")
            )
        return note

    def values(self) -> tuple[float, ...]:
        """Value, then low, high and rival values where given, in `unit`."""
        bounds = tuple(bound for bound in (self.low, self.high) if bound is not None)
        return (self.value, *bounds, *(rival.value for rival in self.rivals))


def of_dimension(
    dimension: str, *, above: float = -inf, at_least: float = -inf, at_most: float = inf
) -> WrapValidator:
    """Pydantic metadata that demands a dimension and bounds of a `Measure` or `Quantity` field.

    dimension: a dimension of the unit table. above, at_least, at_most: bounds of the SI value, `above`
    exclusive; they hold for low, high and rival values too.
    """

    def faults(values: Iterable[float], unit: str) -> Iterator[Fault]:
        for value in values:
            if (fault := unit_fault(value, unit, dimension)) is not None:
                yield fault
                return
            if not (above < to_si(value, unit) <= at_most and to_si(value, unit) >= at_least):
                yield Fault(f"{value:g} {unit} is out of bounds; {_allowed(unit, above, at_least, at_most)}")

    def check(given: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            measure: Measure = handler(given)
        except ValidationError as error:
            # Other keys are wrong; the value and unit may still be judged, so that all faults come together.
            found = list(faults(*_numbers(given)))
            raise ValidationError.from_exception_data(
                error.title,
                [*map(_again, error.errors()), *([_detail(Rejected(*found), given)] if found else [])],
            ) from None
        found = list(faults(measure.values(), measure.unit))
        if found:
            raise Rejected(*found)
        return measure

    return WrapValidator(check)


def _numbers(given: object) -> tuple[tuple[float, ...], str]:
    """Numbers and unit of something that is not a whole measure, as far as they are usable; else nothing."""
    unit = given.get("unit") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(unit, str) or unit not in UNITS:
        return (), ""
    values = (given.get(key) for key in ("value", "low", "high"))
    return tuple(v for v in values if isinstance(v, int | float) and not isinstance(v, bool)), unit


def _again(entry: ErrorDetails) -> InitErrorDetails:
    return InitErrorDetails(
        type=entry["type"], loc=entry["loc"], input=entry["input"], ctx=entry.get("ctx", {})
    )


def _detail(rejection: Rejected, given: object) -> InitErrorDetails:
    return InitErrorDetails(type="value_error", loc=(), input=given, ctx={"error": rejection})


def _allowed(unit: str, above: float, at_least: float, at_most: float) -> str:
    if isfinite(at_least) and isfinite(at_most):
        return f"{from_si(at_least, unit):g} to {from_si(at_most, unit):g} {unit} is allowed"
    if isfinite(at_least) or isfinite(above):
        word, bound = ("at least", at_least) if isfinite(at_least) else ("above", above)
        head = f"{word} {from_si(bound, unit):g} {unit}"
    else:
        head = ""
    tail = f"at most {from_si(at_most, unit):g} {unit}" if isfinite(at_most) else ""
    return f"it must be {' and '.join(part for part in (head, tail) if part)}"
