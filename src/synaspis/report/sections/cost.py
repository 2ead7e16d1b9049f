"""What it costs by year and nation, and who pays under which rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from synaspis.analyses.questions import Answer
from synaspis.report.charts import Chart as Picture
from synaspis.report.charts import Scale, round_up, shortened, ticks
from synaspis.report.content import ReportContent
from synaspis.report.sections.section import Chart, Key, Section, Table
from synaspis.report.wording import billions_text, country_text, percent_text

_FALL: Final = "where-they-fall"
_NATIONS: Final = 6
"""Nations with a colour of their own; the others are drawn together."""
_COLOURS = ("c1", "c4", "c3", "c5", "c2", "c6")
_REST = "c7"
_RULES = {
    "where-they-fall": "costs lie where they fall",
    "common-funding": "key of common funds",
    "equal": "all the same",
    "population": "by population",
    "product": "by gross domestic product",
    "benefit": "by benefit: people defended at home",
    "joint-development": "joint development",
    "given": "shares as given",
}
_VALUES = "Public unit costs, support shares and price indices; each with year and currency of its source"


def cost_section(content: ReportContent, answer: Answer) -> Section:
    """Return the section on cost."""
    constant = answer.document
    then = answer.documents["cost-then-year"]
    names = _leading(constant)
    sources = tuple(dict.fromkeys(s for each in answer.assumptions for s in each.sources))[:12]
    charts = [
        _years(document, names, kind, sources)
        for document, kind in ((constant, "constant"), (then, "then-year"))
    ]
    charts.append(_rules(constant, names, sources))
    return Section(
        id="cost",
        nav="Cost",
        title="What does it cost, and who pays?",
        answer=_answer(constant),
        command=answer.command,
        charts=tuple(charts),
        tables=(_by_rule(constant), _things(constant), _published(constant), _absent(constant)),
        notes=tuple(_notes(constant, content)),
    )


def _answer(found: Mapping[str, Any]) -> str:
    total, paid = found["total_usd"], found["by_rule"][_FALL]["by_nation"]
    words = (
        f"{billions_text(total['value'])} dollars of {found['base_year']} from {found['first_year']} to "
        f"{found['last_year']} ({billions_text(total['low'])} to {billions_text(total['high'])})."
    )
    if paid:
        most = max(paid.values(), key=lambda each: float(each["total_usd"]))
        words += (
            f" Most is borne by {most['name']}, {percent_text(most['share'])}, if costs lie where they fall."
        )
    each = found["per_defended_person"]
    if each is not None:
        words += (
            f" All of it is {each['per_year_usd']:.2f} dollars a year for each inhabitant of a defended city."
        )
    return words


def _notes(found: Mapping[str, Any], content: ReportContent) -> list[str]:
    total = found["total_usd"]
    notes = [
        f"{found['name']}. With every cost at its low end {billions_text(total['least'])}, with every cost "
        f"at its high end {billions_text(total['most'])} dollars. Present value "
        f"{billions_text(found['present_value_usd']['value'])} at {100 * found['discount_rate']:g} percent."
    ]
    notes += [
        f"Paid by {country_text(country)}, which is no partner here, and in no total: "
        f"{billions_text(value)} dollars."
        for country, value in found["paid_outside_usd"].items()
    ]
    if found["per_defended_person"] is not None:
        what = found["per_defended_person"]["what"]
        for phase in content.phases:
            what = what.replace(f"phase {phase.id},", f"{phase.name} ({phase.year}),")
        for threat in content.threats:
            what = what.replace(f"threat {threat.id},", f"{threat.name},")
        notes.append(f"Defended: {what}.")
    count = len(found["not_counted"])
    notes.append(
        f"{count} costs are not public, or lie outside the years; they are listed below, not invented."
    )
    return notes


def _leading(found: Mapping[str, Any]) -> dict[str, str]:
    """Nations with a colour: those who pay most where costs fall, and their colours."""
    paid = found["by_rule"][_FALL]["by_nation"]
    order = sorted(paid, key=lambda name: -float(paid[name]["total_usd"]))
    return dict(zip(order[:_NATIONS], _COLOURS, strict=False))


def _keys(found: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Key, ...]:
    paid = found["by_rule"][_FALL]["by_nation"]
    rest = len(paid) - len(names)
    keys = [Key(paid[name]["name"], colour) for name, colour in names.items()]
    return (*keys, *((Key(f"{rest} others", _REST),) if rest else ()))


def _years(found: Mapping[str, Any], names: Mapping[str, str], kind: str, sources: tuple[str, ...]) -> Chart:
    """Stacked bars for each year where costs lie where they fall, with the range of the sum."""
    paid = found["by_rule"][_FALL]["by_nation"]
    years = found["by_year"]
    picture = Picture(f"chart-cost-{kind}", 600, 330)
    top = round_up(max(year["high_usd"] for year in years) / 1e9)
    up = Scale(0.0, top, 280.0, 20.0)
    marks = ticks(0.0, top)
    picture.upward(up, marks, [f"{mark:g}" for mark in marks], 46.0, 590.0)
    picture.text(48.0, 10.0, "bn", style="tick")
    step = 540.0 / len(years)
    for at, year in enumerate(years):
        x, base = 48.0 + step * at, 0.0
        parts = [
            (paid[name]["name"], colour, paid[name]["by_year_usd"][at]) for name, colour in names.items()
        ]
        rest = sum(each["by_year_usd"][at] for name, each in paid.items() if name not in names)
        for who, colour, value in [*parts, ("others", _REST, rest)]:
            if value > 0.0:
                low, high = up.at(base / 1e9), up.at((base + value) / 1e9)
                text = f"{year['year']}, {who}: {value / 1e6:,.0f} million dollars"
                picture.bar(x + step * 0.14, high, step * 0.72, low - high, colour, text, "seam")
                base += value
        picture.whisker(x + step / 2, up.at(year["low_usd"] / 1e9), up.at(year["high_usd"] / 1e9), cap=3.0)
        if len(years) <= 12 or at % 3 == 0:
            picture.text(x + step / 2, 298.0, str(year["year"]), "middle", "tick")
    picture.line([(46.0, 280.0), (590.0, 280.0)])
    money = f"dollars of {found['base_year']}" if kind == "constant" else "dollars of each year"
    picture.text(318.0, 322.0, f"thousand million {money}", "middle")
    most = max(years, key=lambda year: float(year["total_usd"]))
    title = f"Cost by year and nation, in {money}"
    shows = (
        f"What each nation pays in each year if costs lie where they fall, in {money}; most in "
        f"{most['year']}, {billions_text(most['total_usd'], 2)}."
    )
    rows = "; ".join(f"{year['year']}: {billions_text(year['total_usd'], 2)}" for year in years)
    return Chart(
        f"cost-{kind}",
        title,
        picture.finish(title, f"{shows} {rows}."),
        shows,
        f"{_VALUES}.",
        f"Whiskers: 5 to 95 percent of the sum over {found['runs']:,} draws from the range of every cost. "
        + ("Constant prices: no inflation." if kind == "constant" else "Price indices to come are assumed."),
        sources,
        (*_keys(found, names), Key("range of the sum", "whisker", "line")),
    )


def _rules(found: Mapping[str, Any], names: Mapping[str, str], sources: tuple[str, ...]) -> Chart:
    """One bar of full width for each rule, split by nation."""
    rules = [(rule, each) for rule, each in found["by_rule"].items() if each["applies"]]
    height = 40.0 * len(rules) + 44.0
    picture = Picture("chart-cost-rules", 1224, height)
    left, right = 290.0, 1196.0
    across = Scale(0.0, 1.0, left, right)
    marks = [0.0, 0.25, 0.5, 0.75, 1.0]
    picture.across(across, marks, ["0 %", "25 %", "50 %", "75 %", "100 %"], 4.0, height - 26.0)
    said = []
    for row, (rule, each) in enumerate(rules):
        y, paid, base = 8.0 + 40.0 * row, each["by_nation"], 0.0
        picture.text(left - 10.0, y + 18.0, shortened(_RULES.get(rule, rule), left - 14.0), "end")
        others = sum(one["share"] for name, one in paid.items() if name not in names)
        parts = [(paid[n]["name"], c, paid[n]["share"]) for n, c in names.items() if n in paid]
        for who, colour, share in [*parts, ("others", _REST, others)]:
            if share > 0.0:
                x, end = across.at(base), across.at(base + share)
                words = f"{_RULES.get(rule, rule)}, {who}: {percent_text(share)}"
                picture.bar(x, y, end - x, 27.0, colour, words, "seam")
                base += share
        most = max(paid.values(), key=lambda one: float(one["share"]))
        said.append(f"{_RULES.get(rule, rule)}, most by {most['name']}, {percent_text(most['share'])}")
    absent = [each["why_not"] for each in found["by_rule"].values() if not each["applies"]]
    title = "Who pays, by rule"
    return Chart(
        "cost-rules",
        title,
        picture.finish(title, "; ".join(said)),
        f"How the same sum is shared under {len(rules)} rules: if {said[0]}.",
        "Published keys of common funds, population and product; shares of benefit from the section on "
        "sharing.",
        f"The rules are compared, none is recommended. {' '.join(absent)}",
        sources,
        _keys(found, names),
        wide=True,
    )


def _by_rule(found: Mapping[str, Any]) -> Table:
    rules = [(rule, each) for rule, each in found["by_rule"].items() if each["applies"]]
    paid = found["by_rule"][_FALL]["by_nation"]
    order = sorted(paid, key=lambda name: -max(float(e["by_nation"][name]["total_usd"]) for _, e in rules))
    rows = tuple(
        (paid[name]["name"], *(f"{each['by_nation'][name]['total_usd'] / 1e6:,.0f}" for _, each in rules))
        for name in order
    )
    headings = ("Nation", *(_RULES.get(rule, rule).capitalize() for rule, _ in rules))
    title = f"Who pays under each rule, million dollars of {found['base_year']}"
    return Table(title, headings, rows, tuple(range(1, len(headings))))


def _things(found: Mapping[str, Any]) -> Table:
    categories = tuple(found["by_category_usd"])
    rows = tuple(
        (
            each["name"],
            *(f"{each['by_category_usd'].get(one, 0.0) / 1e6:,.0f}" for one in categories),
            f"{each['total_usd'] / 1e6:,.0f}",
        )
        for each in sorted(found["by_thing"], key=lambda one: -float(one["total_usd"]))
    )
    headings = ("Thing", *(one.capitalize() for one in categories), "Total")
    title = f"Cost of each thing, million dollars of {found['base_year']}"
    return Table(title, headings, rows, tuple(range(1, len(headings))))


def _published(found: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            each["what"],
            f"{billions_text(each['published_low_usd'])} to {billions_text(each['published_high_usd'])}",
            f"{billions_text(each['found_usd'])} ({billions_text(each['found_low_usd'])} to "
            f"{billions_text(each['found_high_usd'])})",
            f"{each['ratio']:.2f}",
            each["difference"],
        )
        for each in found["published"]
    )
    headings = ("Published figure", "As published", "Found here", "Ratio", "Why they differ")
    return Table("Beside published figures", headings, rows, (3,))


def _absent(found: Mapping[str, Any]) -> Table:
    rows = tuple((each["thing"], each["what"], each["why"]) for each in found["not_counted"])
    return Table("Not public, not counted, or assumed", ("Thing", "Cost", "Why"), rows)
