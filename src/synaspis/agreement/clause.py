"""One clause of an agreement: which product goes from whom to whom, how much of it, how late, when not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from synaspis.agreement.label import RELEASABLE_TO
from synaspis.agreement.marking import LabelTable, Word, Words, classification_fault
from synaspis.agreement.membership import Membership
from synaspis.agreement.quality import QUALITIES, MissileClass, Product, Quality, rank
from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension

Use = Literal["cue", "launch-on-remote", "engage-on-remote"]
Text = Annotated[str, Field(min_length=1)]

USES: Final[tuple[Use, ...]] = ("cue", "launch-on-remote", "engage-on-remote")
"""Uses of a track in rising order: each includes those before it."""

NEEDED: Final[Mapping[Use, Quality]] = {
    "cue": "position",
    "launch-on-remote": "position",
    "engage-on-remote": "covariance",
}
"""Lowest quality of a track that a use needs."""

DELAY_MAX_S: Final = 3600.0

SharingDelay = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=0.0, at_most=DELAY_MAX_S)]


def _as_list(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


Classes = Annotated[tuple[MissileClass, ...], BeforeValidator(_as_list), Field(min_length=1)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(min_length=1)]


def known_names(names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    """Reject names that are neither a partner nor an alliance, where the context tells."""
    membership: Membership | None = getattr(info.context, "membership", None)
    if membership is not None:
        unknown = [name for name in names if name not in membership.names]
        if unknown:
            what = "{!r} is neither a partner nor an alliance"
            raise Rejected(
                *(Fault(what.format(name), remedy=nearest(name, membership.names)) for name in unknown)
            )
    return names


class Conditions(FrozenModel):
    """When a clause applies; each that is given must be met. One that cannot be judged, because a message
    does not tell its place or class, counts against release: a permit does not apply, a forbid does.
    """

    regions: Words | None = Field(
        default=None, description="The launch or impact area touches any of these regions."
    )
    classes: Classes | None = Field(default=None, description="The missile is of any of these classes.")
    categories: Mapping[Word, Words] = Field(
        default={}, description="The label has any of these values, for each category named."
    )
    exercise: bool | None = Field(
        default=None,
        strict=True,
        description="true: only messages marked as exercise; false: only others; left out: both.",
    )

    @field_validator("regions")
    @classmethod
    def _regions_known(cls, regions: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        known: tuple[str, ...] | None = getattr(info.context, "regions", None)
        if regions is not None and known is not None:
            faults = [
                Fault(f"unknown region {name!r}", remedy=nearest(name, known) or "Add it to `regions`.")
                for name in regions
                if name not in known
            ]
            if faults:
                raise Rejected(*faults)
        return regions

    @field_validator("categories")
    @classmethod
    def _categories_known(
        cls, categories: Mapping[str, tuple[str, ...]], info: ValidationInfo
    ) -> Mapping[str, tuple[str, ...]]:
        table: LabelTable | None = getattr(info.context, "labels", None)
        membership: Membership | None = getattr(info.context, "membership", None)
        if table is not None and membership is not None:
            domains = {tag: domain.values for tag, domain in table.categories.items()}
            faults = list(_category_faults(categories, {**domains, RELEASABLE_TO: membership.names}))
            if faults:
                raise Rejected(*faults)
        return categories

    def __bool__(self) -> bool:
        return self != Conditions()

    @property
    def met_in_simulation(self) -> bool:
        """Whether a simulated flight meets them: it is no exercise, its label has no categories, and its
        place and class are not judged, so that a clause that needs them is left out.
        """
        return self.regions is None and self.classes is None and not self.categories and not self.exercise


def _category_faults(
    given: Mapping[str, tuple[str, ...]], domains: Mapping[str, tuple[str, ...]]
) -> Iterator[Fault]:
    for tag, values in given.items():
        if tag not in domains:
            yield Fault(f"unknown category {tag!r}", where=tag, remedy=nearest(tag, tuple(domains)))
            continue
        for value in values:
            if value not in domains[tag]:
                what = f"{value!r} is no value of the category {tag!r}"
                yield Fault(what, where=tag, remedy=nearest(value, domains[tag]))


class Clause(FrozenModel):
    """One product that goes, or may not go, from some parties to others."""

    model_config = ConfigDict(validate_default=True)

    product: Product = Field(
        description="track: measurements of a flight; warning: that and where there was a launch; "
        "notification: what a state announces before or after a launch of its own; status: what a sensor is "
        "able to do; consultation: questions, answers and text; coordination: defence plans, "
        "intentions and claims, hand-overs, acknowledgements, responses, control of an exercise."
    )
    givers: Names = Field(alias="from", description="Partners or alliances that give it.")
    recipients: Names = Field(alias="to", description="Partners or alliances that get it.")
    effect: Literal["permit", "forbid"] = Field(
        default="permit", description="A forbid wins over every permit, of any agreement."
    )
    quality: Quality | None = Field(
        default=None,
        description="presence < impact-area < position < covariance (the whole message). A permit reaches up "
        "to it, and to covariance if it is left out; a forbid takes it and all above, and everything if it "
        "is left out.",
    )
    use: Use | None = Field(
        default=None,
        description="What a recipient may do with a track: cue its own radar, launch on it, or also "
        "engage on it (guide the interceptor by it). Each includes those before it. Only for a permit of "
        "tracks from quality position on.",
    )
    delay: SharingDelay | None = Field(
        default=None,
        description="From the giver's sensor to the recipient's user, all relays included; the centre holds "
        "a message back for as long. A permit needs it, a forbid has none.",
    )
    label: Word | None = Field(
        default=None,
        description="Classification. A permit reaches up to it, a forbid takes it and all above; left out: "
        "all.",
    )
    conditions: Conditions = Field(default=Conditions(), description="When it applies; always by default.")

    _names_known = field_validator("givers", "recipients")(known_names)

    @field_validator("use")
    @classmethod
    def _fits_product(cls, use: Use | None, info: ValidationInfo) -> Use | None:
        product, effect = info.data.get("product"), info.data.get("effect")
        if product is None or effect is None or "quality" not in info.data:
            return use
        quality: Quality = info.data["quality"] or "covariance"
        reaches = rank(quality) >= rank("position")
        if use is None:
            if product == "track" and effect == "permit" and reaches:
                raise Rejected(Fault("a track clause says no use", remedy=f"Give `use`: {', '.join(USES)}."))
            return use
        if effect == "forbid":
            remedy = "Remove `use`; `quality` says from which level on it forbids."
            raise Rejected(Fault(f"a forbid has no use, given is {use!r}", remedy=remedy))
        if product != "track":
            raise Rejected(Fault(f"a {product} has no use, given is {use!r}", remedy="Remove `use`."))
        if rank(quality) < rank(NEEDED[use]):
            what = f"{use} needs a track of quality {NEEDED[use]}, given is {quality}"
            remedy = f"Give `quality: {NEEDED[use]}`, or " + ("a lower use." if reaches else "remove `use`.")
            raise Rejected(Fault(what, remedy=remedy))
        return use

    @field_validator("delay")
    @classmethod
    def _fits_effect(cls, delay: Measure | None, info: ValidationInfo) -> Measure | None:
        effect = info.data.get("effect")
        if delay is None and effect == "permit":
            remedy = f"It is: {cls.model_fields['delay'].description}"
            raise Rejected(Fault("the key 'delay' is missing", remedy=remedy))
        if delay is not None and effect == "forbid":
            raise Rejected(Fault(f"a forbid has no delay, given is {delay}", remedy="Remove `delay`."))
        return delay

    @field_validator("label")
    @classmethod
    def _classified(cls, label: str | None, info: ValidationInfo) -> str | None:
        table: LabelTable | None = getattr(info.context, "labels", None)
        fault = None if table is None or label is None else classification_fault(label, table)
        if fault is not None:
            raise Rejected(fault)
        return label

    @property
    def level(self) -> Quality:
        """Highest level that a permit gives, lowest that a forbid takes."""
        return self.quality or (QUALITIES[-1] if self.effect == "permit" else QUALITIES[0])

    @property
    def delay_us(self) -> int:
        """Delay in whole microseconds; 0 for a forbid."""
        return 0 if self.delay is None else round(self.delay.si * 1e6)
