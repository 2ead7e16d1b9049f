"""Whether a third party's deterrent is affected: the verdict over burnout speed, and what moves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from synaspis.analyses.questions import Answer
from synaspis.report.content import ReportContent
from synaspis.report.sections.assurance_charts import bound_chart, range_words, sensitivity_chart, speed_chart
from synaspis.report.sections.section import Section, Table
from synaspis.report.wording import area_text, people_text, sentence_text, title_text

_UNITS: Final = (
    ("_kg_m2", "kg/m²"),
    ("_m_s2", "m/s²"),
    ("_m_s", "m/s"),
    ("_rad", "rad"),
    ("_s", "s"),
    ("_m", "m"),
)


def assurance_section(content: ReportContent, answer: Answer) -> Section:
    """Return the section on assurance."""
    found = answer.document
    deciding = next(each for each in found["interceptors"] if each["id"] == found["decided_by"])
    charts = [speed_chart(found, deciding)]
    if deciding["sensitivity"]:
        charts.append(sensitivity_chart(found, deciding, value_name))
    if found["most_that_could_be_stopped"]["warheads"] is not None:
        charts.append(bound_chart(found))
    flips = found["verdict_flips_at_m_s"]
    words = f"{found['sentence']}"
    if flips:
        words += " " + sentence_text(
            "; ".join(f"{verdict} from {speed / 1e3:.1f} km/s on" for verdict, speed in flips.items())
        )
    phase = next((p.name for p in content.phases if p.id == found["phase"]), found["phase"])
    notes = (
        f"Deterrent of the {found['third_party']}; defence of: {phase}. Fields are public towns, targets "
        "regions that the file names, flights near minimum energy; nothing is searched for. No, contested "
        "or yes: never one number without its band. The answer can be signed: synaspis assurance --sign.",
    )
    return Section(
        id="assurance",
        nav="Deterrent",
        title="Does it affect a third party's deterrent?",
        answer=words,
        command=answer.command,
        charts=tuple(charts),
        tables=(_cases(found, deciding), _holders(deciding), _interceptors(found), _limits(found)),
        notes=notes,
    )


def value_name(key: str) -> tuple[str, str]:
    """Return what a disputed value is called and its SI unit: "sm-3-iib: burnout speed" and "m/s"."""
    item, _, name = key.rpartition(".")
    unit = next((unit for end, unit in _UNITS if name.endswith(end)), "")
    end = next((end for end, _ in _UNITS if name.endswith(end)), "")
    words = name.removesuffix(end).replace("_", " ")
    return (f"{item}: {words}" if item else words), unit


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:+,.0f} s"


def _cases(found: Mapping[str, Any], deciding: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            title_text(each["field"]),
            title_text(each["target"]),
            each["verdict"],
            _seconds(each["margin_s"]),
            f"{_seconds(each['band_s'][0])} to {_seconds(each['band_s'][1])}",
            "–" if each["speed_margin_m_s"] is None else f"{each['speed_margin_m_s'] / 1e3:+.1f} km/s",
            each["reason"],
        )
        for each in found["cases"]
        if each["interceptor"] == deciding["id"]
    )
    headings = ("Field", "Target", "Verdict", "Margin as stated", "Band", "In speed", "Why not")
    return Table(f"{deciding['name']}: every field and target", headings, rows, (3, 4, 5))


def _holders(deciding: Mapping[str, Any]) -> Table:
    rows = []
    for each in deciding["sensitivity"]:
        name, unit = value_name(each["value_name"])
        held = "; ".join(f"{one['value']:.4g} ({one['held_by']})" for one in each["held"])
        flips = each["earliest_commit"]["flips_at"]
        rows.append(
            (
                name,
                range_words(each["low"], each["high"], unit),
                each["basis"],
                held,
                "no" if flips is None else f"at {flips:.4g}",
            )
        )
    headings = ("Value", "Range", "Basis", "Who holds which value", "Flips with the earliest commit")
    return Table("Disputed values, and who holds which", headings, tuple(rows))


def _interceptors(found: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            each["name"],
            f"{each['burnout_speed_m_s'] / 1e3:g} km/s",
            str(each["interceptors"]),
            each["verdict"],
            *(_seconds(value) for value in each["band_s"]),
        )
        for each in found["interceptors"]
    )
    headings = ("Interceptor", "Burnout speed", "Number", "Verdict", "Least margin", "As stated", "Greatest")
    return Table("Every kind of interceptor", headings, rows, (1, 2, 4, 5, 6))


def _limits(found: Mapping[str, Any]) -> Table:
    rows = []
    for each in found["limits"]:
        area = max((one["area_m2"] for one in each["forgone"]), default=0.0)
        people = max((one["population"] for one in each["forgone"]), default=0)
        cells = (
            each["verdict"],
            str(each["interceptors"]),
            area_text(area),
            people_text(people),
            each["note"].replace("`", ""),
        )
        rows.append((each["name"], *cells))
    headings = ("Guarantee", "Verdict then", "Interceptors left", "Area forgone", "People forgone", "Note")
    return Table(
        "What each guarantee that was proposed would leave, and forgo",
        headings,
        tuple(rows),
        (2, 3, 4),
        folded=False,
        note="Forgone: what is no longer defended, against the threat that it costs most.",
    )
