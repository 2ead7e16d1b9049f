"""Shapley values of many players from random orders, with intervals that hold at every size of sample.

J. Castro, D. Gomez, J. Tejada, Polynomial calculation of the Shapley value based on sampling, Computers &
Operations Research 36 (2009) 1726, https://doi.org/10.1016/j.cor.2008.04.004. Intervals: J.-Y. Audibert,
R. Munos, C. Szepesvari, Exploration-exploitation tradeoff using variance estimates in multi-armed bandits,
Theoretical Computer Science 410 (2009) 1876, theorem 1, https://doi.org/10.1016/j.tcs.2009.01.016.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.running import Mapper
from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats

CONFIDENCE: Final = 0.95
ORDERS_A_PART: Final = 256
PARTS_FIRST: Final = 4


class Game(Protocol):
    """A game that many coalitions can be put to at once."""

    @property
    def size(self) -> int:
        """Players."""
        ...

    @property
    def spans(self) -> Floats:
        """Width of what one player can change, from the least to the most, (measure,)."""
        ...

    def worths(self, members: NDArray[np.bool_]) -> Floats:
        """Worth of coalitions: members (coalition, player) to (coalition, measure)."""
        ...


@dataclass(frozen=True, eq=False)
class Sampled:
    """Shapley values with intervals.

    value, low, high: (player, measure). orders: how many were drawn. reached: whether the intervals are as
    narrow as was asked.
    """

    value: Floats
    low: Floats
    high: Floats
    orders: int
    reached: bool


@dataclass(frozen=True)
class Part:
    """Some random orders of one game; what a worker is handed."""

    game: Game
    seed: np.random.SeedSequence
    orders: int


def contributions(part: Part) -> Floats:
    """What each player adds in each order, (order, player, measure).

    Every second order is the one before turned round, so that a player who came early comes late.
    """
    random = np.random.Generator(np.random.PCG64(part.seed))
    size, count = part.game.size, part.orders
    half = np.array([random.permutation(size) for _ in range(count // 2)])
    order = np.stack([half, half[:, ::-1]], axis=1).reshape(count, size)
    place = np.argsort(order, axis=1)
    members = place[:, None, :] < np.arange(size + 1)[None, :, None]
    worth = part.game.worths(members.reshape(count * (size + 1), size)).reshape(count, size + 1, -1)
    step = np.diff(worth, axis=1)
    return np.take_along_axis(step, place[:, :, None], axis=1)


def sampled_shapley(
    game: Game,
    *,
    seed: np.random.SeedSequence,
    width: float = 0.05,
    orders_max: int = 32_768,
    mapper: Mapper = map,
) -> Sampled:
    """Shapley values by drawing orders until the intervals are narrow, doubling the number each time.

    seed: each part of 256 orders gets a stream spawned from it, so that results do not depend on who runs
    them.
    width: of the widest interval, as a share of the span of its measure, above 0 and below 1.
    The intervals of all players and measures hold together with 95 % probability wherever the sampling stops:
    with k pairs of orders, variance V of their means, span R, at the j-th stop

    half width = sqrt(2 V log(3 / d) / k) + 3 R log(3 / d) / k, d = 0.05 / (players measures j (j + 1)).

    Raises InputError for a width out of bounds.
    """
    if not 0.0 < width < 1.0:
        raise InputError(Fault(f"the width is {width:g}; above 0 and below 1 is allowed", where="width"))
    spans = game.spans
    pairs = np.empty((0, game.size, spans.size))
    parts, stop = PARTS_FIRST, 0
    while True:
        seeds = seed.spawn(parts)
        drawn = [
            np.asarray(each) for each in mapper(contributions, [Part(game, s, ORDERS_A_PART) for s in seeds])
        ]
        means = [each.reshape(-1, 2, *each.shape[1:]).mean(axis=1) for each in drawn]
        pairs = np.concatenate([pairs, *means])
        stop += 1
        value, half = pairs.mean(axis=0), _half_width(pairs, spans, stop)
        orders = 2 * pairs.shape[0]
        reached = bool((2.0 * half <= width * np.maximum(spans, np.finfo(float).tiny)).all())
        if reached or 2 * orders > orders_max:
            return Sampled(value, value - half, value + half, orders, reached)
        parts = orders // ORDERS_A_PART


def _half_width(pairs: Floats, spans: Floats, stop: int) -> Floats:
    """Half widths of the intervals, (player, measure)."""
    count = pairs.shape[0]
    risk = (1.0 - CONFIDENCE) / (pairs.shape[1] * pairs.shape[2] * stop * (stop + 1))
    spread = np.log(3.0 / risk) / count
    half: Floats = np.sqrt(2.0 * pairs.var(axis=0) * spread) + 3.0 * spans * spread
    return half
