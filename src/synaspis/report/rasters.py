"""From result arrays to small palette images, one for each map, in the projection of the map frame."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt

from synaspis.engagement.gates import Gate
from synaspis.report import palette
from synaspis.report.projection import VIEW_WIDTH

Floats = NDArray[np.float64]
Classes = NDArray[np.uint8]
"""Class of each cell: 0 is nothing to draw, n is entry n - 1 of the legend."""

_GATE_WORDS = {
    Gate.NO_INTERCEPTOR: "no battery in service",
    Gate.OUT_OF_REACH: "out of reach of every battery",
    Gate.TOO_HIGH: "too high where a battery could reach it",
    Gate.TOO_LOW: "too low where a battery could reach it",
    Gate.BEFORE_BURNOUT_ONLY: "in reach only before burnout",
    Gate.NOT_SEEN: "no radar sees the flight",
    Gate.NOT_SHARED: "seen, but the track is not shared",
    Gate.NO_FIRM_TRACK: "seen too briefly for a firm track",
    Gate.TRACK_TOO_LATE: "track firm too late",
    Gate.NO_GUIDANCE: "no radar holds it up to the intercept",
    Gate.TOO_FEW_SHOTS: "fewer shots than required",
}


@dataclass(frozen=True, slots=True)
class Category:
    """One entry of a legend. value: number in the data, if it stands for one."""

    label: str
    colour: str
    value: int = -1


def gates_present(dataset: xr.Dataset) -> list[Category]:
    """Return the gates that leave a threatened cell undefended anywhere in the study, in the order of their
    values.
    """
    open_cells = (dataset["threatened"].values > 0) & (dataset["defended"].values == 0)
    found = set(np.unique(dataset["gate"].values[open_cells]).tolist())
    return [
        Category(words, palette.GATES[gate.name], gate.value)
        for gate, words in _GATE_WORDS.items()
        if gate.value in found
    ]


def coverage_legend(dataset: xr.Dataset) -> list[Category]:
    """Return the classes of a coverage map: two of defended cells, then the gates."""
    return [
        Category("defended, one chance to intercept", palette.DEFENDED_ONCE),
        Category("defended, two or more chances", palette.DEFENDED_TWICE),
        *gates_present(dataset),
    ]


def coverage_classes(case: xr.Dataset, legend: Sequence[Category]) -> Classes:
    """Return the class of each cell of one case for `coverage_legend`."""
    defended = case["defended"].values > 0
    classes = np.zeros(defended.shape, dtype=np.uint8)
    undefended = (case["threatened"].values > 0) & ~defended
    for number, entry in enumerate(legend, start=1):
        if entry.value >= 0:
            classes[undefended & (case["gate"].values == entry.value)] = number
    classes[defended] = 1
    classes[defended & (case["shots"].values >= 2)] = 2
    return classes


DIFFERENCE_LEGEND = (
    Category("defended before and after", palette.KEPT),
    Category("gained", palette.GAINED),
    Category("lost", palette.LOST),
)


def difference_classes(before: xr.Dataset, after: xr.Dataset) -> Classes:
    """Return the class of each cell for `DIFFERENCE_LEGEND`."""
    old, new = before["defended"].values > 0, after["defended"].values > 0
    classes = np.zeros(old.shape, dtype=np.uint8)
    classes[old & new] = 1
    classes[new & ~old] = 2
    classes[old & ~new] = 3
    return classes


def warning_legend(edges_min: Sequence[float]) -> list[Category]:
    """Return the legend of warning times: none, below the first edge, between edges, from the last edge
    up.
    """
    labels = ["no warning", f"under {edges_min[0]:g} min"]
    labels += [f"{low:g} to {high:g} min" for low, high in pairwise(edges_min)]
    labels.append(f"{edges_min[-1]:g} min or more")
    colours = (palette.NO_WARNING, *palette.WARNING_RAMP)
    return [Category(label, colour) for label, colour in zip(labels, colours, strict=True)]


def warning_edges_min(warning_s: Floats) -> list[float]:
    """Return four whole-minute edges that split the warning times of a study into five steps."""
    known = warning_s[warning_s > 0.0] / 60.0
    if known.size == 0:
        return [2.0, 4.0, 6.0, 8.0]
    low, high = np.percentile(known, [5, 95])
    step = max(1.0, float(np.ceil((high - low) / 5.0)))
    first = max(1.0, float(np.floor(low)) + step)
    return [first + step * n for n in range(4)]


def warning_classes(case: xr.Dataset, edges_min: Sequence[float]) -> Classes:
    """Return the class of each threatened cell for `warning_legend`; a warning time of 0 or less is none."""
    warning_min = np.nan_to_num(case["warning_time"].values, nan=0.0) / 60.0
    classes = np.where(warning_min > 0.0, 2 + np.digitize(warning_min, edges_min), 1)
    steps: Classes = np.where(case["threatened"].values > 0, classes, 0).astype(np.uint8)
    return steps


def count_classes(count: NDArray[np.integer], threatened: NDArray[np.bool_], steps: int) -> Classes:
    """Return class 1 for nothing in view, class n + 1 for n, the last class for `steps` or more."""
    classes: Classes = np.where(threatened, 1 + np.clip(count, 0, steps), 0).astype(np.uint8)
    return classes


def territory_pixels(
    cells: NDArray[np.intp], own_cells: NDArray[np.bool_], own_paths: Sequence[Floats]
) -> NDArray[np.intp]:
    """Return the flat index of the cell to show at each pixel of the territory, -1 elsewhere.

    A coastal pixel whose own cell has its centre at sea or abroad shows the nearest cell of the territory,
    at most one and a half cells away, so that maps have coasts and not steps. cells: from
    `MapFrame.pixel_cells`. own_cells: (latitude, longitude). own_paths: outlines of the territory, (vertex,
    2) in view units; if there are none, every pixel shows its own cell.
    """
    if not own_paths or not own_cells.any():
        return cells
    picture = Image.new("1", (cells.shape[1], cells.shape[0]))
    pen = ImageDraw.Draw(picture)
    for ring in own_paths:
        pen.polygon([tuple(point) for point in (ring * cells.shape[1] / VIEW_WIDTH).tolist()], fill=1)
    away, (row, column) = distance_transform_edt(~own_cells, return_indices=True)
    nearest = np.where(away <= 1.5, row * own_cells.shape[1] + column, -1).ravel()
    return np.where(np.asarray(picture), np.append(nearest, -1)[cells], -1)


def image(classes: Classes, pixel_cells: NDArray[np.intp], legend: Sequence[Category]) -> bytes:
    """Return a PNG with one palette entry for each legend entry and a clear background.

    classes: (latitude, longitude). pixel_cells: from `MapFrame.pixel_cells`.
    """
    flat = np.append(classes.ravel(), np.uint8(0))
    picture = Image.fromarray(flat[pixel_cells])
    colours = [0, 0, 0]
    for entry in legend:
        colours.extend(palette.rgb(entry.colour))
    picture.putpalette(colours)
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True, transparency=0, bits=_bits(len(legend) + 1))
    return buffer.getvalue()


def data_uri(png: bytes) -> str:
    """Return a PNG as an address that needs no file."""
    return "data:image/png;base64," + b64encode(png).decode("ascii")


def _bits(colours: int) -> int:
    return next(bits for bits in (1, 2, 4, 8) if 2**bits >= colours)
