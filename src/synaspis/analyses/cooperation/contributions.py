"""What each player of a kind adds: left out, alone, and on average over all orders of joining."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.capability import Capability
from synaspis.analyses.cooperation.clauses import clause_game
from synaspis.analyses.cooperation.games import (
    DefenceGame,
    WarningGame,
    bearers,
    defence_game,
    every_coalition,
    narrowed,
    warning_game,
)
from synaspis.analyses.cooperation.result import MEASURES, By, Contributions, Method
from synaspis.analyses.cooperation.sampling import Game, sampled_shapley
from synaspis.analyses.cooperation.shapley import EXACT_PLAYERS, shapley_of_table
from synaspis.analyses.running import Mapper
from synaspis.engine.parameters import Floats

_ARRAYS = ("none", "whole", "lost_without", "adds_alone", "shapley", "low", "high")


class Sampling(NamedTuple):
    """How games of many players are sampled; see `sampled_shapley`."""

    seed: np.random.SeedSequence
    width: float
    orders_max: int
    mapper: Mapper


class Players(NamedTuple):
    """Who plays: ids, names as people say them, and what each brings (assets, or clauses)."""

    by: By
    ids: Sequence[str]
    names: Sequence[str]
    brings: Sequence[Sequence[str]]


class Answer(NamedTuple):
    """What is asked of one game.

    none, whole: (measure,). lost_without, adds_alone, shapley, low, high: (player, measure).
    """

    none: Floats
    whole: Floats
    lost_without: Floats
    adds_alone: Floats
    shapley: Floats
    low: Floats
    high: Floats
    method: Method


def solved(
    game: Game, sampling: Sampling, able: NDArray[np.int64] | None = None, small: Game | None = None
) -> Answer:
    """Leave every player out, take it alone, and find its Shapley value.

    able: players who can add anything, all by default; small: the game of these alone. The others are worth 0
    in every coalition, so that 12 who count are solved exactly among any number.
    """
    size = game.size
    alone = np.eye(size, dtype=bool)
    whole, none = np.ones((1, size), bool), np.zeros((1, size), bool)
    rows = game.worths(np.concatenate([none, whole, ~alone, alone]))
    least, most = rows[0], rows[1]
    players = np.arange(size) if able is None else able
    inner = game if small is None else small
    value = np.zeros((size, least.size))
    low, high = value.copy(), value.copy()
    method = Method("exact")
    if 0 < players.size <= EXACT_PLAYERS:
        value[players] = shapley_of_table(inner.worths(every_coalition(players.size)))
        low[players] = high[players] = value[players]
    elif players.size:
        found = sampled_shapley(
            inner,
            seed=sampling.seed,
            width=sampling.width,
            orders_max=sampling.orders_max,
            mapper=sampling.mapper,
        )
        value[players], low[players], high[players] = found.value, found.low, found.high
        method = Method("sampled", found.orders, found.reached)
    return Answer(least, most, most - rows[2 : 2 + size], rows[2 + size :] - least, value, low, high, method)


def by_assets(capability: Capability, players: Players, sampling: Sampling) -> Contributions:
    """What players who bring assets add under the agreements in force."""
    seeds = sampling.seed.spawn(2 * len(capability.threat_ids))
    answers = []
    for threat in range(len(capability.threat_ids)):
        games: tuple[DefenceGame | WarningGame, ...] = (
            defence_game(capability, threat, players.brings),
            warning_game(capability, threat, players.brings),
        )
        row = []
        for game, seed in zip(games, seeds[2 * threat : 2 * threat + 2], strict=True):
            able = bearers(game)
            found = solved(game, sampling._replace(seed=seed), able, narrowed(game, able))
            # An asset never does harm, so that its value is never below 0.
            row.append(found._replace(low=np.maximum(found.low, 0.0)))
        answers.append(row)
    return _contributions(capability, players, answers)


def by_clauses(capability: Capability, players: Players, sampling: Sampling) -> Contributions:
    """What players who bring clauses add, all assets being there."""
    seeds = sampling.seed.spawn(2)
    parts = []
    for seed, product in zip(seeds, ("track", "warning"), strict=True):
        game = clause_game(capability, players.brings, product)
        able = np.array([n for n, names_of in enumerate(game.players) if names_of], dtype=np.int64)
        parts.append(solved(game, sampling._replace(seed=seed), able, game.narrowed(able)))
    answers = [
        [_columns(parts[0], slice(2 * threat, 2 * threat + 2)), _columns(parts[1], slice(threat, threat + 1))]
        for threat in range(len(capability.threat_ids))
    ]
    return _contributions(capability, players, answers)


def _columns(answer: Answer, columns: slice) -> Answer:
    return answer._replace(**{name: getattr(answer, name)[..., columns] for name in _ARRAYS})


def _contributions(
    capability: Capability, players: Players, answers: Sequence[Sequence[Answer]]
) -> Contributions:
    """Join the answers for each threat: area and people of the first game, warning of the second."""

    def joined(name: str) -> Floats:
        rows = [np.concatenate([getattr(each, name) for each in row], axis=-1) for row in answers]
        return np.stack(rows, axis=-2)

    methods = {
        (threat, measure): row[0 if at < 2 else 1].method
        for threat, row in zip(capability.threat_ids, answers, strict=True)
        for at, measure in enumerate(MEASURES)
    }
    return Contributions(
        players.by, tuple(players.ids), tuple(players.names), capability.threat_ids, methods=methods,
        **{
            name: joined(name)
            for name in _ARRAYS
        },
    )  # fmt: skip
