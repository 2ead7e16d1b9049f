"""Agreements on notification as data: period of notice, window, threshold, distances from a border."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from synaspis.core.documents import FrozenModel, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Quantity, of_dimension
from synaspis.messages.fields import Kind, MissileClass

Text = Annotated[str, Field(min_length=1)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Span = Annotated[Quantity, of_dimension("time", above=0.0)]
Length = Annotated[Quantity, of_dimension("length", above=0.0)]
Needed = Literal[
    "missile_class", "window", "launch_area", "azimuth_deg", "impact_areas", "range_m", "apogee_m"
]


class NotificationRules(FrozenModel):
    """What one agreement asks of the notifications that are given under it.

    A rule that the agreement does not have is left out.
    """

    schema_: Literal["notification-rules/1"] = Field(alias="schema", description="Form of the file.")
    id: Text = Field(description="Name of the file without its ending; a message names it in `under`.")
    name: Text = Field(description="Name and day of the agreement.")
    summary: Text = Field(description="What it asks for, in a sentence or two.")
    kinds: tuple[Kind, ...] = Field(min_length=1, description="Kinds of message that it speaks of.")
    classes: tuple[MissileClass, ...] = Field(
        default=(), description="Classes that it covers; left out if all of them."
    )
    notice: Span | None = Field(
        default=None, description="Least time from the notification to the start of the window."
    )
    window_longest: Span | None = Field(default=None, description="Longest launch window.")
    threshold_range: Length | None = Field(
        default=None, description="Launches of a greater range have to be reported."
    )
    threshold_apogee: Length | None = Field(
        default=None, description="Launches to a greater height have to be reported, whatever their range."
    )
    border: tuple[CountryCode, CountryCode] | None = Field(
        default=None, description="The two countries from whose common border distances are kept."
    )
    launch_distance: Length | None = Field(
        default=None, description="Least distance of the launch area from the border."
    )
    impact_distance: Length | None = Field(
        default=None, description="Least distance of each impact area from the border."
    )
    path_distance: Length | None = Field(
        default=None, description="Least distance of the ground track from the border."
    )
    needs: tuple[Needed, ...] = Field(default=(), description="Fields that a notification must give.")
    sources: tuple[Text, ...] = Field(min_length=1, description="Ids of the source list.")


def load_rules(path: Path) -> NotificationRules:
    """Read the rules of one agreement.

    Raises InputError with every fault of the file.
    """
    rules = parse(NotificationRules, read_document(path))
    distances = (rules.launch_distance, rules.impact_distance, rules.path_distance)
    if rules.border is None and any(distances):
        remedy = "Name the two countries, such as [IN, PK]."
        raise InputError(Fault("distances are given without a `border`", "border", remedy, source=str(path)))
    return rules


@lru_cache(maxsize=1)
def packaged_rules() -> Mapping[str, NotificationRules]:
    """Rules of the agreements that come with the package, by id."""
    folder = Path(str(files("synaspis") / "data" / "rules"))
    found = (load_rules(path) for path in sorted(folder.glob("*.yaml")))
    return {rules.id: rules for rules in found}
