"""What sharing is worth: pooled against alone, and what each partner, clause and asset adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synaspis.analyses.questions import Answer
from synaspis.report.charts import Chart as Picture
from synaspis.report.charts import Scale, round_up, ticks
from synaspis.report.content import ReportContent
from synaspis.report.sections.contributions import contribution_chart
from synaspis.report.sections.section import Chart, Key, Section, Table
from synaspis.report.wording import minutes_text, people_text, quantity_text

_FORMS = (
    ("side_by_side", "the same assets, nothing shared between partners", "c7"),
    ("pooled", "shared by the agreements", "c1"),
    ("everything", "everything shared at once with everybody", "c2"),
)
_PEOPLE, _AREA, _WARNING = "defended_population", "defended_area_km2", "mean_warning_time_s"


def cooperation_section(content: ReportContent, answer: Answer) -> Section:
    """Return the section on cooperation."""
    found = answer.document
    names = {threat.id: threat.name for threat in content.threats}
    phase = next((p for p in content.phases if p.id == found["phase"]), None)
    when = found["phase"] if phase is None else f"{phase.name} ({phase.year})"
    charts = [
        _forms(found, names, _PEOPLE, "People defended, with and without sharing"),
        _forms(found, names, _WARNING, "Warning time, with and without sharing"),
    ]
    for by, what in (("partner", "partner"), ("asset", "asset"), ("clause", "clause of the agreements")):
        if by in found["by"]:
            charts += [
                chart
                for measure in (_PEOPLE, _WARNING)
                if not (by == "asset" and measure == _WARNING)
                and (chart := contribution_chart(found["by"][by], by, what, measure, names)) is not None
            ]
    return Section(
        id="cooperation",
        nav="Sharing",
        title="What is sharing worth, and to whom?",
        answer=_answer(found, {threat.id: threat.words for threat in content.threats}),
        command=answer.command,
        charts=tuple(charts),
        tables=tuple(_tables(found, names)),
        notes=(
            f"Phase: {when}. Shapley value: the average of what a player adds, over all orders of joining.",
            *found["notices"],
        ),
    )


def _answer(found: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Say what the agreements bring over the same assets with nothing shared, against the threat for which
    it is most. words: of the threats in a sentence.
    """
    pooling = found["pooling"]

    def more(threat: str, measure: str) -> float:
        alone, pooled = (pooling[form][threat].get(measure, 0.0) for form in ("side_by_side", "pooled"))
        return float(pooled - alone)

    people, warning = (max(found["threats"], key=lambda t: more(t, m)) for m in (_PEOPLE, _WARNING))
    defended = (
        f"{people_text(more(people, _PEOPLE))} more people are defended against {words[people]}"
        if more(people, _PEOPLE) >= 1.0
        else "nobody more is defended"
    )
    warned = (
        f"people get {minutes_text(more(warning, _WARNING))} more warning of {words[warning]}"
        if more(warning, _WARNING) >= 1.0
        else "nobody is warned sooner"
    )
    best = found["best_clause"]
    last = f" Of the clauses that do not hold, {best} would add most." if best else ""
    return f"With the agreements, beside the same assets with nothing shared, {defended}, and {warned}.{last}"


def _forms(found: Mapping[str, Any], names: Mapping[str, str], measure: str, title: str) -> Chart:
    """Bars for each threat: nothing shared, by the agreements, everything shared."""
    pooling, threats = found["pooling"], found["threats"]
    unit = 1e6 if measure == _PEOPLE else 60.0
    height = 46 + 96 * len(threats)
    name = "people" if measure == _PEOPLE else "warning"
    picture = Picture(f"chart-cooperation-{name}", 600, height + 24)
    values = [pooling[form][threat].get(measure, 0.0) / unit for form, _, _ in _FORMS for threat in threats]
    across = Scale(0.0, round_up(max(values)), 20.0, 545.0)
    marks = ticks(0.0, across.high)
    picture.across(across, marks, [f"{mark:g}" for mark in marks], 10.0, height - 16.0)
    said = []
    for number, threat in enumerate(threats):
        top = 26.0 + 96.0 * number
        picture.text(24.0, top, names[threat], style="strong")
        for row, (form, words, colour) in enumerate(_FORMS):
            value = pooling[form][threat].get(measure, 0.0)
            y = top + 7.0 + 21.0 * row
            text = people_text(value) if measure == _PEOPLE else minutes_text(value)
            picture.bar(20.0, y, across.at(value / unit) - 20.0, 17.0, colour, f"{words}: {text}")
            label = f"{value / unit:,.1f}"
            picture.text(across.at(value / unit) + 6.0, y + 13.0, label, "start", "tick")
            said.append(f"{names[threat]}, {words}: {text}")
    axis = "million city inhabitants defended" if measure == _PEOPLE else "mean warning time, minutes"
    picture.text(282.0, height + 20.0, axis, "middle")
    what = "How many people are defended" if measure == _PEOPLE else "How long people are warned"
    return Chart(
        f"cooperation-{name}",
        title,
        picture.finish(title, "; ".join(said)),
        f"{what} by the same assets without sharing, with the agreements of the day, and at the very most.",
        "Catalogue values of all assets in service; agreements of the scenario with their delays.",
        "At the values of the catalogue, without a range: to vary them, run a sweep. People are those in "
        "cities.",
        keys=tuple(Key(words, colour) for _, words, colour in _FORMS),
    )


def _tables(found: Mapping[str, Any], names: Mapping[str, str]) -> list[Table]:
    tables = [_exchanges(found)]
    rows = tuple(
        (each["clause"], *(_more(each["adds"][threat]) for threat in found["threats"]))
        for each in found["candidates"]
    )
    heads = tuple(names[threat] for threat in found["threats"])
    tables.append(Table("Clauses that do not hold, and what each would add", ("Clause", *heads), rows))
    if found["leakage"]:
        tables += _leakage(found["leakage"])
    return tables


def _exchanges(found: Mapping[str, Any]) -> Table:
    """Who gains on its own territory by all together, and gives to the others."""
    rows = []
    for each in found["partners"]:
        gains, gives = each["gains"], each["gives"]
        people = max(part.get(_PEOPLE, 0.0) for part in gains.values())
        given = max(part.get(_PEOPLE, 0.0) for part in gives.values())
        warning = max(part.get(_WARNING, 0.0) for part in gains.values())
        warned = max(part.get(_WARNING, 0.0) for part in gives.values())
        if people or given or warning or warned:
            cells = (quantity_text(people), minutes_text(warning), quantity_text(given), minutes_text(warned))
            rows.append((-people, (each["name"], *cells)))
    headings = ("Partner", "Gains: people", "Gains: warning", "Gives: people", "Gives: warning")
    return Table(
        "What each partner gains and gives",
        headings,
        tuple(cells for _, cells in sorted(rows)),
        (1, 2, 3, 4),
        note="Each against the threat for which it is most. Gains: on its own territory, over its own assets "
        "alone. Gives: what the others lose when its assets leave.",
    )


def _more(adds: Mapping[str, float]) -> str:
    parts = []
    if adds.get(_PEOPLE, 0.0):
        parts.append(f"{people_text(adds[_PEOPLE])} people")
    if adds.get(_AREA, 0.0):
        parts.append(f"{quantity_text(adds[_AREA])} km²")
    if adds.get(_WARNING, 0.0):
        parts.append(f"{adds[_WARNING]:+.0f} s warning")
    return ", ".join(parts) or "nothing"


def _leakage(leakage: Mapping[str, Any]) -> Sequence[Table]:
    tables = []
    for by, entries in leakage["by"].items():
        rows = [
            (
                each["id"],
                f"{each['leakers_mean_without']['value']:.2f}",
                f"{each['more_leakers_without']:+.2f}",
                "–" if each["shapley_stopped"] is None else f"{each['shapley_stopped']:.2f}",
            )
            for each in sorted(entries, key=lambda entry: -float(entry["more_leakers_without"]))
            if each["more_leakers_without"] or each["shapley_stopped"]
        ]
        headings = (by.capitalize(), "Leakers without", "More", "Stopped (Shapley)")
        title = f"Leakage of the stated raid without each {by}"
        tables.append(Table(title, headings, tuple(rows), (1, 2, 3), note=leakage["raid"]))
    return tables
