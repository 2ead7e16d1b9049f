"""How many of the stated raid get through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synaspis.analyses.questions import Answer
from synaspis.report.charts import SMALL, Scale, round_up, text_width, ticks
from synaspis.report.charts import Chart as Picture
from synaspis.report.content import ReportContent
from synaspis.report.sections.section import Chart, Key, Section, Table
from synaspis.report.wording import percent_text, span_text

_VALUES = "Kill probabilities from test records or as assumed, the raid as stated"
_WORDS = {
    "full": "all batteries under one doctrine",
    "partner": "each partner for itself",
    "none": "each battery for itself",
}


def raid_section(content: ReportContent, answer: Answer) -> Section:
    """Return the section on the raid."""
    found = answer.document
    none, mean = found["p_no_leaker"], found["leakers_mean"]
    spread = found["intervals"]["leakers_mean"]
    words = (
        f"Of {found['missiles']} missiles {mean:.1f} get through on average "
        f"({span_text(spread['low'], spread['high'], 1)}). That none does has a probability of "
        f"{percent_text(none['value'])} ({percent_text(none['low'])} to {percent_text(none['high'])}), and "
        f"{found['shots_mean']:.0f} interceptors are fired on average."
    )
    phase = next((p.name for p in content.phases if p.id == found["phase"]), found["phase"])
    notes = [f"The raid, as stated and not searched for: {found['raid']}. Defence of: {phase}."]
    idle = [group for group in found["groups"] if group["reason"]]
    notes += [f"No battery can shoot at {group['id']}: {group['reason']}." for group in idle]
    return Section(
        id="raid",
        nav="Raid",
        title="How many of a raid get through?",
        answer=words,
        command=answer.command,
        charts=tuple(_charts(found, answer)),
        tables=(_batteries(found, content), _groups(found)),
        notes=tuple(notes),
    )


def _charts(found: Mapping[str, Any], answer: Answer) -> list[Chart]:
    sources = tuple(
        dict.fromkeys(s for each in answer.assumptions for s in each.sources if "test" in each.quantity)
    )
    charts = [_histogram(found, sources)]
    if found["coordination"]:
        charts.append(_coordination(found, sources))
    return charts


def _histogram(found: Mapping[str, Any], sources: tuple[str, ...]) -> Chart:
    """Bars of the probability that so many get through, with the band of all values together."""
    bars = found["leakage_pmf"]
    band = found["intervals"]["leakage_pmf"]
    last = max(n for n in range(len(bars)) if bars[n] >= 0.0005 or band["high"][n] >= 0.005 or n == 0)
    picture = Picture("chart-raid-leakage", 600, 330)
    top = round_up(max(band["high"][: last + 1]))
    up = Scale(0.0, top, 270.0, 20.0)
    step = 520.0 / (last + 1)
    marks = ticks(0.0, top)
    picture.upward(up, marks, [percent_text(mark) for mark in marks], 60.0, 585.0)
    every = 1 if step >= 20.0 else 2 if step >= 10.0 else 5
    for count in range(last + 1):
        x = 62.0 + step * count
        low, high = band["low"][count], band["high"][count]
        text = f"{count}: {percent_text(bars[count])}, {percent_text(low)} to {percent_text(high)}"
        picture.bar(x + step * 0.14, up.at(high), step * 0.72, up.at(low) - up.at(high), "band", text)
        picture.bar(x + step * 0.26, up.at(bars[count]), step * 0.48, 270.0 - up.at(bars[count]), "c1", text)
        if count % every == 0:
            picture.text(x + step / 2, 288.0, str(count), "middle", "tick")
    picture.line([(60.0, 270.0), (585.0, 270.0)])
    picture.text(322.0, 312.0, "missiles that get through", "middle")
    most = max(range(len(bars)), key=lambda n: bars[n])
    shows = (
        f"How probable it is that exactly so many of the {found['missiles']} missiles get through; most "
        f"probable is {most}, with {percent_text(bars[most])}."
    )
    return Chart(
        "raid-leakage",
        "Missiles that get through",
        picture.finish("Missiles that get through", shows),
        shows,
        f"{_VALUES}; {found['method']}"
        + (f", {found['sampling']['runs']:,} runs." if found["sampling"]["runs"] else "."),
        "Bar: all doubt averaged. Band: from every kill and track probability at its best to every one at "
        "its worst, so it is wide; failures common to all shots are in it.",
        sources,
        (Key("probability", "c1"), Key("between the best and the worst case of all values", "band")),
    )


def _coordination(found: Mapping[str, Any], sources: tuple[str, ...]) -> Chart:
    """Mean leakers by who coordinates, with ranges, and what is fired for it."""
    rows = [
        (_WORDS[name], each["leakers_mean"], f"{each['shots_mean']['value']:.0f}")
        for name, each in found["coordination"].items()
    ]
    picture = Picture("chart-raid-coordination", 600, 62 + 62 * len(rows))
    top = round_up(max(mean["high"] for _, mean, _ in rows))
    across = Scale(0.0, top, 20.0, 580.0)
    bottom = 20.0 + 62.0 * len(rows)
    marks = ticks(0.0, top)
    picture.across(across, marks, [f"{mark:g}" for mark in marks], 12.0, bottom)
    for number, (words, mean, fired) in enumerate(rows):
        y = 34.0 + 62.0 * number
        picture.text(24.0, y, f"{words}: {fired} interceptors fired")
        text = f"{words}: {mean['value']:.1f}, {span_text(mean['low'], mean['high'], 1)}"
        picture.bar(20.0, y + 8.0, across.at(mean["value"]) - 20.0, 18.0, "c1", text)
        picture.whisker(y + 17.0, across.at(mean["low"]), across.at(mean["high"]), upright=False)
        label = f"{mean['value']:.1f}"
        x = across.at(mean["high"]) + 9.0
        if x + text_width(label, SMALL) > 596.0:
            picture.text(596.0, y + 5.0, label, "end", "tick")
        else:
            picture.text(x, y + 21.0, label, "start", "tick")
    picture.text(300.0, bottom + 36.0, "missiles that get through, mean", "middle")
    shows = "What changes if batteries know of each other's shots: " + "; ".join(
        f"{words}, {mean['value']:.1f} get through and {fired} interceptors are fired"
        for words, mean, fired in rows
    )
    return Chart(
        "raid-coordination",
        "Who coordinates the shots",
        picture.finish("Who coordinates the shots", shows),
        f"{shows}.",
        f"{_VALUES}; the same chance in all three.",
        "Whiskers: 5 to 95 percent of the means over the doubt about every probability.",
        sources,
    )


def _batteries(found: Mapping[str, Any], content: ReportContent) -> Table:
    names = {asset.id: asset.name for asset in content.assets}
    rows = []
    for each in sorted(found["batteries"], key=lambda one: -one["shots_mean"]):
        empty = each["empty_s"]
        when = "–" if empty is None else f"{empty['value'] / 60:.1f} min"
        rows.append(
            (
                names.get(each["id"], each["id"]),
                str(each["stock"]),
                f"{each['shots_mean']:.1f}",
                percent_text(each["p_empty"]["value"]),
                when,
            )
        )
    headings = ("Battery", "Interceptors ready", "Fired, mean", "Stock runs out", "After")
    return Table("What each battery fires, and when stocks run out", headings, tuple(rows), (1, 2, 3, 4))


def _groups(found: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            each["launch_point"],
            each["aim"],
            each["threat"],
            str(each["count"]),
            percent_text(each["leak_probability"]),
        )
        for each in found["groups"]
    )
    headings = ("From", "At", "Threat", "Missiles", "Each gets through")
    return Table("The raid as stated", headings, rows, (3, 4))
