"""How much of a product a recipient gets, and which products there are."""

from __future__ import annotations

from typing import Final, Literal, get_args

Quality = Literal["presence", "impact-area", "position", "covariance"]
Product = Literal["track", "warning", "notification", "status", "consultation", "coordination"]

QUALITIES: Final[tuple[Quality, ...]] = ("presence", "impact-area", "position", "covariance")
"""Levels in rising order, each with those before it: that there is something; the area in danger; where it
is; all of it, as signed by the sender."""

PRODUCTS: Final[tuple[Product, ...]] = (
    "track",
    "warning",
    "notification",
    "status",
    "consultation",
    "coordination",
)
"""What an agreement can speak of: measurements of a flight; that and where there was a launch; what a state
announces before or after a launch of its own; what a sensor is able to do; questions, answers and text;
plans, intentions, claims, hand-overs, acknowledgements, responses and the control of an exercise."""

PLACED_PRODUCTS: Final[frozenset[Product]] = frozenset({"warning", "notification"})
"""Products whose messages name launch or impact areas, so that regions can be judged."""

MissileClass = Literal["icbm", "slbm", "irbm", "mrbm", "srbm", "space-launch", "sounding-rocket"]
"""Generic classes that a clause can name, those of the messages."""

MISSILE_CLASSES: Final[tuple[MissileClass, ...]] = get_args(MissileClass)


def rank(quality: Quality) -> int:
    """Place of a level in the rising order, from 0."""
    return QUALITIES.index(quality)
