"""Charts as SVG, drawn by hand: bars, whiskers, steps, bands; colours come from the style sheet of the page.

A chart is as wide as its view box says and is scaled by the browser. It has a title and a description for
readers who cannot see it, and every mark says its number when pointed at.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

LETTER = 0.54
"""Mean width of a letter, in parts of its size; the fonts of the page stay below it."""

TEXT = 13.0
SMALL = 11.5


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to places. low, high: values at start and end."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value; values beyond the ends stay at the ends."""
        part = (value - self.low) / (self.high - self.low)
        return self.start + min(max(part, 0.0), 1.0) * (self.end - self.start)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round values from low to high, about so many; low has to be below high."""
    raw = (high - low) / max(about, 1)
    power = 10.0 ** floor(log10(raw))
    step = next(s * power for s in (1.0, 2.0, 2.5, 5.0, 10.0) if s * power >= raw * 0.8)
    first = ceil(low / step - 1e-9)
    return [round(n * step, 10) for n in range(first, floor(high / step + 1e-9) + 1)]


def round_up(value: float, about: int = 5) -> float:
    """Return the first tick at or above a value; 1 for nothing."""
    if not value > 0.0:
        return 1.0
    step = ticks(0.0, value, about)
    width = step[1] - step[0] if len(step) > 1 else value
    return ceil(value / width - 1e-9) * width


def text_width(words: str, size: float = TEXT) -> float:
    """Return about how wide a text is, in units of the view box."""
    return LETTER * size * len(words)


def shortened(words: str, width: float, size: float = TEXT) -> str:
    """Return a text cut so that it fits into a width, in units of the view box."""
    if text_width(words, size) <= width:
        return words
    letters = max(int(width / text_width("x", size)) - 1, 1)
    return f"{words[:letters].rstrip()}…"


def wrapped(words: str, width: float, size: float = TEXT) -> list[str]:
    """Return a text in lines that fit into a width, in units of the view box."""
    lines = textwrap.wrap(words, max(int(width / (LETTER * size)), 1), break_long_words=False)
    return [shortened(line, width, size) for line in lines]


class Chart:
    """Collects the marks of one picture."""

    def __init__(self, identifier: str, width: float, height: float) -> None:
        self.id, self.width, self.height = identifier, width, height
        self._parts: list[str] = []

    def bar(
        self, x: float, y: float, width: float, height: float, colour: str, words: str = "", extra: str = ""
    ) -> None:
        """A rectangle. colour, extra: classes of the style sheet. words: what it stands for."""
        inside = f"<title>{escape(words)}</title>" if words else ""
        shape = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.0):.1f}" height="{max(height, 0.0):.1f}"'
        self._parts.append(f'<g class="{colour} {extra}"><rect {shape}/>{inside}</g>')

    def line(self, points: Sequence[tuple[float, float]], style: str = "axis") -> None:
        """Straight pieces from point to point. style: class of the style sheet."""
        data = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self._parts.append(f'<path class="{style}" d="{data}"/>')

    def dot(self, x: float, y: float, style: str, words: str = "", radius: float = 4.5) -> None:
        """A round mark."""
        inside = f"<title>{escape(words)}</title>" if words else ""
        self._parts.append(
            f'<g class="{style}"><circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>{inside}</g>'
        )

    def diamond(self, x: float, y: float, style: str, words: str = "", radius: float = 6.5) -> None:
        """A mark that differs in shape as well as in colour."""
        inside = f"<title>{escape(words)}</title>" if words else ""
        shape = f"M{x:.1f} {y - radius:.1f}l{radius} {radius}l-{radius} {radius}l-{radius}-{radius}z"
        self._parts.append(f'<g class="{style}"><path d="{shape}"/>{inside}</g>')

    def whisker(self, at: float, low: float, high: float, *, upright: bool = True, cap: float = 4.0) -> None:
        """A range with ends. at: where it stands on the other axis."""
        ends = [((at - cap, v), (at + cap, v)) for v in (low, high)]
        pieces = [((at, low), (at, high)), *ends]
        for a, b in pieces:
            self.line([a, b] if upright else [a[::-1], b[::-1]], "whisker")

    def text(self, x: float, y: float, words: str, anchor: str = "start", style: str = "") -> None:
        """A text on its base line. anchor: start, middle or end."""
        self._parts.append(
            f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def across(
        self, scale: Scale, values: Sequence[float], labels: Sequence[str], top: float, bottom: float
    ) -> None:
        """An axis from left to right with its grid: labels below the bottom."""
        for value, label in zip(values, labels, strict=True):
            x = scale.at(value)
            self.line([(x, top), (x, bottom)], "grid")
            self.text(x, bottom + 17.0, label, "middle", "tick")

    def upward(
        self, scale: Scale, values: Sequence[float], labels: Sequence[str], left: float, right: float
    ) -> None:
        """An axis upwards with its grid: labels left of the left edge."""
        for value, label in zip(values, labels, strict=True):
            y = scale.at(value)
            self.line([(left, y), (right, y)], "grid")
            self.text(left - 7.0, y + 4.0, label, "end", "tick")

    def finish(self, title: str, description: str) -> Markup:
        """Return the picture. title: what it is. description: what it shows, in numbers."""
        names = f'aria-labelledby="{self.id}-title {self.id}-desc"'
        return Markup(
            f'<svg class="chart" viewBox="0 0 {self.width:g} {self.height:g}" role="img" {names}>'
            f'<title id="{self.id}-title">{escape(title)}</title>'
            f'<desc id="{self.id}-desc">{escape(description)}</desc>{"".join(self._parts)}</svg>'
        )
