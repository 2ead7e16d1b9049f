"""Values with a unit as people write them, and their SI form.

Inside, every number is SI and radians; degrees, kilometres and decibels exist only in YAML and on the
command line and are converted here, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf, isfinite, log10, pi
from typing import Annotated, Any, Final, Literal, NamedTuple

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
from synaspis.core.errors import Fault, InputError


class Unit(NamedTuple):
    """dimension: what it measures. factor: SI value of one unit. decibel: the value is 10 log10 of a
    multiple of `factor`.
    """

    dimension: str
    factor: float
    decibel: bool = False


UNITS: Final[dict[str, Unit]] = {
    "m": Unit("length", 1.0),
    "km": Unit("length", 1e3),
    "s": Unit("time", 1.0),
    "min": Unit("time", 60.0),
    "h": Unit("time", 3600.0),
    "d": Unit("time", 86400.0),
    "deg": Unit("angle", pi / 180.0),
    "rad": Unit("angle", 1.0),
    "kg": Unit("mass", 1.0),
    "t": Unit("mass", 1e3),
    "m/s": Unit("speed", 1.0),
    "km/s": Unit("speed", 1e3),
    "m/s2": Unit("acceleration", 1.0),
    "m2": Unit("area", 1.0),
    "km2": Unit("area", 1e6),
    "dBsm": Unit("area", 1.0, decibel=True),
    "kg/m2": Unit("mass per area", 1.0),
    "kg/m3": Unit("density", 1.0),
    "1": Unit("ratio", 1.0),
    "percent": Unit("ratio", 0.01),
    "dB": Unit("ratio", 1.0, decibel=True),
    "W": Unit("power", 1.0),
    "kW": Unit("power", 1e3),
    "MW": Unit("power", 1e6),
    "K": Unit("temperature", 1.0),
    "Hz": Unit("frequency", 1.0),
    "kHz": Unit("frequency", 1e3),
    "MHz": Unit("frequency", 1e6),
    "GHz": Unit("frequency", 1e9),
    "USD": Unit("money", 1.0),
    "million USD": Unit("money", 1e6),
}
"""Every unit that a file may use."""

Basis = Literal["stated", "derived", "estimated", "assumed"]


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def units_of(dimension: str) -> tuple[str, ...]:
    """Units that measure a dimension, in the order of the table."""
    return tuple(name for name, unit in UNITS.items() if unit.dimension == dimension)


def unit_fault(value: float, unit: str, dimension: str | None = None) -> Fault | None:
    """What is wrong with a unit: not in the table, or of another dimension than the one needed; None if
    nothing is.
    """
    if unit not in UNITS:
        allowed = units_of(dimension) if dimension else tuple(UNITS)
        return Fault(f"unknown unit {unit!r}", "unit", f"Use one of: {', '.join(allowed)}.")
    given = UNITS[unit].dimension
    if dimension is not None and given != dimension:
        needed = f"{_article(dimension)} is needed ({', '.join(units_of(dimension))})"
        return Fault(f"{value:g} {unit} is {_article(given)}; {needed}")
    return None


def to_si(value: float, unit: str, dimension: str | None = None) -> float:
    """SI value of a value in a unit: angles in radians, dB as a ratio, dBsm in m2.

    value: finite. unit: a key of `UNITS`. dimension: what it must measure, if that matters.
    Raises InputError for an unknown unit, another dimension, or a value that is not finite.
    """
    fault = unit_fault(value, unit, dimension)
    if fault is not None:
        raise InputError(fault)
    if not isfinite(value):
        raise InputError(f"{value} {unit} is not a finite number")
    entry = UNITS[unit]
    return entry.factor * 10.0 ** (value / 10.0) if entry.decibel else value * entry.factor


def from_si(value_si: float, unit: str) -> float:
    """Value in a unit of an SI value; the inverse of `to_si`.

    Raises InputError for an unknown unit, and for a value not above 0 in a decibel unit.
    """
    fault = unit_fault(value_si, unit)
    if fault is not None:
        raise InputError(fault)
    entry = UNITS[unit]
    if not entry.decibel:
        return value_si / entry.factor
    if value_si <= 0.0:
        raise InputError(f"{value_si:g} has no value in {unit}; it must be above 0")
    return 10.0 * log10(value_si / entry.factor)


class Measure(FrozenModel):
    """A value with its unit and nothing else: for what the user chooses, not for what is claimed about the
    world.
    """

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
        return f"{self.value:g}" if self.unit == "1" else f"{self.value:g} {self.unit}"


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
    """A claim about the world: value, unit, where it comes from, how far it may be off, and who says
    otherwise.
    """

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
    if not isinstance(given, Mapping) or unit not in UNITS:
        return (), ""
    values = (given.get(key) for key in ("value", "low", "high"))
    return tuple(v for v in values if isinstance(v, int | float) and not isinstance(v, bool)), str(unit)


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


Length = Annotated[Quantity, of_dimension("length", above=0.0)]
Height = Annotated[Quantity, of_dimension("length", at_least=-1000.0)]
Distance = Annotated[Quantity, of_dimension("length", at_least=0.0)]
Time = Annotated[Quantity, of_dimension("time", above=0.0)]
Delay = Annotated[Quantity, of_dimension("time", at_least=0.0)]
Mass = Annotated[Quantity, of_dimension("mass", above=0.0)]
Speed = Annotated[Quantity, of_dimension("speed", above=0.0)]
Area = Annotated[Quantity, of_dimension("area", above=0.0)]
MassPerArea = Annotated[Quantity, of_dimension("mass per area", above=0.0)]
Power = Annotated[Quantity, of_dimension("power", above=0.0)]
Temperature = Annotated[Quantity, of_dimension("temperature", above=0.0)]
Ratio = Annotated[Quantity, of_dimension("ratio", above=0.0)]
Latitude = Annotated[Quantity, of_dimension("angle", at_least=-pi / 2, at_most=pi / 2)]
Longitude = Annotated[Quantity, of_dimension("angle", at_least=-pi, at_most=pi)]
Elevation = Annotated[Quantity, of_dimension("angle", at_least=-pi / 2, at_most=pi / 2)]
HalfWidth = Annotated[Quantity, of_dimension("angle", above=0.0, at_most=pi)]
Azimuth = Annotated[Quantity, of_dimension("angle", at_least=0.0, at_most=2 * pi)]
