"""What a catalogue item must say: one frozen model per kind of item, with the dimension of each value.

The text under a field is its documentation; the reference page is made from it.
"""

from __future__ import annotations

import datetime
from math import pi
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, RootModel, ValidationInfo, field_validator

from synaspis.catalogue.costs import Costs
from synaspis.catalogue.trials import TrialRecord
from synaspis.core.documents import FrozenModel, Rejected
from synaspis.core.errors import Fault
from synaspis.core.quantity import Quantity, of_dimension

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

Text = Annotated[str, Field(min_length=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


def _as_text(value: Any) -> Any:
    """A publication date may be a year, a day or words."""
    return str(value) if isinstance(value, int | datetime.date) and not isinstance(value, bool) else value


class Source(FrozenModel):
    """A public document that values come from."""

    title: Text = Field(description="Title of the document.")
    publisher: Text = Field(description="Who published it.")
    date: Annotated[Text, BeforeValidator(_as_text)] | None = Field(
        default=None, description="When it was published."
    )
    accessed: datetime.date | None = Field(default=None, description="When it was read.")
    url: Text | None = Field(default=None, description="Address.")
    doi: Text | None = Field(default=None, description="Digital object identifier, without address.")
    page: Annotated[Text, BeforeValidator(_as_text)] | None = Field(
        default=None, description="Page, table or section."
    )
    reliability: Literal["found", "memory"] = Field(
        description="found: the number was read in this document, whose address or DOI is given; "
        "memory: cited from memory, not read again."
    )
    note: Text | None = Field(default=None, description="What a reader should know.")

    @field_validator("reliability")
    @classmethod
    def _can_be_found(cls, reliability: str, info: ValidationInfo) -> str:
        if reliability == "found" and not (info.data.get("url") or info.data.get("doi")):
            remedy = "Give `url` or `doi`, or say `reliability: memory`."
            raise Rejected(Fault("a source that was found has no address", remedy=remedy))
        return reliability


class SourceList(RootModel[dict[Identifier, Source]]):
    """A file that lists sources by id."""


class Item(FrozenModel):
    """What every item has."""

    id: Identifier = Field(description="Name of the file without its ending.")
    name: Text = Field(description="Name as people say it.")
    summary: Text = Field(description="One or two sentences: what it is, and what this entry leaves out.")
    sources: tuple[str, ...] = Field(
        default=(), description="Sources of what is not a quantity, such as the status."
    )


class Stage(FrozenModel):
    """One booster stage."""

    burn_time: Time = Field(description="Burning time at constant thrust.")
    propellant_mass: Mass = Field(description="Propellant burnt.")
    dry_mass: Mass = Field(description="What is dropped after burnout.")
    specific_impulse: Time = Field(description="Effective exhaust speed in vacuum over standard gravity.")


class Missile(Item):
    """A notional ballistic missile class, not a missile of any country."""

    schema_version: Literal["missile/1"] = Field(alias="schema")
    propellant_kind: Literal["liquid", "solid"] = Field(description="Kind of propellant.")
    steering: Literal["cutoff", "loft"] = Field(
        description="How shorter ranges are flown: thrust ends early (cutoff) or the path is steeper (loft)."
    )
    minimum_range: Length = Field(description="Shortest ground range that is flown.")
    class_range: Length = Field(
        description="Ground range that defines the class, reached in every direction."
    )
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=3, description="First to last.")
    payload_mass: Mass = Field(description="All that flies on after the last burnout.")
    body_diameter: Length = Field(description="For drag in powered flight.")
    drag_coefficient: Ratio = Field(description="For drag in powered flight.")
    ballistic_coefficient: MassPerArea = Field(description="Mass over drag area of what re-enters.")
    vertical_rise_time: Time = Field(description="Time of vertical ascent before pitching over.")
    radar_cross_section: Area = Field(description="Of what re-enters, at X band.")
    radar_cross_section_low_band: Area = Field(description="Of what re-enters, at VHF and UHF.")

    @field_validator("class_range")
    @classmethod
    def _above_minimum(cls, class_range: Quantity, info: ValidationInfo) -> Quantity:
        minimum = info.data.get("minimum_range")
        if minimum is not None and class_range.si <= minimum.si:
            raise Rejected(Fault(f"{class_range} is not above the minimum_range of {minimum}"))
        return class_range


class Interceptor(Item):
    """A kinematic envelope."""

    schema_version: Literal["interceptor/1"] = Field(alias="schema")
    status: Literal["fielded", "cancelled", "planned"] = Field(description="Whether it was ever in service.")
    remote_use: Literal["own-sensor", "launch-on-remote", "engage-on-remote"] = Field(
        description="The most that the system can do with another's track."
    )
    burnout_speed: Speed = Field(description="Speed at burnout.")
    burnout_time: Time = Field(description="From launch to burnout.")
    ballistic_coefficient: MassPerArea | None = Field(
        default=None, description="Mass over drag area when coasting; leave out for no drag."
    )
    minimum_altitude: Distance = Field(description="Lowest intercept.")
    maximum_altitude: Length = Field(description="Highest intercept.")
    maximum_range: Length | None = Field(
        default=None, description="Longest ground range of intercept; leave out if only kinematics limit it."
    )
    maximum_flight_time: Time = Field(description="Longest flight.")
    minimum_elevation: Elevation = Field(description="Lowest launch elevation.")
    commit_delay: Delay = Field(description="From a firm track to launch.")
    kill_assessment_delay: Delay = Field(description="From intercept to the decision on another shot.")
    homing_time: Delay = Field(
        description="From hand-over, when a radar must hold the target, to intercept; none is needed in it."
    )
    costs: Costs | None = Field(default=None, description="What it costs; left out if nothing is public.")
    test_record: TrialRecord | None = Field(
        default=None, description="Public intercept tests; left out where none were found."
    )

    @field_validator("maximum_altitude")
    @classmethod
    def _above_minimum(cls, maximum: Quantity, info: ValidationInfo) -> Quantity:
        minimum = info.data.get("minimum_altitude")
        if minimum is not None and maximum.si <= minimum.si:
            raise Rejected(Fault(f"{maximum} is not above the minimum_altitude of {minimum}"))
        return maximum


class RadarEquation(FrozenModel):
    """Terms of the radar equation, where they are public."""

    average_power: Power = Field(description="Average radiated power.")
    gain: Ratio = Field(description="Transmit gain.")
    aperture: Area = Field(description="Effective receiving aperture.")
    wavelength: Length = Field(description="Wavelength.")
    noise_temperature: Temperature = Field(description="System noise temperature.")
    losses: Ratio = Field(description="All losses together.")
    signal_to_noise: Ratio = Field(description="Needed for a detection.")
    dwell: Time = Field(description="Time on target.")


class Radar(Item):
    """A radar as a search and track volume."""

    schema_version: Literal["radar/1"] = Field(alias="schema")
    band: Literal["VHF", "UHF", "L", "S", "C", "X"] = Field(description="Frequency band, IEEE letters.")
    reference_range: Length = Field(
        description="Range at which a target of the reference cross-section is tracked."
    )
    reference_cross_section: Area = Field(description="Cross-section that the reference range holds for.")
    instrumented_range: Length = Field(description="Range beyond which nothing is tracked.")
    azimuth_half_width: HalfWidth = Field(description="Half of the azimuth sector; 180 deg sees all round.")
    minimum_elevation: Elevation = Field(description="Lowest elevation of the beam.")
    maximum_elevation: Elevation = Field(description="Highest elevation of the beam.")
    firm_track_time: Delay = Field(description="Time in view until the track is firm enough to commit.")
    equation: RadarEquation | None = Field(default=None, description="Terms of the radar equation.")
    costs: Costs | None = Field(default=None, description="What it costs; left out if nothing is public.")

    @field_validator("maximum_elevation")
    @classmethod
    def _above_minimum(cls, maximum: Quantity, info: ValidationInfo) -> Quantity:
        minimum = info.data.get("minimum_elevation")
        if minimum is not None and maximum.si <= minimum.si:
            raise Rejected(Fault(f"{maximum} is not above the minimum_elevation of {minimum}"))
        return maximum


class Satellite(Item):
    """An infrared warning satellite; the scenario gives its longitude."""

    schema_version: Literal["satellite/1"] = Field(alias="schema")
    orbit: Literal["geostationary", "high-elliptic"] = Field(description="Kind of orbit.")
    position_altitude: Length = Field(description="Height above the ellipsoid while it watches.")
    position_latitude: Latitude = Field(description="Latitude below it while it watches.")
    cloud_break_altitude: Distance = Field(description="Altitude above which a burning booster is seen.")
    observation_time: Delay = Field(description="Time of burning in view that a report needs.")
    report_delay: Delay = Field(description="From then to the report.")
    costs: Costs | None = Field(default=None, description="What it costs; left out if nothing is public.")


class Platform(Item):
    """What carries radars and interceptors, for its cost alone: ship, site ashore, equipment of a battery."""

    schema_version: Literal["platform/1"] = Field(alias="schema")
    costs: Costs = Field(description="What it costs.")


class Site(Item):
    """A place on land, or a station of ships."""

    schema_version: Literal["site/1"] = Field(alias="schema")
    kind: Literal["land", "ship-station"] = Field(description="Land, or a station at sea.")
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None,
        validate_default=True,
        description="ISO 3166-1 alpha-2 code; needed on land, left out at sea.",
    )
    latitude: Latitude = Field(description="Geodetic, north positive.")
    longitude: Longitude = Field(description="East positive.")
    height: Height = Field(description="Above the ellipsoid.")

    @field_validator("country")
    @classmethod
    def _on_land(cls, country: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if kind == "land" and country is None:
            raise Rejected(
                Fault("a site on land has no country", remedy="Give a code such as `country: PL`.")
            )
        if kind == "ship-station" and country is not None:
            raise Rejected(Fault("a station at sea has a country", remedy="Leave the key out."))
        return country


class Place(FrozenModel):
    """A named place, as well as it is known."""

    name: Text = Field(description="Name of the place.")
    latitude: Latitude = Field(description="Geodetic, north positive.")
    longitude: Longitude = Field(description="East positive.")


class Flight(Item):
    """An observed flight, as reported; reports that differ are rivals."""

    schema_version: Literal["flight/1"] = Field(alias="schema")
    date: datetime.date | None = Field(
        default=None, description="Day of launch, local; left out for a typical flight."
    )
    missile: Text = Field(description="Name of the missile as reported.")
    launch_area: Place | None = Field(default=None, description="Where it was launched.")
    azimuth: Azimuth | None = Field(
        default=None, description="Direction of flight at launch, from north over east."
    )
    apogee: Length | None = Field(default=None, description="Highest altitude.")
    range: Length = Field(description="Ground range.")
    flight_time: Time | None = Field(default=None, description="Launch to impact.")
    speed: Speed | None = Field(default=None, description="Highest speed.")
    standard_range: Length | None = Field(
        default=None, description="Range that analysts gave for the same missile on a range-maximising path."
    )
