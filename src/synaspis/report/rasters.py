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
from scipy.ndimage import binary_erosion, distance_transform_edt

from synaspis.report import palette
from synaspis.report.projection import VIEW_WIDTH, MapFrame

Floats = NDArray[np.float64]
Classes = NDArray[np.uint8]
"""Class of each cell: 0 is nothing to draw, n is entry n - 1 of the legend."""

_GATE_WORDS = {
    "not_seen": "not seen by any sensor that may be used",
    "no_track_in_time": "no firm track in time",
    "no_track": "no firm track in time",
    "out_of_reach": "out of the interceptor's reach",
    "out_of_kinematic_reach": "out of the interceptor's reach",
    "too_low": "in reach only below the lowest intercept altitude",
    "too_high": "in reach only above the highest intercept altitude",
    "too_late": "interceptor would arrive too late",
    "no_interceptor": "no interceptor in service",
    "not_threatened": "not threatened",
}


@dataclass(frozen=True, slots=True)
class Category:
    """One entry of a legend. value: number in the data, if it stands for one."""

    label: str
    colour: str
    value: int = -1


def gate_words(meaning: str) -> str:
    """Return the plain words for the name of a gate in the data."""
    return _GATE_WORDS.get(meaning, meaning.replace("_", " "))


def gates_present(dataset: xr.Dataset) -> list[Category]:
    """Return the gates that leave a threatened cell undefended anywhere in the study, in the order of their
    values.
    """
    gate = dataset["gate"]
    values = [int(v) for v in np.atleast_1d(gate.attrs["flag_values"])]
    meanings = str(gate.attrs["flag_meanings"]).split()
    open_cells = (dataset["threatened"].values > 0) & (dataset["defended"].values == 0)
    found = set(np.unique(gate.values[open_cells]).tolist())
    entries = []
    for value, meaning in zip(values, meanings, strict=True):
        if value in found:
            colour = palette.GATE_ORDER[values.index(value) % len(palette.GATE_ORDER)]
            entries.append(Category(gate_words(meaning), colour, value))
    return entries


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


def step_legend(edges: Sequence[float], ramp: Sequence[str], unit: str) -> list[Category]:
    """Return a legend of steps: below the first edge, between edges, from the last edge up."""
    labels = [f"under {edges[0]:g} {unit}"]
    labels += [f"{low:g} to {high:g} {unit}" for low, high in pairwise(edges)]
    labels.append(f"{edges[-1]:g} {unit} or more")
    return [Category(label, colour) for label, colour in zip(labels, ramp, strict=True)]


def warning_edges_min(warning_s: NDArray[np.float64]) -> list[float]:
    """Return four whole-minute edges that split the warning times of a study into five steps."""
    known = warning_s[np.isfinite(warning_s)] / 60.0
    if known.size == 0:
        return [2.0, 4.0, 6.0, 8.0]
    low, high = np.percentile(known, [5, 95])
    step = max(1.0, float(np.ceil((high - low) / 5.0)))
    first = max(1.0, float(np.floor(low)) + step)
    return [first + step * n for n in range(4)]


def warning_classes(case: xr.Dataset, edges_min: Sequence[float]) -> Classes:
    """Return the step of the warning time of each threatened cell; cells without any warning stay 0."""
    warning_min = case["warning_time"].values / 60.0
    classes = 1 + np.digitize(np.nan_to_num(warning_min, nan=-1.0), edges_min)
    shown = (case["threatened"].values > 0) & np.isfinite(warning_min)
    steps: Classes = np.where(shown, classes, 0).astype(np.uint8)
    return steps


def count_classes(count: NDArray[np.integer], steps: int) -> Classes:
    """Return class n for n things in view, the last class for `steps` or more."""
    classes: Classes = np.clip(count, 0, steps).astype(np.uint8)
    return classes


def territory_pixels(
    frame: MapFrame, latitude_deg: Floats, longitude_deg: Floats, own: Sequence[Floats], columns: int
) -> NDArray[np.intp]:
    """Return the flat index of the cell to show at each pixel of the territory, -1 elsewhere.

    A coastal pixel whose own cell has its centre at sea or abroad shows the nearest cell of the territory, at
    most one and a half cells away, so that maps have coasts and not steps. own: outlines of the territory,
    (vertex, 2) in view units; if there are none, every pixel shows its own cell.
    """
    cells = frame.pixel_cells(latitude_deg, longitude_deg, columns)
    if not own:
        return cells
    picture = Image.new("1", (cells.shape[1], cells.shape[0]))
    pen = ImageDraw.Draw(picture)
    for ring in own:
        pen.polygon([tuple(point) for point in (ring * columns / VIEW_WIDTH).tolist()], fill=1)
    inside = np.asarray(picture)
    x, y = frame.view(*np.meshgrid(latitude_deg, longitude_deg, indexing="ij"))
    at_x, at_y = (
        np.nan_to_num(v * columns / VIEW_WIDTH, posinf=-1.0, neginf=-1.0).astype(int) for v in (x, y)
    )
    shown = (at_x >= 0) & (at_x < inside.shape[1]) & (at_y >= 0) & (at_y < inside.shape[0])
    own_cells = np.zeros(shown.shape, dtype=bool)
    # A cell right on the coast may be counted either way; only clearly own cells give their colour to others.
    own_cells[shown] = binary_erosion(inside)[at_y[shown], at_x[shown]]
    if not own_cells.any():
        return np.where(inside, cells, -1)
    away, (row, column) = distance_transform_edt(~own_cells, return_indices=True)
    nearest = np.where(away <= 1.5, row * longitude_deg.size + column, -1).ravel()
    return np.where(inside, np.append(nearest, -1)[cells], -1)


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
