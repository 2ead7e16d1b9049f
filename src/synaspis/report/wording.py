"""Numbers and answers as a reader says them."""

from __future__ import annotations

from math import isfinite

from synaspis.report.content import ReportContent
from synaspis.report.tables import CaseRow, case_rows

NO_VALUE = "–"


def area_text(area_m2: float) -> str:
    """Return an area in km2 with three figures: "1.24 million km²", "873,000 km²"."""
    return f"{quantity_text(area_m2 / 1e6)} km²" if isfinite(area_m2) else NO_VALUE


def people_text(people: float) -> str:
    """Return a number of people with three figures."""
    return quantity_text(people)


def quantity_text(value: float) -> str:
    """Return a number of zero or more with three significant figures, millions in words."""
    if not isfinite(value):
        return NO_VALUE
    if value >= 0.9995e6:
        return f"{float(f'{value / 1e6:.3g}'):g} million"
    return f"{round(float(f'{value:.3g}')):,}"


def percent_text(fraction: float) -> str:
    """Return a share in per cent; a small share is not rounded to none, nor a large one to all."""
    if not isfinite(fraction):
        return NO_VALUE
    percent = 100.0 * fraction
    if 0.0 < percent < 1.0:
        return "<1 %"
    if 99.0 < percent < 100.0:
        return ">99 %"
    return f"{percent:.0f} %"


def minutes_text(time_s: float) -> str:
    """Return a time as minutes and seconds: "6 min 05 s"."""
    if not isfinite(time_s):
        return NO_VALUE
    minutes, seconds = divmod(round(time_s), 60)
    return f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"


def joined(words: list[str]) -> str:
    """Return words as a list in a sentence: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def answer(content: ReportContent) -> str:
    """Return the answer in one or two sentences: the last phase, and how it grew from the first."""
    rows = {(row.phase, row.threat): row for row in case_rows(content.dataset)}
    first, last = content.phases[0], content.phases[-1]
    reached, spared = [], []
    for threat in content.threats:
        row = rows[last.id, threat.id]
        if row.threatened_area_m2 <= 0:
            spared.append(threat.name)
            continue
        now = f"{percent_text(row.area_share)} of the territory within reach of {threat.name}"
        earlier = rows[first.id, threat.id]
        if last.id != first.id and isfinite(earlier.area_share):
            now += f" ({percent_text(earlier.area_share)} in {first.year})"
        reached.append(now)
    parts = []
    if reached:
        parts.append(f"In {last.year} the shared defence of {content.territory} covers {joined(reached)}.")
    if spared:
        parts.append(f"No part of {content.territory} is within reach of {joined(spared)}.")
    return " ".join(parts)


def case_sentence(row: CaseRow) -> str:
    """Return one case in words, for readers who cannot see the map."""
    if row.threatened_area_m2 <= 0:
        return "Nothing in the territory is within reach of this threat."
    return (
        f"Defended: {area_text(row.defended_area_m2)} of {area_text(row.threatened_area_m2)} threatened "
        f"({percent_text(row.area_share)}), {people_text(row.defended_population)} of "
        f"{people_text(row.threatened_population)} people; "
        f"median warning {minutes_text(row.median_warning_s)}."
    )
