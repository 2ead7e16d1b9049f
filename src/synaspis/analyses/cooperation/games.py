"""Games whose worth is what a defence defends, or how long it warns, when only some parts are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.capability import Capability, Pooling
from synaspis.engagement.chains import Chains, Words, fulfilled
from synaspis.engagement.warning import warned
from synaspis.engine.parameters import Floats

Members = NDArray[np.bool_]
_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class DefenceGame:
    """Worth of a group of assets against one threat: what it defends, in the measures of `weight`.

    found: formulas. radar_player, battery_player: (radar,), (battery,) index of the player that brings the
    asset; `size` for one that nobody brings, which is never there. first_case, case: see `ThreatFlights`.
    weight: (cell, measure). spans: (measure,) what all of them are worth together: no step is larger.
    """

    size: int
    found: Chains
    radar_player: NDArray[np.int64]
    battery_player: NDArray[np.int64]
    first_case: NDArray[np.int64]
    case: NDArray[np.int64]
    weight: Floats
    spans: Floats

    def worths(self, members: Members) -> Floats:
        """Worth of coalitions: members (coalition, player) to (coalition, measure)."""
        lots = [self._lot(members[k : k + _AT_ONCE]) for k in range(0, members.shape[0], _AT_ONCE)]
        return np.concatenate(lots)

    def _lot(self, members: Members) -> Floats:
        words = packed(members)
        held = fulfilled(
            self.found, words[self.radar_player], words[self.battery_player], self.first_case, self.case
        )
        bits = np.unpackbits(held.view(np.uint8), axis=1, bitorder="little")[:, : members.shape[0]]
        worth: Floats = bits.T.astype(np.float64) @ self.weight
        return worth


@dataclass(frozen=True, eq=False)
class WarningGame:
    """Worth of a group of sensors against one threat: mean warning of the people in its reach, in s.

    arrival_s: (case, player) when the first report that the player brings is where the flight will fall.
    impact_s: (case,). weight: (cell,) share of the threatened people. spans: (1,).
    """

    size: int
    arrival_s: Floats
    impact_s: Floats
    first_case: NDArray[np.int64]
    case: NDArray[np.int64]
    weight: Floats
    spans: Floats

    def worths(self, members: Members) -> Floats:
        """Worth of coalitions: members (coalition, player) to (coalition, 1)."""
        total = warned(
            self.arrival_s,
            self.impact_s,
            packed(members)[: self.size],
            self.first_case,
            self.case,
            self.weight,
        )
        return total[: members.shape[0], None]


def packed(members: Members) -> Words:
    """Coalitions as bits of words, (player + 1, word); the last row is of nobody."""
    rows = np.packbits(members.T, axis=1, bitorder="little")
    room = np.zeros((members.shape[1] + 1, -(-members.shape[0] // 64) * 8), np.uint8)
    room[:-1, : rows.shape[1]] = rows
    return room.view(np.uint64)


def every_coalition(size: int) -> Members:
    """All coalitions of some players, (2 ** size, size); coalition k has player i if bit i of k is set."""
    return (np.arange(1 << size)[:, None] >> np.arange(size) & 1).astype(bool)


def defence_game(
    capability: Capability, threat: int, brings: Sequence[Sequence[str]], sharing: Pooling = "agreements"
) -> DefenceGame:
    """The game of some players, by what each brings, with the area (m2) and the people that they defend.

    threat: its index. brings: ids of the assets of each player; what nobody brings is not there.
    """
    flights = capability.flights[threat]
    weight = np.stack([capability.area_m2, capability.population.astype(np.float64)], axis=1)
    game = DefenceGame(
        len(brings), capability.chains(capability.rights(sharing))[threat],
        _players(capability.radar_ids, brings), _players(capability.battery_ids, brings),
        flights.first_case, flights.case, weight, np.zeros(2),
    )  # fmt: skip
    return replace(game, spans=game.worths(np.ones((1, game.size), bool))[0])


def warning_game(
    capability: Capability, threat: int, brings: Sequence[Sequence[str]], sharing: Pooling = "agreements"
) -> WarningGame:
    """The game of some players, by what each brings, with the mean warning of all people in reach.

    Arguments as in `defence_game`. Everybody is told what the rights give, also partners who bring nothing.
    """
    flights = capability.flights[threat]
    sensors = (*capability.radar_ids, *capability.satellite_ids)
    arrival_s = capability.arrival_s(threat, capability.rights(sharing))
    number = _players(sensors, brings)
    first_s = np.full((arrival_s.shape[0], len(brings)), np.inf)
    for player in range(len(brings)):
        first_s[:, player] = arrival_s[:, number == player].min(axis=1, initial=np.inf)
    people = capability.population * capability.threatened[threat]
    weight = people / max(people.sum(), 1)
    game = WarningGame(
        len(brings), first_s, flights.impact_s, flights.first_case, flights.case, weight, np.zeros(1)
    )
    return replace(game, spans=game.worths(np.ones((1, game.size), bool))[0])


def bearers(game: DefenceGame | WarningGame) -> NDArray[np.int64]:
    """Players who can add anything at all; all others are worth nothing in every coalition."""
    if isinstance(game, WarningGame):
        useful = (game.arrival_s < game.impact_s[:, None]).any(axis=0)
        found: NDArray[np.int64] = np.flatnonzero(useful)
        return found
    step = np.unique(game.found.step)
    radars = np.unique(np.where(step >= 0, step, -2 - step))
    batteries = np.unique(game.found.battery[np.diff(game.found.first_step) > 0])
    players = np.concatenate(
        [game.radar_player[radars[radars >= 0]], game.battery_player[batteries.astype(np.int64)]]
    )
    return np.unique(players[players < game.size])


def narrowed(game: DefenceGame | WarningGame, players: NDArray[np.int64]) -> DefenceGame | WarningGame:
    """The game of some of its players, when the others are not there."""
    if isinstance(game, WarningGame):
        return replace(game, size=players.size, arrival_s=game.arrival_s[:, players])
    place = np.full(game.size + 1, players.size, np.int64)
    place[players] = np.arange(players.size)
    return replace(
        game,
        size=players.size,
        radar_player=place[game.radar_player],
        battery_player=place[game.battery_player],
    )


def _players(assets: Sequence[str], brings: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Player that brings each asset, one more than the last for nobody."""
    owner = {asset: number for number, group in enumerate(brings) for asset in group}
    return np.array([owner.get(asset, len(brings)) for asset in assets], dtype=np.int64)
