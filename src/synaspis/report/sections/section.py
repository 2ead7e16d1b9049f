"""What every section on a question is made of."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from synaspis.report.mapgrid import MapGrid


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend. style: class of the style sheet that colours it. shape: bar, line or dot."""

    label: str
    style: str
    shape: str = "bar"


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture with what has to be said about it.

    shows: one sentence. values: where its numbers come from. sources: ids in the list of sources.
    doubt: what its ranges mean and leave out. wide: whether it needs the whole width of the page.
    """

    id: str
    title: str
    svg: Markup
    shows: str
    values: str
    doubt: str
    sources: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table. right: columns that stand to the right. folded: whether it is opened on demand."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    folded: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Maps:
    """A grid of maps with what its page has to define once."""

    grid: MapGrid
    definitions: Markup
    shows: str
    values: str
    doubt: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One question in the report.

    nav: one or two words for the menu. title: the question. answer: one or two sentences. command: the line
    that asks it alone. notes: what else has to be known, each one sentence or two.
    """

    id: str
    nav: str
    title: str
    answer: str
    command: str
    charts: tuple[Chart, ...] = ()
    maps: tuple[Maps, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
