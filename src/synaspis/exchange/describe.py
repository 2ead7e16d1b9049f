"""From a message to what the agreements look at, and from a book of agreements to text and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import numpy as np

from synaspis.agreement import AgreementBook, Decision, Item, Policy, check_book
from synaspis.core.documents import Document
from synaspis.core.errors import Fault
from synaspis.messages import (
    Area,
    Correction,
    Message,
    PlaceEstimate,
    Refused,
    missile_class_of,
    product_of,
)


@dataclass(frozen=True)
class InForce:
    """The agreements of a day with the book that they are from: what release asks of them."""

    policy: Policy
    book: AgreementBook

    @classmethod
    def on(cls, book: AgreementBook, day: date) -> Self:
        """What a book has in force on a day."""
        return cls(book.policy_on(day), book)

    @property
    def version(self) -> str:
        """Names these agreements."""
        return self.policy.version

    @property
    def day(self) -> date:
        """The day that they were made for; the version may hold on others too."""
        return self.policy.day

    @property
    def partners(self) -> Iterable[str]:
        """Everybody who takes part."""
        return self.policy.partners

    def recipients(self, item: Item) -> Iterable[tuple[str, Decision]]:
        """Decision for every partner that may have something of an item."""
        return self.policy.recipients(item)


_PLACES = ("launch_area", "launch", "impact_areas", "impact", "area")


def describe(message: Message, book: AgreementBook) -> Item:
    """What the agreements of a book look at in a message: who, what, its marking, class and regions."""
    missile_class = missile_class_of(message)
    return Item(
        message.sender,
        product_of(message),
        message.label,
        None if missile_class == "unknown" else missile_class,
        _regions(message, book),
        message.exercise is not None,
    )


def check_label(message: Message, book: AgreementBook) -> None:
    """Raise Refused, `bad-label`, for a label that says something without a meaning in a book.

    Such a message would be released to nobody, and its sender should know.
    """
    what = book.labels.undefined(message.label, book.membership.names)
    if what:
        remedy = "Use the policy, classifications and categories of the agreements in force."
        raise Refused("bad-label", Fault(what, "label", remedy))


def describe_checked(message: Message, book: AgreementBook) -> Item:
    """As `describe`, for a new message. Raises Refused for a label without a meaning."""
    check_label(message, book)
    return describe(message, book)


def _regions(message: Message, book: AgreementBook) -> tuple[str, ...] | None:
    """Regions that its launch and impact areas touch; None where it tells no place."""
    places = list(_places(message))
    if not places:
        return None
    if not book.document.regions:
        return ()
    borders = _map() if any(each.countries for each in book.document.regions.values()) else None
    found: set[str] = set()
    for latitude_deg, longitude_deg, radius_m in places:
        touched = book.regions_of(
            np.radians(latitude_deg), np.radians(longitude_deg), radius_m, borders=borders
        )
        if touched is None:
            return None
        found.update(touched)
    return tuple(sorted(found))


def _places(message: Message) -> Iterator[tuple[list[float], list[float], float]]:
    body: Any = message.body.replacement if isinstance(message.body, Correction) else message.body
    for name in _PLACES:
        given = getattr(body, name, None)
        for place in given if isinstance(given, tuple) else (given,):
            if isinstance(place, Area):
                corners, radius_m = place.corners, place.radius_m or 0.0
                yield (
                    [point.latitude_deg for point in corners],
                    [point.longitude_deg for point in corners],
                    radius_m,
                )
            elif isinstance(place, PlaceEstimate):
                yield [place.latitude_deg], [place.longitude_deg], 0.0


def _map() -> Any:
    # Reading the map takes longer than starting the centre; most books name no country as a region.
    from synaspis.geography import Countries

    return Countries.load()


def book_text(book: AgreementBook) -> str:
    """A book as canonical JSON, to be stored with the policy that it gives."""
    document = book.document.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_book(text: str) -> AgreementBook:
    """A book from the text that `book_text` gave. Raises InputError with every fault."""
    return check_book(Document(_frozen(json.loads(text)), source="stored agreements"))


def _frozen(value: Any) -> Any:
    """As a document holds it: lists are tuples."""
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
