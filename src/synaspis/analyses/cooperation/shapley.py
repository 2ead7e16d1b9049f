"""The Shapley value: what each player adds, averaged over all orders in which they can come together.

L. S. Shapley, A value for n-person games, in Contributions to the Theory of Games II (1953) 307,
https://doi.org/10.1515/9781400881970-018.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb
from typing import Any, Final, TypeVar

import numpy as np

from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats

Player = TypeVar("Player")

EXACT_PLAYERS: Final = 12
"""Up to as many players every coalition is looked at: 4,096 of them."""


def shapley(worth: Callable[[frozenset[Player]], Any], players: Sequence[Player]) -> dict[Player, Any]:
    """The exact Shapley value of each player.

    worth: of a coalition, asked once for each; a whole number or a `Fraction` gives an exact fraction, a
    float gives a float. players: at most 12, each once. With n players

    phi_i = sum over S without i of [v(S + i) - v(S)] / (n C(n - 1, |S|)).

    The empty coalition may be worth something; the values add up to v(all) - v(none).
    Raises InputError for more players, or for one named twice.
    """
    _check(players)
    count = len(players)
    worths = [worth(_members(players, number)) for number in range(1 << count)]
    weights = [Fraction(1, count * comb(count - 1, size)) for size in range(count)]
    values: dict[Player, Any] = {}
    for at, player in enumerate(players):
        value: Any = Fraction(0)
        for number in range(1 << count):
            if not number >> at & 1:
                value += weights[number.bit_count()] * (worths[number | 1 << at] - worths[number])
        values[player] = value
    return values


def shapley_of_table(worths: Floats) -> Floats:
    """The exact Shapley values of games that are given as a table.

    worths: (2 ** n coalitions, game), coalition k has player i if bit i of k is set. Returns (n, game).
    """
    count = worths.shape[0].bit_length() - 1
    number = np.arange(worths.shape[0])
    size = np.bitwise_count(number)
    weights = np.array([1.0 / (count * comb(count - 1, each)) for each in range(count)])
    values = np.empty((count, worths.shape[1]))
    for player in range(count):
        without = number[(number >> player) & 1 == 0]
        values[player] = weights[size[without]] @ (worths[without | 1 << player] - worths[without])
    return values


def _members(players: Sequence[Player], number: int) -> frozenset[Player]:
    return frozenset(player for at, player in enumerate(players) if number >> at & 1)


def _check(players: Sequence[object]) -> None:
    if len(players) > EXACT_PLAYERS:
        what = f"{len(players)} players are too many for the exact Shapley value; at most {EXACT_PLAYERS} are"
        raise InputError(Fault(f"{what} allowed", remedy="Use sampled_shapley."))
    if len(set(players)) < len(players):
        raise InputError(Fault("a player is named twice", remedy="Name each player once."))
