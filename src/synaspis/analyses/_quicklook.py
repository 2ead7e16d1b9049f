"""A first look at a coverage Dataset: one map for each phase and threat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLASSES = ("sea", "land", "territory out of reach", "in reach, not defended", "defended")
_LEGEND_INCHES = 6.0  # width of the legend in one row
_NEEDED = ("defended", "threatened", "territory", "land")
# White, two greys, then Okabe and Ito's palette, safe for the colour-blind.
_COLOURS = ("#ffffff", "#ececec", "#bdbdbd", "#d55e00", "#0072b2")


def map_classes(dataset: xr.Dataset) -> xr.DataArray:
    """Index into CLASSES for each cell, with the dimensions of `defended`, latitude and longitude last.

    Raises ValueError if the Dataset lacks what a map needs.
    """
    missing = [name for name in _NEEDED if name not in dataset]
    if missing:
        needed = ", ".join(_NEEDED)
        raise ValueError(f"the map needs {needed}; the Dataset lacks {', '.join(missing)}")
    defended = dataset["defended"].transpose(..., "latitude", "longitude")
    own, hit, land = (
        (dataset[name] == 1).broadcast_like(defended).transpose(*defended.dims).values
        for name in ("territory", "threatened", "land")
    )
    classes = np.select([defended.values == 1, hit, own, land], [4, 3, 2, 1], 0)
    return defended.copy(data=classes.astype(np.int8))


def _size_inches(rows: int, columns: int) -> tuple[float, float]:
    """Width and height of a figure; a single map is larger."""
    return (7.0, 5.4) if rows == columns == 1 else (max(4.0 * columns + 1.0, 6.5), 3.2 * rows + 0.6)


def quicklook(dataset: xr.Dataset, **figure_options: Any) -> Figure:
    """Draw the maps of a coverage Dataset; figure_options go to `matplotlib.pyplot.subplots`.

    Phases are rows and threats columns; a Dataset without one of these dimensions has one row or column.
    """
    from matplotlib import pyplot
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    classes = map_classes(dataset)
    absent = [name for name in ("phase", "threat") if name not in classes.dims]
    grid = classes.expand_dims(absent).transpose("phase", "threat", "latitude", "longitude")
    rows, columns = grid.shape[:2]
    latitude, longitude = dataset["latitude"].values, dataset["longitude"].values
    options = {"figsize": _size_inches(rows, columns), "layout": "constrained", **figure_options}
    figure: Figure
    figure, axes = pyplot.subplots(rows, columns, squeeze=False, sharex=True, sharey=True, **options)
    colours, norm = ListedColormap(list(_COLOURS)), BoundaryNorm(np.arange(-0.5, 5.0), len(_COLOURS))
    for row, column in np.ndindex(rows, columns):
        axis, cells = axes[row, column], grid[row, column]
        axis.pcolormesh(longitude, latitude, cells.values, cmap=colours, norm=norm, rasterized=True)
        axis.set_aspect(1.0 / np.cos(np.radians(latitude.mean())))
        named = [str(cells[name].values) for name in ("phase", "threat") if name in cells.coords]
        axis.set_title(", ".join(named))
    figure.supxlabel("longitude, degrees east")
    figure.supylabel("latitude, degrees north")
    beside = 3 if figure.get_figwidth() >= _LEGEND_INCHES else 1
    handles = [Patch(color=_COLOURS[k], label=CLASSES[k]) for k in (2, 3, 4)]
    figure.legend(handles=handles, loc="outside upper center", ncols=beside, frameon=False)
    if "inline" in pyplot.get_backend():
        pyplot.close(figure)  # a notebook shows what a cell returns, and would show an open figure again
    return figure
