"""An asset of a scenario: an item of the catalogue with an owner, a place and dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import pi
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from synaspis.catalogue import Interceptor, Radar, Satellite
from synaspis.core.claims import WRITTEN_SHORT, Claim
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension
from synaspis.scenario.surroundings import AssetItem, Surroundings, kind_of_item

Text = Annotated[str, Field(min_length=1)]
Latitude = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi / 2, at_most=pi / 2)]
Longitude = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi, at_most=pi)]
Azimuth = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=0.0, at_most=2.0 * pi)]
Height = Annotated[Measure, WRITTEN_SHORT, of_dimension("length", at_least=-500.0, at_most=9000.0)]


class Place(FrozenModel):
    """A place of its own, for what stands on no site of the catalogue."""

    name: Text | None = Field(default=None, description="Name of the place.")
    at_sea: bool = Field(default=False, strict=True, description="Whether it is a station of a ship.")
    latitude: Latitude = Field(description="Geodetic, north positive.")
    longitude: Longitude = Field(description="East positive.")
    height: Height = Field(default=Measure(value=0.0, unit="m"), description="Above the ellipsoid.")


class Asset(Claim):
    """A radar, a battery or a satellite; its item says which."""

    name: Text | None = Field(default=None, description="Name as people say it.")
    item: Text = Field(description="Radar, interceptor or satellite of the catalogue.")
    owner: Text = Field(description="Partner that decides about it.")
    site: Text | None = Field(default=None, description="Site of the catalogue; or give `place`.")
    place: Place | None = Field(default=None, description="A place of its own; or give `site`.")
    longitude: Longitude | None = Field(default=None, description="Of a satellite: longitude below it.")
    boresight: Azimuth | None = Field(
        default=None, description="Of a radar with a sector: azimuth of its middle, from north over east."
    )
    interceptors: int | None = Field(
        default=None, strict=True, ge=1, le=10_000, description="Of a battery: interceptors ready to launch."
    )
    fire_control: tuple[Text, ...] = Field(
        default=(),
        description="Of a battery: radars of the same owner that it launches and guides by, undelayed.",
    )
    in_service: date = Field(description="First day in service.")
    out_of_service: date | None = Field(
        default=None, description="First day out of service; left out if it stays."
    )

    @field_validator("item")
    @classmethod
    def _in_catalogue(cls, item: str, info: ValidationInfo) -> str:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and surroundings.item(item) is None:
            raise Rejected(Fault(f"unknown catalogue item {item!r}", remedy=surroundings.unknown_item(item)))
        return item

    @field_validator("owner")
    @classmethod
    def _is_partner(cls, owner: str, info: ValidationInfo) -> str:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and owner not in surroundings.membership.partners:
            what = f"unknown owner {owner!r}"
            if owner in surroundings.membership.alliances:
                what = f"the owner {owner!r} is an alliance; a partner is needed"
            raise Rejected(Fault(what, remedy=nearest(owner, surroundings.membership.partners)))
        return owner

    @field_validator("site")
    @classmethod
    def _site_known(cls, site: str | None, info: ValidationInfo) -> str | None:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and site is not None and surroundings.site(site) is None:
            remedy = f"{nearest(site, tuple(surroundings.catalogue.sites))} Or give `place`.".strip()
            raise Rejected(Fault(f"unknown site {site!r}", remedy=remedy))
        return site

    @field_validator("place")
    @classmethod
    def _one_place(cls, place: Place | None, info: ValidationInfo) -> Place | None:
        site = info.data.get("site")
        if place is not None and site is not None:
            raise Rejected(Fault("both `site` and `place` are given", remedy="Remove one."))
        item = _item(info)
        if isinstance(item, Satellite) and (place is not None or site is not None):
            raise Rejected(
                Fault(f"the satellite {item.id} has a `site` or `place`", remedy="Give `longitude` instead.")
            )
        if (
            item is not None
            and not isinstance(item, Satellite)
            and place is None
            and info.data.get("site", "") is None
        ):
            raise Rejected(Fault("there is no place", remedy="Give `site` or `place`."))
        return place

    @field_validator("longitude")
    @classmethod
    def _of_satellite(cls, longitude: Measure | None, info: ValidationInfo) -> Measure | None:
        item = _item(info)
        if isinstance(item, Satellite) and longitude is None:
            raise Rejected(
                Fault(f"the satellite {item.id} has no `longitude`", remedy="Give the one below it.")
            )
        _only_for("satellite", longitude, item, "Give `site` or `place` instead.")
        return longitude

    @field_validator("boresight")
    @classmethod
    def _of_sector(cls, boresight: Measure | None, info: ValidationInfo) -> Measure | None:
        item = _item(info)
        if isinstance(item, Radar) and item.azimuth_half_width.si < pi * (1.0 - 1e-9) and boresight is None:
            what = f"the radar {item.id} sees {item.azimuth_half_width} to each side and has no `boresight`"
            raise Rejected(
                Fault(what, remedy="Give the azimuth of the middle of its sector, such as `105 deg`.")
            )
        _only_for("radar", boresight, item, "Remove it.")
        return boresight

    @field_validator("interceptors")
    @classmethod
    def _of_battery(cls, interceptors: int | None, info: ValidationInfo) -> int | None:
        item = _item(info)
        if isinstance(item, Interceptor) and interceptors is None:
            raise Rejected(
                Fault("the battery has no `interceptors`", remedy="Give how many are ready to launch.")
            )
        _only_for("battery", interceptors, item, "Remove it.")
        return interceptors

    @field_validator("fire_control")
    @classmethod
    def _own_radars(cls, fire_control: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        item, surroundings = _item(info), info.context
        _only_for("battery", fire_control or None, item, "Remove it.")
        if isinstance(item, Interceptor) and item.remote_use == "own-sensor" and not fire_control:
            what = f"{item.id} launches by its own radar only and has no `fire_control`"
            raise Rejected(Fault(what, remedy="Name the radar asset that it launches by."))
        if surroundings is not None:
            check = _radar_check(surroundings, info.data.get("owner"))
            faults = [fault for name in fire_control if (fault := check(name)) is not None]
            if faults:
                raise Rejected(*faults)
        return fire_control

    @field_validator("out_of_service")
    @classmethod
    def _in_order(cls, out_of_service: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("in_service")
        if out_of_service is not None and start is not None and out_of_service <= start:
            what = f"out_of_service {out_of_service} is not after in_service {start}"
            raise Rejected(Fault(what, remedy="Give the first day on which it is gone, or leave it out."))
        return out_of_service

    def serves_on(self, day: date) -> bool:
        """Whether it is in service on a day."""
        return self.in_service <= day and (self.out_of_service is None or day < self.out_of_service)


def _item(info: ValidationInfo) -> AssetItem | None:
    surroundings: Surroundings | None = info.context
    return None if surroundings is None else surroundings.item(info.data.get("item"))


def _only_for(kind: str, given: Any, item: AssetItem | None, remedy: str) -> None:
    if given is not None and item is not None and kind_of_item(item) != kind:
        raise Rejected(Fault(f"only a {kind} has this; {item.id} is a {kind_of_item(item)}", remedy=remedy))


def _radar_check(surroundings: Surroundings, owner: object) -> Callable[[str], Fault | None]:
    """A function that says what keeps an asset from being a fire-control radar of an owner."""

    def check(name: str) -> Fault | None:
        if name not in surroundings.assets:
            radars = [
                other for other in surroundings.assets if isinstance(surroundings.item_of(other), Radar)
            ]
            return Fault(f"unknown asset {name!r}", remedy=nearest(name, radars))
        item = surroundings.item_of(name)
        if item is not None and not isinstance(item, Radar):
            return Fault(f"{name!r} is a {kind_of_item(item)}; a radar is needed")
        other = surroundings.owner_of(name)
        if None not in (owner, other) and owner != other:
            remedy = "A radar of another owner is used through an agreement: leave it out here."
            return Fault(f"the radar {name!r} belongs to {other!r}, the battery to {owner!r}", remedy=remedy)
        return None

    return check
