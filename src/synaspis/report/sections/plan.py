"""What to build next: cost against people defended, the best plan and a greedy one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synaspis.analyses.questions import Answer
from synaspis.report.charts import Chart as Picture
from synaspis.report.charts import Scale, round_up, text_width, ticks
from synaspis.report.content import ReportContent
from synaspis.report.sections.section import Chart, Key, Section, Table
from synaspis.report.wording import billions_text, joined, people_text, percent_text

_VALUES = "Candidates, years and prices of the plan file; defended people counted once for every candidate"


def plan_section(content: ReportContent, answer: Answer) -> Section:
    """Return the section on the plan."""
    found = answer.document
    sources = tuple(dict.fromkeys(s for each in answer.assumptions for s in each.sources))[:8]
    charts = []
    if found["front"] is not None:
        charts.append(_front(found, sources))
    if found["best"] is not None:
        charts.append(_years(found, sources))
    notes = [
        f"{found['name']}, agreements of {found['agreements_on']}, {found['problem']['candidates']} "
        "candidates. Life-cycle cost: what is spent in the years of the plan and over the service after "
        "them."
    ]
    if found["not_public"]:
        notes.append(f"Not public: {'; '.join(found['not_public'])}.")
    return Section(
        id="plan",
        nav="Next",
        title="What should come next?",
        answer=_answer(found),
        command=answer.command,
        charts=tuple(charts),
        tables=tuple(_tables(found)),
        notes=tuple(notes),
    )


def _answer(found: Mapping[str, Any]) -> str:
    budget, best = found["budget"]["total_usd"], found["best"]
    if best is None:
        limits = joined([limit["says"] for limit in found["conflict"]["limits"]])
        return f"No plan meets what is asked: these stand against each other: {limits}."
    now, then = found["today"]["people_defended"], best["people_defended"]
    level = found["cost_level"]
    names = "; ".join(asset["name"] for asset in best["assets"]) or "nothing is built"
    sure = (
        "No plan does better: that is proved."
        if best["gap"] <= 0.0
        else f"A better one could bring at most {percent_text(best['gap'])} more."
    )
    within = "" if budget is None else f" of {billions_text(budget)} allowed"
    return (
        f"For {billions_text(best['spent_usd'][level])} dollars{within} until {found['years'][-1]}, people "
        f"defended go from {people_text(now)} to {people_text(then)} of "
        f"{people_text(best['people_threatened'])}: {names}. {sure}"
    )


def _front(found: Mapping[str, Any], sources: tuple[str, ...]) -> Chart:
    """Steps of what can be had for each cost, with the plan and the greedy choice."""
    points = found["front"]["points"]
    best, greedy, level = found["best"], found["greedy"], found["cost_level"]
    marks = [(greedy["life_cycle_usd"]["high"], greedy["people_defended"])]
    if best is not None:
        marks.append((best["life_cycle_usd"]["high"], best["people_defended"]))
    right = round_up(max([p["life_cycle_usd"] for p in points] + [m[0] for m in marks]) / 1e9)
    top = round_up(max([p["people_defended"] for p in points] + [m[1] for m in marks]) / 1e6)
    picture = Picture("chart-plan-front", 600, 380)
    across, up = Scale(0.0, right, 62.0, 585.0), Scale(0.0, top, 318.0, 18.0)
    along, heights = ticks(0.0, right), ticks(0.0, top)
    picture.across(across, along, [f"{mark:g}" for mark in along], 18.0, 318.0)
    picture.upward(up, heights, [f"{mark:g}" for mark in heights], 62.0, 585.0)
    line = [(across.at(0.0), up.at(points[0]["people_defended"] / 1e6))]
    for point in points:
        x, y = across.at(point["life_cycle_usd"] / 1e9), up.at(point["people_defended"] / 1e6)
        line += [(x, line[-1][1]), (x, y)]
    picture.line([*line, (585.0, line[-1][1])], "front")
    for point in points:
        words = (
            f"{billions_text(point['life_cycle_usd'], 2)}: {people_text(point['people_defended'])} people, "
            f"{', '.join(point['assets']) or 'as it stands'}"
        )
        x, y = across.at(point["life_cycle_usd"] / 1e9), up.at(point["people_defended"] / 1e6)
        picture.dot(x, y, "c1", words)
    _compared(picture, found, across, up)
    picture.line([(62.0, 318.0), (585.0, 318.0)])
    picture.text(322.0, 358.0, "life-cycle cost, thousand million dollars", "middle")
    picture.text(64.0, 11.0, "million people", style="tick")
    last = points[-1]
    knee = max(
        points,
        key=lambda p: (
            (p["people_defended"] - points[0]["people_defended"])
            / max(last["people_defended"] - points[0]["people_defended"], 1)
            - p["life_cycle_usd"] / max(last["life_cycle_usd"], 1.0)
        ),
    )
    shows = (
        "The most people that can be defended for each cost. Most for the money: "
        f"{people_text(knee['people_defended'])} people for {billions_text(knee['life_cycle_usd'], 2)}; "
        f"{billions_text(last['life_cycle_usd'], 2)} bring no more than "
        f"{people_text(last['people_defended'])}."
    )
    complete = "All steps are shown" if found["front"]["complete"] else "Steps between those shown exist"
    return Chart(
        "plan-front",
        "Cost against people defended",
        picture.finish("Cost against people defended", _described(points)),
        shows,
        f"{_VALUES}.",
        f"{complete}. Costs at their {'middle' if level == 'value' else level} value, and the bars at the "
        "two plans from every cost low to every cost high; coverage at the values of the catalogue.",
        sources,
        (
            Key("best for each cost", "c1", "dot"),
            Key("plan within the budget, with the range of its cost", "c6", "diamond"),
            Key("greedy choice within the same budget", "c4", "bar"),
        ),
    )


def _compared(picture: Picture, found: Mapping[str, Any], across: Scale, up: Scale) -> None:
    """Draw the plan within the budget and the greedy choice, with the ranges of their costs."""
    level = found["cost_level"]
    for plan, style, words in ((found["greedy"], "c4", "greedy choice"), (found["best"], "c6", "best plan")):
        if plan is None:
            continue
        costs = plan["life_cycle_usd"]
        x, y = across.at(costs[level] / 1e9), up.at(plan["people_defended"] / 1e6)
        low, high = across.at(costs["low"] / 1e9), across.at(costs["high"] / 1e9)
        picture.whisker(y, low, high, upright=False)
        text = f"{words}: {people_text(plan['people_defended'])} people, {billions_text(costs[level], 2)}"
        if style == "c4":
            picture.bar(x - 5.5, y - 5.5, 11.0, 11.0, style, text)
        else:
            picture.diamond(x, y, style, text)


def _described(points: list[Mapping[str, Any]]) -> str:
    return "; ".join(
        f"{billions_text(point['life_cycle_usd'], 2)} for {people_text(point['people_defended'])} people"
        for point in points
    )


def _years(found: Mapping[str, Any], sources: tuple[str, ...]) -> Chart:
    """People defended in each year of the plan above, what is spent below."""
    years = found["best"]["by_year"]
    limits = found["budget"]["yearly_usd"]
    picture = Picture("chart-plan-years", 600, 380)
    top = round_up(max(year["people_threatened"] for year in years) / 1e6)
    money = round_up(max([year["spent_usd"] for year in years] + list(limits.values())) / 1e9, 3)
    up, down = Scale(0.0, top, 196.0, 18.0), Scale(0.0, money, 338.0, 240.0)
    heights, sums = ticks(0.0, top, 4), ticks(0.0, money, 3)
    picture.upward(up, heights, [f"{mark:g}" for mark in heights], 62.0, 585.0)
    picture.upward(down, sums, [f"{mark:g}" for mark in sums], 62.0, 585.0)
    step = 520.0 / len(years)
    for at, year in enumerate(years):
        x = 64.0 + step * at
        people = year["people_defended"]
        y = up.at(people / 1e6)
        picture.bar(x + step * 0.15, y, step * 0.7, 196.0 - y, "c1", f"{year['year']}: {people_text(people)}")
        label = f"{people / 1e6:.0f}"
        if text_width(label, 11.5) < step:
            picture.text(x + step / 2, y - 5.0, label, "middle", "tick")
        spent = down.at(year["spent_usd"] / 1e9)
        words = f"{year['year']}: {billions_text(year['spent_usd'], 2)}"
        picture.bar(x + step * 0.15, spent, step * 0.7, 338.0 - spent, "c4", words)
        limit = limits.get(str(year["year"]))
        if limit is not None:
            at_limit = down.at(limit / 1e9)
            picture.line([(x, at_limit), (x + step, at_limit)], "strike")
        picture.text(x + step / 2, 356.0, str(year["year"]), "middle", "tick")
    for base in (196.0, 338.0):
        picture.line([(62.0, base), (585.0, base)])
    picture.text(64.0, 11.0, "million people", style="tick")
    picture.text(64.0, 232.0, "thousand million dollars", style="tick")
    first, last = years[0], years[-1]
    shows = (
        f"People defended grow from {people_text(first['people_defended'])} in {first['year']} to "
        f"{people_text(last['people_defended'])} in {last['year']}; below, what is spent in each year."
    )
    title = "The best plan, year by year"
    keys = [Key("people defended", "c1"), Key("spent", "c4")]
    if limits:
        keys.append(Key("limit of the year", "strike", "line"))
    low, high = (found["best"]["spent_usd"][end] for end in ("low", "high"))
    return Chart(
        "plan-years",
        title,
        picture.finish(title, shows),
        shows,
        f"{_VALUES}.",
        f"Spent in all: {billions_text(low, 2)} with every cost low, {billions_text(high, 2)} with every "
        "cost high; a candidate counts from the year in which it can stand.",
        sources,
        tuple(keys),
    )


def _tables(found: Mapping[str, Any]) -> list[Table]:
    tables = []
    for key, title in (("best", "The best plan"), ("greedy", "The greedy choice")):
        plan = found[key]
        if plan is not None:
            rows = tuple(_asset(asset) for asset in plan["assets"])
            headings = ("Asset", "Owner", "Year", "Interceptors", "Spent", "Life cycle")
            tables.append(Table(title, headings, rows, (2, 3, 4, 5), folded=key != "best"))
    if found["best"] is not None:
        rows = tuple(
            (
                each["partner"] or "nobody",
                people_text(each["people_threatened"]),
                people_text(each["people_defended_today"]),
                people_text(each["people_defended"]),
                people_text(each["beyond_all_candidates"]),
                billions_text(each["spends_usd"], 2),
            )
            for each in found["best"]["partners"]
        )
        headings = (
            "Partner",
            "Threatened",
            "Defended today",
            "Defended then",
            "Beyond all candidates",
            "Spends",
        )
        tables.append(Table("What each partner gets and spends", headings, rows, (1, 2, 3, 4, 5)))
    return tables


def _asset(asset: Mapping[str, Any]) -> tuple[str, ...]:
    spent, whole = asset["spent_usd"], asset["life_cycle_usd"]
    return (
        asset["name"],
        asset["owner"],
        str(asset["year"]),
        "" if asset["interceptors"] is None else str(asset["interceptors"]),
        *(
            f"{each['value'] / 1e6:,.0f} ({each['low'] / 1e6:,.0f} to {each['high'] / 1e6:,.0f}) m"
            for each in (spent, whole)
        ),
    )
