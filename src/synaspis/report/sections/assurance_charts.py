"""The pictures on assurance: speed needed by field, what moves the margin, the most that could be stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import degrees
from typing import Any, Final

from synaspis.report.charts import Chart as Picture
from synaspis.report.charts import Scale, round_up, shortened, text_width, ticks
from synaspis.report.sections.section import Chart, Key
from synaspis.report.wording import title_text

_LEFT: Final = 290.0
_RIGHT: Final = 1205.0
_ROW: Final = 27.0
_SPEEDS: Final = (2.0, 12.0)
"""km/s: from slower than any interceptor of the catalogue to where a speed is no longer looked for."""

_EFFECTS_MAX: Final = 8


def speed_chart(found: Mapping[str, Any], deciding: Mapping[str, Any]) -> Chart:
    """Return the speed that an interceptor needs for each field, over bands of the verdict."""
    rows = _fields(found, deciding)
    kinds = [each for each in found["interceptors"] if _speeds(each) is not None]
    top = 34.0
    middle = top + _ROW * len(kinds) + 12.0
    bottom = middle + _ROW * len(rows) + 4.0
    picture = Picture("chart-assurance-speed", 1224, bottom + 44.0)
    across = Scale(*_SPEEDS, _LEFT, _RIGHT)
    _bands(picture, across, found["verdict_flips_at_m_s"], top, bottom)
    marks = ticks(*_SPEEDS, 10)
    picture.across(across, marks, [f"{mark:g}" for mark in marks], top, bottom)
    for number, each in enumerate(kinds):
        _held(picture, across, each, top + 4.0 + _ROW * number)
    picture.line([(0.0, middle - 4.0), (_RIGHT, middle - 4.0)], "axis")
    for number, (field, target, earliest, stated) in enumerate(rows):
        y = middle + _ROW * number
        words = f"{title_text(field)} to {title_text(target)}"
        picture.text(_LEFT - 10.0, y + 17.0, shortened(words, _LEFT - 12.0), "end")
        _needed(picture, across, y, earliest, stated, words)
    speed = across.at(deciding["burnout_speed_m_s"] / 1e3)
    picture.line([(speed, top), (speed, bottom)], "strike")
    picture.text((_LEFT + _RIGHT) / 2, bottom + 38.0, "burnout speed of the interceptor, km/s", "middle")
    reached = sum(1 for _, _, _, stated in rows if stated is not None and stated <= _SPEEDS[1])
    title = "Which fields come within reach, at which burnout speed"
    said = "; ".join(
        f"{title_text(field)} to {title_text(target)}: {'none' if early is None else f'{early:.1f} km/s'} "
        f"with the earliest commit, {'none' if stated is None else f'{stated:.1f} km/s'} as stated"
        for field, target, early, stated in rows
    )
    sources = {one["source"] for each in kinds for one in _speed_values(each) if one["source"]}
    return Chart(
        "assurance-speed",
        title,
        picture.finish(title, f"{found['sentence']} Needed: {said}."),
        f"Burnout speed that is needed for each field, beside that of {deciding['name']}, the dashed line "
        f"at {deciding['burnout_speed_m_s'] / 1e3:g} km/s: a field is reached where its bar lies left of "
        f"the line. {reached} of {len(rows)} are reached at some speed with the commit as stated.",
        "Fields and targets of the file; for each field the target that needs least. Above the line stand "
        "the speeds that are published for each interceptor; who holds which is in a table below.",
        "A bar begins at the speed that is enough if launch is committed on what satellites know at "
        "burnout, and ends at that for the commit as stated; an open end: no speed up to 12 km/s is enough.",
        tuple(sorted(sources)),
        (
            *(Key(words, style) for words, style in _band_words(found["verdict_flips_at_m_s"])),
            Key("speed needed: earliest commit to commit as stated", "c1"),
            Key("range of a published speed", "c7"),
            Key("value of the catalogue", "c6", "dot"),
            Key("value held by others", "c4", "diamond"),
        ),
        wide=True,
    )


def _fields(
    found: Mapping[str, Any], deciding: Mapping[str, Any]
) -> list[tuple[str, str, float | None, float | None]]:
    """For each field the target that needs the least speed, km/s, with the earliest commit and as stated."""
    earliest, stated = list(found["commits"])[-1], found["stated_commit"]
    best: dict[str, tuple[str, str, float | None, float | None]] = {}
    for case in found["cases"]:
        if case["interceptor"] != deciding["id"]:
            continue
        early, late = (_km(case["needed_speeds_m_s"].get(commit)) for commit in (earliest, stated))
        row = (case["field"], case["target"], early, late)
        known = best.get(case["field"])
        if known is None or _or_never(early) < _or_never(known[2]):
            best[case["field"]] = row
    return sorted(best.values(), key=lambda row: (_or_never(row[2]), row[0]))


def _km(speed_m_s: float | None) -> float | None:
    return None if speed_m_s is None else speed_m_s / 1e3


def _or_never(value: float | None) -> float:
    return float("inf") if value is None else value


def _band_words(flips: Mapping[str, float]) -> list[tuple[str, str]]:
    words = [("verdict: no", "no")]
    words += [("contested", "maybe")] if "contested" in flips else []
    return [*words, *([("yes", "yes")] if "yes" in flips else [])]


def _bands(picture: Picture, across: Scale, flips: Mapping[str, float], top: float, bottom: float) -> None:
    """Shade where the verdict is no, contested and yes, each with its word above."""
    edges = [("no", _SPEEDS[0])]
    edges += [
        (style, flips[name] / 1e3)
        for name, style in (("contested", "maybe"), ("yes", "yes"))
        if name in flips
    ]
    ends = [low for _, low in edges[1:]] + [_SPEEDS[1]]
    for (style, low), high in zip(edges, ends, strict=True):
        x, width = across.at(low), across.at(high) - across.at(low)
        word = {"no": "no", "maybe": "contested", "yes": "yes"}[style]
        picture.bar(x, top, width, bottom - top, style, f"{word}: {low:.2f} to {high:.2f} km/s")
        if width > text_width(word) + 6.0:
            picture.text(x + width / 2, top - 9.0, word, "middle", "strong")


def _speed_values(each: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = _speeds(each)
    return [] if found is None else list(found["held"])


def _speeds(each: Mapping[str, Any]) -> Mapping[str, Any] | None:
    name = f"{each['id']}.burnout_speed_m_s"
    return next((one for one in each["sensitivity"] if one["value_name"] == name), None)


def _held(picture: Picture, across: Scale, each: Mapping[str, Any], y: float) -> None:
    """Draw the range of an interceptor's speed and each value that is held."""
    found = _speeds(each)
    assert found is not None
    low, high = across.at(found["low"] / 1e3), across.at(found["high"] / 1e3)
    words = f"{each['name']}: {found['low'] / 1e3:g} to {found['high'] / 1e3:g} km/s"
    picture.text(_LEFT - 10.0, y + 15.0, shortened(each["name"], _LEFT - 12.0), "end")
    picture.bar(low, y + 7.0, max(high - low, 2.0), 8.0, "c7", words)
    for one in found["held"]:
        own = one["held_by"] == "catalogue"
        draw = picture.dot if own else picture.diamond
        said = f"{each['name']}, {one['value'] / 1e3:g} km/s: {one['held_by']}"
        draw(across.at(one["value"] / 1e3), y + 11.0, "c6" if own else "c4", said)


def _needed(
    picture: Picture, across: Scale, y: float, earliest: float | None, stated: float | None, words: str
) -> None:
    if earliest is None:
        picture.text(_LEFT + 6.0, y + 17.0, "no speed up to 12 km/s is enough", "start", "tick")
        return
    begin = across.at(earliest)
    end = across.at(_SPEEDS[1] if stated is None else stated)
    late = "no speed is enough" if stated is None else f"{stated:.2f} km/s"
    said = f"{words}: {earliest:.2f} km/s with the earliest commit, as stated {late}"
    picture.bar(begin, y + 6.0, max(end - begin, 3.0), 14.0, "c1", said)
    if stated is None:
        picture.line([(end - 12.0, y + 13.0), (end - 4.0, y + 13.0)], "seal")
        picture.line([(end - 8.0, y + 9.0), (end - 4.0, y + 13.0), (end - 8.0, y + 17.0)], "seal")


def sensitivity_chart(
    found: Mapping[str, Any], deciding: Mapping[str, Any], name_of: Callable[[str], tuple[str, str]]
) -> Chart:
    """Return how far each disputed value moves the greatest margin with the earliest commit."""
    moves = [each for each in deciding["sensitivity"] if None not in _ends(each)]
    moves.sort(key=lambda each: -abs(_ends(each)[1] - _ends(each)[0]))
    shown = moves[:_EFFECTS_MAX]
    values = [value for each in shown for value in _ends(each)] + [0.0]
    height = 30.0 + 45.0 * len(shown)
    picture = Picture("chart-assurance-sensitivity", 600, height + 42.0)
    reach = max(abs(value) for value in values) or 1.0
    across = Scale(min(*values, -0.05 * reach), max(*values, 0.05 * reach), 20.0, 580.0)
    marks = ticks(across.low, across.high)
    picture.across(across, marks, [f"{mark:+g}" if mark else "0" for mark in marks], 8.0, height)
    for row, each in enumerate(shown):
        name, unit = name_of(each["value_name"].removeprefix(f"{deciding['id']}."))
        low, high = _ends(each)
        y = 26.0 + 45.0 * row
        span = range_words(each["low"], each["high"], unit)
        picture.text(24.0, y, shortened(f"{name}, {span}", 560.0, 12.0), style="tick")
        left, right = sorted((across.at(low), across.at(high)))
        words = f"{name}, {span}: {low:+.0f} s to {high:+.0f} s"
        flips = each["earliest_commit"]["flips_at"] is not None
        picture.bar(left, y + 6.0, max(right - left, 2.0), 14.0, "c6" if flips else "c1", words)
    zero = across.at(0.0)
    picture.line([(zero, 8.0), (zero, height)], "axis")
    picture.text(300.0, height + 36.0, "margin with the earliest commit, seconds", "middle")
    title = f"What moves the margin of {deciding['name']}"
    own = f"{deciding['id']}."
    most = name_of(shown[0]["value_name"].removeprefix(own))[0] if shown else "nothing"
    flipping = sum(1 for each in shown if each["earliest_commit"]["flips_at"] is not None)
    sources = {one["source"] for each in shown for one in each["held"] if one["source"]}
    said = f"Most is moved by {most}; {flipping} of these values turn the answer within their range."
    return Chart(
        "assurance-sensitivity",
        title,
        picture.finish(title, said),
        said,
        "Each value alone is moved over its published range, all others as in the catalogue.",
        "Right of zero: the interceptor can be there in time for some field and target. The values move "
        "one at a time; together they can do more.",
        tuple(sorted(sources)),
        (Key("turns the answer within its range", "c6"), Key("does not", "c1")),
    )


def range_words(low: float, high: float, unit: str) -> str:
    """Return a range as people say it: degrees for radians, kilometres for long ways."""
    if unit == "rad":
        low, high, unit = degrees(low), degrees(high), "°"
    elif unit in ("m", "m/s") and high >= 1000.0:
        low, high, unit = low / 1e3, high / 1e3, f"k{unit}"
    return f"{low:.4g} to {high:.4g} {unit}".strip()


def _ends(each: Mapping[str, Any]) -> tuple[Any, Any]:
    return each["earliest_commit"]["low_s"], each["earliest_commit"]["high_s"]


def bound_chart(found: Mapping[str, Any]) -> Chart:
    """Return counted warheads beside the interceptors that could meet one."""
    bound = found["most_that_could_be_stopped"]
    least, most = bound["warheads"]
    counts = bound["interceptors"]
    rows = (
        ("counted warheads", most, "c7"),
        ("interceptors that stand, all kinds", counts["standing"], "c2"),
        ("of these on land", counts["on_land"], "c2"),
        ("at batteries within reach, every value for the defence", counts["at_best"], "c1"),
        ("at batteries within reach, as stated", counts["reaching"], "c1"),
    )
    height = 16.0 + 50.0 * len(rows)
    picture = Picture("chart-assurance-bound", 600, height + 40.0)
    across = Scale(0.0, round_up(most), 20.0, 560.0)
    marks = ticks(0.0, across.high)
    picture.across(across, marks, [f"{mark:,.0f}" for mark in marks], 6.0, height)
    for row, (words, count, style) in enumerate(rows):
        y = 24.0 + 50.0 * row
        text = f"{least:,} to {most:,}" if row == 0 else f"{count:,}"
        picture.text(24.0, y, f"{words}: {text}")
        picture.bar(20.0, y + 7.0, across.at(count) - 20.0, 16.0, style, f"{words}: {text}")
        if row == 0:
            picture.whisker(y + 15.0, across.at(least), across.at(most), upright=False)
    title = "The most that could be stopped, beside counted warheads"
    ends = list(dict.fromkeys(f"{100.0 * share:.1f}" for share in bound["share"]["at_best"]))
    span = f"{' to '.join(ends)} percent"
    said = (
        f"If every interceptor within reach met a warhead and none missed, {counts['at_best']} of {least:,} "
        f"to {most:,} would be stopped with every value for the defence "
        f"({span}); as stated {counts['reaching']}."
    )
    sources = dict.fromkeys(count["source"] for count in found["counts"])
    return Chart(
        "assurance-bound",
        title,
        picture.finish(title, said),
        said,
        "Counts that the parties to New START declared; interceptors of the scenario.",
        "An upper bound, not a forecast: interceptors miss, and are there for other threats.",
        tuple(sources),
    )
