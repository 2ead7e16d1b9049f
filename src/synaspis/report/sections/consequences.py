"""Whom intercepts touch: countries flown over, and where fragments may come down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synaspis.analyses.questions import Answer
from synaspis.report.content import ReportContent
from synaspis.report.fall_maps import FallAtlas
from synaspis.report.sections.section import Maps, Section, Table
from synaspis.report.wording import country_text, joined, people_text, percent_text

_STANDING = {
    "launching": "launches",
    "owner": "owns a battery that intercepts",
    "host": "hosts a battery that intercepts",
    "partner": "partner",
    "third": "third country",
}

_NAMED = 5
"""Third countries that the answer names; the table has all."""


def consequences_section(content: ReportContent, answer: Answer) -> Section:
    """Return the section on consequences for those who live beneath."""
    documents = {document["threat"]: document for document in answer.documents.values()}
    layers = {
        document["threat"]: answer.layers[name]
        for name, document in answer.documents.items()
        if name in answer.layers and document["threat"] in {threat.id for threat in content.threats}
    }
    atlas = (
        FallAtlas(content, layers)
        if any((each["fall_share"] > 0).any() for each in layers.values())
        else None
    )
    phase = next(iter(documents.values()))["phase"]
    when = next((f"{p.name} ({p.year})" for p in content.phases if p.id == phase), phase)
    return Section(
        id="consequences",
        nav="Neighbours",
        title="Whom do intercepts touch?",
        answer=_answer(documents),
        command=answer.command,
        maps=() if atlas is None else (_maps(atlas, documents, answer),),
        tables=(_countries(documents),),
        notes=(
            f"Phase: {when}. Places alone: no effect of what falls is computed, and nothing is chosen for "
            "where it falls. Whether a state has to agree is for its lawyers; this says whom to ask.",
        ),
    )


def _answer(documents: Mapping[str, Mapping[str, Any]]) -> str:
    """Say how many third countries are touched, and which hold most people beneath fragments."""
    if not any(document["engaged"] for document in documents.values()):
        return "Nothing is intercepted, so nobody is touched."
    third = [row for row in _rows(documents) if row["standing"] == "third"]
    if not third:
        return "Intercepts pass over, and drop fragments on, no country but the launching one and partners."
    order = sorted(third, key=lambda row: -row["people"])
    names = [country_text(row["country"]) for row in order]
    count = "one third country" if len(third) == 1 else f"{len(third)} third countries"
    if len(names) > _NAMED:
        which = f"most people live beneath them in {joined(names[:_NAMED])}"
        return f"Intercepts pass over, or may drop fragments on, {count}; {which}."
    return f"Intercepts pass over, or may drop fragments on, {count}: {joined(names)}."


def _rows(documents: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each country, over all threats: the lowest pass, the largest share, the most people."""
    found: dict[str, dict[str, Any]] = {}
    for document in documents.values():
        for row in document["countries"]:
            known = found.setdefault(row["country"], {**row, "people": 0})
            for key, value in row.items():
                if key.endswith("altitude_m"):
                    known[key] = min((v for v in (known[key], value) if v is not None), default=None)
                elif key.endswith("_most"):
                    known[key] = max(known[key], value)
            people = max(row["missile_fragments_people_most"], row["interceptor_fragments_people_most"])
            known["people"] = max(known["people"], people)
    ranks = list(_STANDING)[::-1]
    return sorted(found.values(), key=lambda row: (ranks.index(row["standing"]), -row["people"]))


def _maps(atlas: FallAtlas, documents: Mapping[str, Mapping[str, Any]], answer: Answer) -> Maps:
    return Maps(
        atlas.grid(documents),
        atlas.definitions(),
        "Where fragments may come down if the flights that can be engaged are: the share of the intercepts "
        "whose fall area covers a place. A single intercept covers a small part of it.",
        "Velocity change and ballistic coefficient of fragments, as listed among the assumptions.",
        "Each fall area holds every fragment between the lightest and the heaviest, thrown at most at the "
        "upper end of the range; wind is left out.",
        tuple(dict.fromkeys(source for each in answer.assumptions for source in each.sources)),
    )


def _countries(documents: Mapping[str, Mapping[str, Any]]) -> Table:
    rows = tuple(
        (
            country_text(row["country"]),
            _STANDING[row["standing"]],
            _height(row["missile_lowest_altitude_m"]),
            _height(row["interceptor_lowest_altitude_m"]),
            percent_text(row["missile_fragments_share_most"]),
            people_text(row["missile_fragments_people_most"]),
            percent_text(row["interceptor_fragments_share_most"]),
            people_text(row["interceptor_fragments_people_most"]),
        )
        for row in _rows(documents)
    )
    headings = (
        *("Country", "Standing", "Missile over it", "Interceptor over it"),
        *("Missile: share", "People beneath", "Interceptor: share", "People beneath"),
    )
    return Table(
        "Countries that are touched",
        headings,
        rows,
        (2, 3, 4, 5, 6, 7),
        note="Over all threats. Over it: lowest altitude before the intercept. Share: most of the fall "
        "area of one launch point and battery that lies in the country; people: inhabitants of cities "
        "within that part.",
    )


def _height(altitude_m: float | None) -> str:
    return "–" if altitude_m is None else f"{altitude_m / 1e3:,.0f} km"
