"""The points of a sweep: every combination of a grid, or a latin hypercube."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np
from scipy.stats import qmc

from synaspis.analyses.sweep._levels import Level, at_share, listed
from synaspis.analyses.sweep.document import Axis, SweepDocument

Point = tuple[Level, ...]
"""One value of each axis, in the order of the file."""

SAMPLE = "sample"
"""Dimension of the points of a latin hypercube."""


class Design(NamedTuple):
    """Where the points lie.

    levels: the values of each axis: of a grid each once, of a latin hypercube at each point. shape: of the
    dimensions of the result. points: in the order of the dimensions, the last one fastest.
    """

    levels: Mapping[str, list[Level]]
    shape: Mapping[str, int]
    points: list[Point]


def point_count(document: SweepDocument) -> int:
    """Number of points, without making them."""
    if document.design == "grid":
        return prod(len(listed(axis)) for axis in document.vary.values())
    return document.samples or 0


def design_of(document: SweepDocument) -> Design:
    """Lay out the points of a checked sweep."""
    if document.design == "grid":
        levels = {name: listed(axis) for name, axis in document.vary.items()}
        shape = {name: len(values) for name, values in levels.items()}
        return Design(levels, shape, list(product(*levels.values())))
    assert document.samples is not None
    assert document.seed is not None
    return _hypercube(document.vary, document.samples, document.seed)


def _hypercube(axes: Mapping[str, Axis], samples: int, seed: int) -> Design:
    """Latin hypercube: each axis is cut into as many parts as there are samples and meets each part once.

    Source: McKay, Beckman and Conover, A comparison of three methods for selecting values of input variables,
    Technometrics 21 (1979) 239-245, doi:10.1080/00401706.1979.10489755.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    shares = qmc.LatinHypercube(len(axes), rng=generator).random(samples)
    levels = {
        name: [at_share(axis, float(share)) for share in shares[:, number]]
        for number, (name, axis) in enumerate(axes.items())
    }
    return Design(levels, {SAMPLE: samples}, list(zip(*levels.values(), strict=True)))
