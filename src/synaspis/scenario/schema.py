"""What a scenario file says: who defends what, with which assets, in which phases, against which threats.

The text under a field is its documentation; the reference page is made from it. The validators take a
`Surroundings` as context and then also check every reference; without one they check the entries alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Day
from math import pi
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.agreement import Agreement
from synaspis.catalogue import Interceptor
from synaspis.core.claims import WRITTEN_SHORT, Claim
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension
from synaspis.scenario.asset import Asset, Latitude, Longitude
from synaspis.scenario.surroundings import Surroundings

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, Field(min_length=1)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]

Edge = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi, at_most=2.0 * pi)]
Step = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=pi / 18_000, at_most=pi / 18)]
NetworkDelay = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=0.0, at_most=600.0)]

SHOTS_MAX: Final = 10
BATTERIES_MAX: Final = 63
"""As many as one pass over a flight can tell apart."""


def _code_on_map(codes: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    surroundings: Surroundings | None = info.context
    unknown = [] if surroundings is None else [code for code in codes if code not in surroundings.countries]
    remedy = "Use ISO 3166-1 alpha-2 codes such as DE and TR."
    if unknown:
        raise Rejected(
            *(Fault(f"country code {code!r} has no land on the map", remedy=remedy) for code in unknown)
        )
    return codes


class Region(FrozenModel):
    """Where the maps are drawn, and whose territory is to be defended."""

    south: Latitude = Field(description="Southern edge of the map.")
    north: Latitude = Field(description="Northern edge of the map.")
    west: Edge = Field(description="Western edge of the map.")
    east: Edge = Field(description="Eastern edge of the map.")
    step: Step = Field(description="Side of a cell of the map; 0.5 deg is about 55 km from south to north.")
    countries: tuple[CountryCode, ...] = Field(
        min_length=1, description="Territory to defend: ISO 3166-1 alpha-2 codes."
    )

    _on_map = field_validator("countries")(_code_on_map)


class Partner(FrozenModel):
    """A state or organisation that owns assets or gets products."""

    name: Text = Field(description="Name as people say it.")
    country: CountryCode | None = Field(
        default=None, description="ISO 3166-1 alpha-2 code; left out for an organisation."
    )

    @field_validator("country")
    @classmethod
    def _on_map(cls, country: str | None, info: ValidationInfo) -> str | None:
        if country is not None:
            _code_on_map((country,), info)
        return country


class Alliance(FrozenModel):
    """Partners that agreements can name together."""

    name: Text = Field(description="Name as people say it.")
    members: tuple[Text, ...] = Field(min_length=1, description="Ids of partners.")

    @field_validator("members")
    @classmethod
    def _are_partners(cls, members: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        surroundings: Surroundings | None = info.context
        if surroundings is not None:
            partners = surroundings.membership.partners
            unknown = [member for member in members if member not in partners]
            if unknown:
                raise Rejected(
                    *(Fault(f"unknown partner {name!r}", remedy=nearest(name, partners)) for name in unknown)
                )
        return members


class Phase(Claim):
    """A day on which the architecture is looked at."""

    name: Text = Field(description="Name as people say it.")
    date: Day = Field(description="The day; an asset counts if it is in service on it.")
    status: Literal["fielded", "planned", "cancelled"] = Field(
        description="Whether what the phase holds was fielded, is planned, or was planned and cancelled."
    )


class LaunchPoint(FrozenModel):
    """A place that a user chose to look at launches from."""

    name: Text = Field(description="Name of the place.")
    latitude: Latitude = Field(description="Geodetic, north positive.")
    longitude: Longitude = Field(description="East positive.")


class LaunchArea(Claim):
    """Launch points that are looked at together: the worst of them counts."""

    name: Text = Field(description="Name as people say it.")
    points: tuple[LaunchPoint, ...] = Field(
        min_length=1, max_length=1000, description="Launch points, on land."
    )


class Threat(FrozenModel):
    """A notional missile class flown from a launch area to every place of the region."""

    name: Text | None = Field(default=None, description="Name as people say it.")
    missile: Text = Field(description="Missile of the catalogue.")
    launch_area: Text = Field(description="Id of a launch area.")
    note: str | None = Field(default=None, description="What a reader should know.")

    @field_validator("missile")
    @classmethod
    def _in_catalogue(cls, missile: str, info: ValidationInfo) -> str:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and missile not in surroundings.catalogue.missiles:
            remedy = nearest(missile, tuple(surroundings.catalogue.missiles))
            raise Rejected(Fault(f"unknown missile {missile!r}", remedy=remedy))
        return missile

    @field_validator("launch_area")
    @classmethod
    def _in_file(cls, launch_area: str, info: ValidationInfo) -> str:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and launch_area not in surroundings.launch_areas:
            remedy = nearest(launch_area, surroundings.launch_areas) or "Add it to `launch_areas`."
            raise Rejected(Fault(f"unknown launch area {launch_area!r}", remedy=remedy))
        return launch_area


class Engagement(FrozenModel):
    """What counts as defended."""

    shots_required: int = Field(
        default=1,
        strict=True,
        ge=1,
        le=SHOTS_MAX,
        description="Shots that must fit in for a place to count as defended.",
    )
    assessment: bool = Field(
        default=True,
        strict=True,
        description="Whether each shot waits for the outcome of the one before (shoot-look-shoot).",
    )
    own_network_delay: NetworkDelay = Field(
        default=Measure(value=2.0, unit="s"),
        description="From a partner's remote sensor to its own battery, or to its own warning centre.",
    )


class ScenarioDocument(FrozenModel):
    """A scenario as it stands in a file, after `extends` is merged."""

    schema_version: Literal["scenario/1"] = Field(alias="schema", description="Always scenario/1.")
    id: Identifier = Field(description="Short name; results go to a folder of this name.")
    name: Text = Field(description="Title.")
    summary: Text = Field(description="What the scenario shows and what it leaves out.")
    extends: Text | None = Field(
        default=None,
        description="Id of a packaged scenario, or a file, that this one changes; see `extends`.",
    )
    overrides: Mapping[str, Text] = Field(
        default={}, description="`catalogue-id.field: held_by`: use the rival value that somebody holds."
    )
    region: Region = Field(description="Map and territory.")
    partners: Mapping[Identifier, Partner] = Field(min_length=1, description="Partners by id.")
    alliances: Mapping[Identifier, Alliance] = Field(default={}, description="Alliances by id.")
    agreements: Mapping[Identifier, Agreement] = Field(
        default={},
        description="Sharing agreements by id; or the id or file of an agreement book, whose partners are "
        "among those here.",
    )
    assets: Mapping[Identifier, Asset] = Field(
        min_length=1, description="Radars, batteries and satellites by id."
    )
    phases: Mapping[Identifier, Phase] = Field(min_length=1, description="Phases by id, oldest first.")
    launch_areas: Mapping[Identifier, LaunchArea] = Field(min_length=1, description="Launch areas by id.")
    threats: Mapping[Identifier, Threat] = Field(min_length=1, description="Threats by id.")
    engagement: Engagement = Field(default=Engagement(), description="What counts as defended.")

    @field_validator("partners")
    @classmethod
    def _one_a_country(cls, partners: Mapping[str, Partner]) -> Mapping[str, Partner]:
        first: dict[str, str] = {}
        clashes = [
            Fault(
                f"{partner.country} is the country of {first[partner.country]!r} already",
                where=f"{name}.country",
                remedy="Give it to the partner that warns its people, and leave it out of the other.",
            )
            for name, partner in partners.items()
            if partner.country is not None and first.setdefault(partner.country, name) != name
        ]
        if clashes:
            raise Rejected(*clashes)
        return partners

    @field_validator("alliances")
    @classmethod
    def _names_of_their_own(
        cls, alliances: Mapping[str, Alliance], info: ValidationInfo
    ) -> Mapping[str, Alliance]:
        partners = info.data.get("partners", {})
        clashes = [
            Fault(f"{name!r} is a partner as well", where=name, remedy="Give the alliance another id.")
            for name in alliances
            if name in partners
        ]
        if clashes:
            raise Rejected(*clashes)
        return alliances

    @field_validator("assets")
    @classmethod
    def _few_batteries(cls, assets: Mapping[str, Asset], info: ValidationInfo) -> Mapping[str, Asset]:
        surroundings: Surroundings | None = info.context
        if surroundings is not None:
            items = {name: surroundings.item(asset.item) for name, asset in assets.items()}
            batteries = [name for name, item in items.items() if isinstance(item, Interceptor)]
            if len(batteries) > BATTERIES_MAX:
                what = f"there are {len(batteries)} batteries; at most {BATTERIES_MAX} are allowed"
                remedy = "Count batteries of one kind at one place as one, with all their interceptors."
                raise Rejected(Fault(what, where=batteries[BATTERIES_MAX], remedy=remedy))
        return assets
