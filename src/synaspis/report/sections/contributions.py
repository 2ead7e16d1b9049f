"""Bars of what each player adds: its Shapley value with its interval, and what is lost without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from synaspis.report.charts import Chart as Picture
from synaspis.report.charts import Scale, shortened, ticks, wrapped
from synaspis.report.sections.section import Chart, Key
from synaspis.report.wording import minutes_text, people_text

ROWS_MAX: Final = 12
_WORDS = {
    "defended_population": ("people", "million people", 1e6),
    "mean_warning_time_s": ("warning", "minutes of mean warning", 60.0),
}
_NAMES, _ROW = 300.0, 31.0
_VISIBLE: Final = 0.002
"""Part of the greatest that a bar has to be to be seen."""


def contribution_chart(
    found: Mapping[str, Any], by: str, what: str, measure: str, threats: Mapping[str, str]
) -> Chart | None:
    """Return the bars of one kind of player, a column for each threat; None if nobody adds anything.

    found: `by.KIND` of the document of cooperation. measure: one of its measures. threats: names by id.
    """
    columns = [threat for threat in threats if threat in found["all"]]
    most = max((_total(player, measure) for player in found["players"]), default=0.0)
    if not most > 0.0:
        return None
    players = [player for player in found["players"] if _total(player, measure) > _VISIBLE * most]
    shown = sorted(players, key=lambda player: -_total(player, measure))[:ROWS_MAX]
    short, unit_words, unit = _WORDS[measure]
    width = (1214.0 - _NAMES) / len(columns)
    headings = {threat: wrapped(threats[threat], width - 30.0) for threat in columns}
    top = 9.0 + 15.0 * max(map(len, headings.values()))
    height = top + 38.0 + _ROW * len(shown)
    picture = Picture(f"chart-{by}-{short}", 1224, height)
    low, high = _ends(shown, columns, measure, unit)
    for number, threat in enumerate(columns):
        left = _NAMES + width * number
        across = Scale(low, high, left + 8.0, left + width - 18.0)
        marks = ticks(low, high, 4 if len(columns) < 4 else 2)
        for line, words in enumerate(headings[threat]):
            picture.text(left + 8.0, 15.0 + 15.0 * line, words, style="strong")
        picture.across(across, marks, [f"{mark:g}" for mark in marks], top, height - 36.0)
        for row, player in enumerate(shown):
            _bars(
                picture,
                across,
                top + 4.0 + _ROW * row,
                player["threats"][threat][measure],
                unit,
                player["name"],
                short,
            )
    for row, player in enumerate(shown):
        picture.text(_NAMES - 8.0, top + 20.0 + _ROW * row, shortened(player["name"], _NAMES - 12.0), "end")
    picture.text(_NAMES + (1214.0 - _NAMES) / 2, height - 3.0, unit_words, "middle")
    title = f"What each {what} adds: {'people defended' if short == 'people' else 'warning time'}"
    return Chart(
        f"{by}-{short}",
        title,
        picture.finish(title, _description(shown, columns, measure, short, threats)),
        _shows(shown, columns, measure, short, threats, by),
        "The same defence with every set of them left out, from one computation of all flights.",
        _doubt(found, columns, measure, len(players) - len(shown)),
        keys=(
            Key("Shapley value", "c1"),
            Key("lost if it alone is missing", "hollow"),
            *(
                (Key("95 percent interval of a sampled value", "whisker", "line"),)
                if _sampled(found, columns, measure)
                else ()
            ),
        ),
        wide=True,
    )


def _total(player: Mapping[str, Any], measure: str) -> float:
    values = (entry[measure] for entry in player["threats"].values())
    return float(sum(abs(v["shapley"]["value"]) + abs(v["lost_without"]) for v in values))


def _ends(
    shown: list[Mapping[str, Any]], columns: list[str], measure: str, unit: float
) -> tuple[float, float]:
    """One scale for all columns, so that bars compare; nothing is at its left unless somebody takes away."""
    values = [
        value / unit
        for player in shown
        for threat in columns
        for entry in (player["threats"][threat][measure],)
        for value in (
            entry["lost_without"],
            entry["shapley"]["low"],
            entry["shapley"]["high"],
            entry["shapley"]["value"],
        )
    ]
    high = max(max(values), 1e-9)
    return min(0.0, *values), high


def _bars(
    picture: Picture, across: Scale, top: float, entry: Mapping[str, Any], unit: float, name: str, short: str
) -> None:
    shapley, lost = entry["shapley"], entry["lost_without"]
    zero = across.at(0.0)
    text = people_text if short == "people" else minutes_text
    for value, y, thick, style, words in (
        (shapley["value"], top, 13.0, "c1", "Shapley value"),
        (lost, top + 14.5, 8.0, "hollow", "lost without it"),
    ):
        if value:
            end = across.at(value / unit)
            said = f"{name}, {words}: {'−' if value < 0 else ''}{text(abs(value))}"
            picture.bar(min(zero, end), y, abs(end - zero), thick, style, said)
    if shapley["high"] > shapley["low"]:
        low, high = (across.at(shapley[end] / unit) for end in ("low", "high"))
        picture.whisker(top + 6.5, low, high, upright=False, cap=3.0)


def _sampled(found: Mapping[str, Any], columns: list[str], measure: str) -> bool:
    return any(found["method"][threat][measure]["name"] == "sampled" for threat in columns)


def _doubt(found: Mapping[str, Any], columns: list[str], measure: str, left_out: int) -> str:
    how = (
        "Values of more than twelve players come from random orders, hence the whiskers"
        if _sampled(found, columns, measure)
        else "Exact: every set of players was looked at"
    )
    rest = f" {left_out} who add less are in the JSON file." if left_out else ""
    return f"{how}; at the values of the catalogue, which have ranges of their own.{rest}"


def _shows(
    shown: list[Mapping[str, Any]],
    columns: list[str],
    measure: str,
    short: str,
    threats: Mapping[str, str],
    by: str,
) -> str:
    first = shown[0]
    threat = max(columns, key=lambda t: first["threats"][t][measure]["shapley"]["value"])
    entry = first["threats"][threat][measure]
    text = people_text if short == "people" else minutes_text
    unit = " people" if short == "people" else ""
    lost = entry["lost_without"]
    without = (
        f"without it alone {text(lost)}{unit} would be lost"
        if lost > 0
        else "without it alone nothing would be lost, for others stand in"
    )
    return (
        f"Most is added by {first['name']}: {text(entry['shapley']['value'])}{unit} against "
        f"{threats[threat]}; {without}."
    )


def _description(
    shown: list[Mapping[str, Any]], columns: list[str], measure: str, short: str, threats: Mapping[str, str]
) -> str:
    text = people_text if short == "people" else minutes_text
    parts = []
    for player in shown:
        values = ", ".join(
            f"{threats[t]} {text(max(player['threats'][t][measure]['shapley']['value'], 0.0))}"
            for t in columns
        )
        parts.append(f"{player['name']}: {values}")
    return f"Shapley values. {'; '.join(parts)}."
