"""The review as one HTML page that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(review: Mapping[str, Any], compared: Mapping[str, Any] | None = None) -> str:
    """The page of a review.

    review: from `review`. compared: from `difference`, if the same script was played under another book.
    The same documents give the same text.
    """
    return (
        _environment()
        .get_template("exercise-review.html.j2")
        .render(
            review=review,
            compared=compared,
            names={name: row["name"] for name, row in review["nations"].items()}
            | {"white": "White cell", "centre": "The centre"},
            answer=answer(review),
            compared_answer="" if compared is None else compared_answer(compared),
        )
    )


def answer(review: Mapping[str, Any]) -> str:
    """What came of it, in a sentence or two."""
    totals = review["totals"]
    if not totals["people"]:
        return "No city of a nation that takes part lay near an impact."
    share = totals["warned"] / totals["people"]
    text = f"{totals['warned']:,} of {totals['people']:,} people near an impact were warned ({share:.0%})"
    if totals["mean_minutes"] is None:
        return f"{text}."
    return f"{text}, on average {totals['mean_minutes']:.1f} min before it."


def compared_answer(compared: Mapping[str, Any]) -> str:
    """What the other agreement changed, in a sentence."""
    more = compared["warned_difference"]
    one, other = compared["totals"]
    book = compared["agreements"][1]
    word = "as many people" if not more else f"{abs(more):,} {'more' if more > 0 else 'fewer'} people"
    minutes = [each["mean_minutes"] for each in (one, other)]
    told = " and ".join("nobody" if each is None else f"{each:.1f} min" for each in minutes)
    if people := compared.get("by_rules"):
        start = f"With the cells of {', '.join(people)} played by rules on both sides, under {book}, {word}"
        return f"{start} would have been warned; the time before impact, then and now: {told}."
    return f"Under {book}, {word} would have been warned; the time before impact, then and now: {told}."


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("synaspis.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(instant=_instant, span=_span, place=_place, metres=_metres, share=_share)
    environment.filters.update(named=_named, seen=_seen)
    return environment


def _named(partner: str, names: Mapping[str, str]) -> str:
    """Names of partners by their ids, of one or of several with commas between."""
    return ", ".join(names.get(each, each) for each in partner.split(", "))


def _seen(seen: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Who saw something, from when on; once where all did at the same time."""
    times = sorted(set(seen.values()))
    nations = len(names) - 2  # without the white cell and the centre
    if len(times) == 1 and len(seen) == nations:
        return f"all from {_instant(times[0])}"
    return ", ".join(f"{names.get(each, each)} from {_instant(seen[each])}" for each in sorted(seen))


def _instant(text: str) -> str:
    return text[11:19]


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    sign = "−" if seconds < 0 else ""
    minutes, left = divmod(round(abs(seconds)), 60)
    return f"{sign}{minutes} min {left:02d} s" if minutes else f"{sign}{left} s"


def _place(place_deg: Sequence[float]) -> str:
    latitude, longitude = place_deg
    north, east = ("N" if latitude >= 0 else "S"), ("E" if longitude >= 0 else "W")
    return f"{abs(latitude):.2f}° {north}, {abs(longitude):.2f}° {east}"


def _metres(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f} m"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
