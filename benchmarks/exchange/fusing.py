"""Fusion alone: one picture of all objects, and the reports of one tick after the other."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator

from core import BEGIN_US, Core

from synaspis.fusion import Picture, Report, update
from synaspis.messages import read_message

CELL_US = 50_000
Cell = tuple[int, list[Report]]


def a_cell(core: Core) -> tuple[Callable[[Cell], int], Iterator[Cell]]:
    """A function that takes the reports of a tick into a picture that knows every object, and such ticks."""
    picture = Picture()
    made: dict[int, list[Report]] = {}
    for number, (due_us, sender, raw) in enumerate(core.envelopes(6.0)):
        body = read_message(b64decode(json.loads(raw)["payload"])).body
        report = Report(
            sender, body.track, body.time_us, body.position_ecef_m, body.velocity_ecef_m_s,
            body.covariance_matrix, "track", f"{number:032x}",
        )  # fmt: skip
        made.setdefault((due_us - BEGIN_US) // CELL_US, []).append(report)
    cells = [(BEGIN_US + (number + 1) * CELL_US, reports) for number, reports in sorted(made.items())]

    def take(cell: Cell) -> int:
        return len(update([(picture, cell[1])], cell[0])[0])

    known = len(cells) // 3
    for cell in cells[:known]:
        take(cell)
    return take, iter(cells[known:])
