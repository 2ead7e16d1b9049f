"""A first look at a coverage Dataset: one map for each phase and threat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLASSES = ("sea", "land", "territory out of reach", "in reach, not defended", "defended")
# Two greys, then Okabe and Ito's palette, safe for the colour-blind.
_COLOURS = ("#ffffff", "#ececec", "#bdbdbd", "#d55e00", "#0072b2")


def map_classes(dataset: xr.Dataset) -> NDArray[np.int8]:
    """Index into CLASSES for each cell, with the dimensions of `defended`."""
    defended = dataset["defended"]
    shape = [dataset["land"].values, dataset["territory"].values]
    land, own = (np.broadcast_to(part, defended.shape) for part in shape)
    hit = np.broadcast_to(dataset["threatened"].values, defended.shape)
    found: NDArray[np.int8] = np.select(
        [defended.values == 1, hit == 1, own == 1, land == 1], [4, 3, 2, 1], 0
    ).astype(np.int8)
    return found


def quicklook(dataset: xr.Dataset, **figure_options: Any) -> Figure:
    """Draw the maps of a coverage Dataset; figure_options go to `matplotlib.pyplot.subplots`."""
    from matplotlib import pyplot
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    classes = map_classes(dataset)
    dims = dataset["defended"].dims[:-2]
    phases = np.atleast_1d(dataset["phase"].values)
    threats = np.atleast_1d(dataset["threat"].values)
    order = [dims.index(name) for name in ("phase", "threat") if name in dims]
    grid = classes.transpose([*order, classes.ndim - 2, classes.ndim - 1])
    grid = grid.reshape(phases.size, threats.size, *classes.shape[-2:])
    latitude, longitude = dataset["latitude"].values, dataset["longitude"].values
    options = {
        "figsize": (4.0 * threats.size + 1.0, 3.2 * phases.size + 0.6),
        "squeeze": False,
        **figure_options,
    }
    figure, axes = pyplot.subplots(
        phases.size, threats.size, sharex=True, sharey=True, layout="constrained", **options
    )
    colours, norm = ListedColormap(list(_COLOURS)), BoundaryNorm(np.arange(-0.5, 5.0), len(_COLOURS))
    for row, phase in enumerate(phases):
        for column, threat in enumerate(threats):
            axis = axes[row, column]
            axis.pcolormesh(longitude, latitude, grid[row, column], cmap=colours, norm=norm, rasterized=True)
            axis.set_aspect(1.0 / np.cos(np.radians(latitude.mean())))
            axis.set_title(f"{phase}, {threat}")
    figure.supxlabel("longitude, degrees east")
    figure.supylabel("latitude, degrees north")
    handles = [Patch(color=_COLOURS[k], label=CLASSES[k]) for k in (2, 3, 4)]
    figure.legend(handles=handles, loc="outside upper center", ncols=3, frameon=False)
    return figure
