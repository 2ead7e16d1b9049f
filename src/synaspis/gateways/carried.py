"""What a format cannot carry: listed with every product, so that nothing is dropped in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class NotCarried:
    """One thing that was there and does not stand in a product.

    of: which object, such as `track 3`. what: the thing, such as `covariance`. why: what the format has
    instead, or why the object is not handed on at all. part: where it stood, such as `tracks[].covariance`;
    a whole branch by its beginning, empty for all of the object.
    """

    of: str
    what: str
    why: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.of}: {self.what} is not carried: {self.why}"


@dataclass(frozen=True, slots=True)
class Carried(Generic[T]):
    """A product and what it does not carry.

    product: in the format. not_carried: in the order in which it was found; empty if all of it stands there.
    """

    product: T
    not_carried: tuple[NotCarried, ...] = ()
