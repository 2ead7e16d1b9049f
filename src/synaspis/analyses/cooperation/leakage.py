"""How many more of a stated raid get through without each player, all else and all chance being the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synaspis.agreement import Agreement
from synaspis.analyses._threat_run import defence
from synaspis.analyses.capability import named_clauses, with_agreements
from synaspis.analyses.cooperation.contributions import Players
from synaspis.analyses.cooperation.games import every_coalition
from synaspis.analyses.cooperation.shapley import shapley_of_table
from synaspis.analyses.raid import Estimate, RaidDocument, raid
from synaspis.analyses.raid.field import field_of
from synaspis.engagement import NEVER_S, observe
from synaspis.engine.flight import BURNOUT
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import Scenario, Variant, architecture, missile_parameters

RUNS = 10_000
"""Of the Monte Carlo where no closed form fits."""

PLAYERS_MAX = 8
"""Up to as many players who matter have a Shapley value of leakage: 256 raids."""


@dataclass(frozen=True, eq=False)
class LeakageGame:
    """A raid on a scenario of which only some assets or clauses are there.

    scenario: cut to the assets that count, all of them in service on the day of the phase. seed: of every
    raid, so that the same chance meets every defence. Raids with the same possible shots are played once.
    """

    scenario: Scenario
    document: RaidDocument
    phase: str
    seed: int
    runs: int = RUNS
    _played: dict[bytes, Estimate] = field(default_factory=dict, init=False, repr=False)

    def leakers(
        self, excluded: Collection[str], agreements: Mapping[str, Agreement] | None = None
    ) -> Estimate:
        """Mean number that gets through without some assets, under the agreements in force or others."""
        scenario = self.scenario if agreements is None else with_agreements(self.scenario, agreements)
        day = scenario.phase(self.phase).date
        shots = field_of(scenario, self.document, Variant(day, frozenset(excluded)))
        here = np.unique(shots.battery)
        parts = (shots.missile, shots.battery, shots.launch_s, shots.intercept_s, shots.stock[here])
        key = b"|".join(np.ascontiguousarray(part).tobytes() for part in parts)
        if key not in self._played:
            answer = raid(
                scenario,
                self.document,
                phase=self.phase,
                excluded=tuple(excluded),
                runs=self.runs,
                seed=self.seed,
            )
            self._played[key] = answer.leakage.leakers_mean
        return self._played[key]

    def useful(self) -> frozenset[str]:
        """Assets that could matter to this raid if everything were shared; without any other nothing changes.

        A battery needs a possible shot with every radar there, a radar a firm track of some missile.
        """
        day = self.scenario.phase(self.phase).date
        shots = field_of(self.scenario, self.document, Variant(day, sharing="all"))
        plan = architecture(self.scenario, [Variant(day)])
        useful = {shots.battery_ids[number] for number in np.unique(shots.battery)}
        for group in self.document.missiles.values():
            missile = self.scenario.missile(group.threat)
            names, latitudes, longitudes = self.scenario.launch_points(group.threat)
            at = names.index(group.launch_point)
            fan = Fan.at(missile_parameters(missile), float(latitudes[at]), float(longitudes[at]))
            flown = aim(fan, np.array([group.aim.latitude.si]), np.array([group.aim.longitude.si]))
            shield = defence(self.scenario, missile, plan)
            tracks = observe(flown.nodes, flown.summary[:, BURNOUT].copy(), shield.radars, shield.satellites)
            useful |= {plan.radar_ids[number] for number in np.flatnonzero(tracks.firm_s[0] < NEVER_S)}
        return frozenset(useful)


def leakage_of(game: LeakageGame, players: Sequence[Players]) -> dict[str, Any]:
    """Leakage with all, without each player, and the Shapley value of each in missiles stopped; for JSON."""
    every = game.leakers(())
    useful = game.useful()
    return {
        "raid": game.document.name,
        "missiles": sum(group.count for group in game.document.missiles.values()),
        "runs": game.runs,
        "seed": game.seed,
        "leakers_mean": every.to_dict(),
        "by": {each.by: list(_entries(game, each, every, useful)) for each in players},
    }


def _entries(
    game: LeakageGame, players: Players, every: Estimate, useful: frozenset[str]
) -> Iterator[dict[str, Any]]:
    by_assets = players.by in ("partner", "asset")
    able = [
        at
        for at, brings in enumerate(players.brings)
        if not by_assets or any(name in useful for name in brings)
    ]
    values: dict[int, float | None] = dict.fromkeys(range(len(players.ids)), 0.0)
    if len(able) <= PLAYERS_MAX:
        rows = every_coalition(len(able))
        worth = np.array(
            [-_without(game, players, {able[k] for k in np.flatnonzero(~row)}).value for row in rows]
        )
        values |= dict(zip(able, shapley_of_table(worth[:, None])[:, 0].tolist(), strict=True))
    else:
        values |= dict.fromkeys(able, None)
    for at, (player, name) in enumerate(zip(players.ids, players.names, strict=True)):
        left = _without(game, players, {at}) if at in able else every
        yield {
            "id": player,
            "name": name,
            "leakers_mean_without": left.to_dict(),
            "more_leakers_without": left.value - every.value,
            "shapley_stopped": values[at],
        }


def _without(game: LeakageGame, players: Players, absent: set[int]) -> Estimate:
    """Leakers when some players are not there."""
    if players.by in ("partner", "asset"):
        return game.leakers([name for at in sorted(absent) for name in players.brings[at]])
    names = [name for at, brings in enumerate(players.brings) if at not in absent for name in brings]
    day = game.scenario.phase(game.phase).date
    return game.leakers((), named_clauses(game.scenario, names, day))
