"""The planning problem as a mixed-integer program; equations in `docs/methods/plan.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from synaspis.analyses.plan._solver import Floats, Program, Terms, added
from synaspis.analyses.plan.limits import wanted_people
from synaspis.analyses.plan.problem import Built, Minimum, Option, Problem, Requirement, Schedule

MILLION = 1.0e6
THOUSAND = 1.0e3
SHARES = 1.0e5
"""Shares are counted in parts of 100,000, so that one person of a large partner stays above the tolerance."""


@dataclass(eq=False)
class Formulation:
    """Columns of a problem, and what they mean; built by `formulate`.

    stands: column by (candidate, year), only where it may stand. steps: interceptors above the least, in
    steps, by (candidate, year); empty where numbers do not matter. covered: column by (group, year), for
    the watched years.
    """

    problem: Problem
    program: Program
    relaxed: frozenset[str]
    watched: tuple[int, ...]
    stands: dict[tuple[str, int], int] = field(default_factory=dict)
    steps: dict[tuple[str, int], int] = field(default_factory=dict)
    covered: dict[tuple[int, int], int] = field(default_factory=dict)
    _made: dict[tuple[object, ...], int] = field(default_factory=dict)
    _one: int = -1

    def people(self, year: int, partner: int | None = None, scale: float = 1.0 / THOUSAND) -> Terms:
        """Terms of the people defended in a watched year, besides those always defended."""
        groups = enumerate(self.problem.groups)
        return added(
            (self.covered[number, year], scale * (sum(g.people) if partner is None else g.people[partner]))
            for number, g in groups
        )

    def worst(self, year: int) -> int:
        """Column of the smallest share among the counted partners in a watched year, in parts of `SHARES`."""
        problem, column = self.problem, self.program.column(SHARES)
        for number, name in enumerate(problem.partners):
            if name in problem.counted:
                scale = SHARES / problem.reach[number]
                terms = {**self.people(year, number, -scale), column: 1.0}
                self.program.row(terms, upper=scale * problem.always[number])
        return column

    def spending(self, names: Iterable[str], years: Sequence[int]) -> Terms:
        """Terms of what some candidates cost in some years, in million USD."""
        parts: list[tuple[int, float]] = []
        for name in names:
            option = self.problem.options[name]
            table = yearly_cost(option, len(self.problem.years))[list(years)].sum(axis=0) / MILLION
            standing = [(y, self.stands[name, y]) for y in range(table.size) if (name, y) in self.stands]
            parts += [(column, float(table[year])) for year, column in standing]
            rate = option.step * option.interceptor_usd / MILLION
            for year in years:
                if (name, year) in self.steps:
                    parts.append((self.steps[name, year], rate))
                    if (name, year - 1) in self.steps:
                        parts.append((self.steps[name, year - 1], -rate))
        return added(parts)

    def life_cycle(self) -> Terms:
        """Terms of the life-cycle cost of all that stands in the last year, in million USD."""
        problem, last = self.problem, len(self.problem.years) - 1
        parts: list[tuple[int, float]] = []
        for name, option in sorted(problem.options.items()):
            if (name, last) in self.stands:
                cost_usd = option.price_usd + problem.life_years * option.yearly_usd
                parts.append((self.stands[name, last], cost_usd / MILLION))
            if (name, last) in self.steps:
                parts.append((self.steps[name, last], option.step * option.interceptor_usd / MILLION))
        return added(parts)

    def schedule(self, values: Floats) -> Schedule:
        """The plan that the columns say, in the order of the ids."""
        built: dict[str, Built] = {}
        years = range(len(self.problem.years))
        for name, option in sorted(self.problem.options.items()):
            up = [y for y in years if (name, y) in self.stands and values[self.stands[name, y]] > 0.5]
            if up:
                more = [
                    round(values[self.steps[name, y]]) if (name, y) in self.steps and y >= up[0] else 0
                    for y in years
                ]
                numbers = tuple(
                    option.least + option.step * m if y >= up[0] else 0
                    for y, m in zip(years, more, strict=True)
                )
                built[name] = Built(up[0], numbers)
        return built

    def any_of(self, key: object, year: int, columns: list[int]) -> int:
        """Column that may be 1 only if one of some columns is."""
        columns = sorted(set(columns))
        if len(columns) == 1:
            return columns[0]
        if (key, year) not in self._made:
            column = self._made[key, year] = self.program.column()
            self.program.row({column: 1.0, **dict.fromkeys(columns, -1.0)}, upper=0.0)
        return self._made[key, year]

    def all_of(self, key: object, year: int, columns: list[int]) -> int:
        """Column that may be 1 only if all of some columns are."""
        columns = sorted(set(columns))
        if len(columns) == 1:
            return columns[0]
        if (key, year) not in self._made:
            column = self._made[key, year] = self.program.column()
            for part in columns:
                self.program.row({column: 1.0, part: -1.0}, upper=0.0)
        return self._made[key, year]

    def constant(self, value: int) -> int:
        """Column that is fixed at 0 or 1."""
        if ("constant", value) not in self._made:
            self._made["constant", value] = self.program.column(value, lower=value)
        return self._made["constant", value]


def yearly_cost(option: Option, years: int) -> Floats:
    """Cost in year s for each unit of the column of year t, (s, t) in USD, without interceptors above the
    least.

    The column of year t is 1 if the candidate stands in t; it enters in t if that of t - 1 is 0.
    """
    entering = np.zeros((years, years + 1))
    for year in range(years):
        start = max(0, year - option.build_years + 1)
        entering[start : year + 1, year] = option.price_usd / (year + 1 - start)
    return entering[:, :years] - entering[:, 1:] + option.yearly_usd * np.eye(years)


def formulate(
    problem: Problem, watched: Iterable[int], *, relaxed: frozenset[str] = frozenset()
) -> Formulation:
    """Write a problem as rows and columns.

    watched: indices of the years whose coverage is asked for; those of the minima are added.
    relaxed: keys of limits that are left out, to see which of them stand against each other.
    """
    years = sorted({*watched, *(m.by for m in problem.minima if m.build is None and m.key not in relaxed)})
    formulation = Formulation(problem, Program(), relaxed, tuple(years))
    _building(formulation)
    for year in years:
        _coverage(formulation, year)
    _budget(formulation)
    for minimum in problem.minima:
        if minimum.key not in relaxed:
            _minimum(formulation, minimum)
    return formulation


def _building(f: Formulation) -> None:
    """What may stand when: once built it stays, dependencies, alternatives, numbers."""
    years = range(len(f.problem.years))
    for name, option in sorted(f.problem.options.items()):
        first = 0 if f"candidates.{name}.in_service" in f.relaxed else option.first
        for year in years[first:]:
            f.stands[name, year] = f.program.column(whole=True)
            if year > first:
                f.program.row({f.stands[name, year]: 1.0, f.stands[name, year - 1]: -1.0}, lower=0.0)
            if f.problem.deep and option.battery and option.most > option.least:
                most = (option.most - option.least) // option.step
                f.steps[name, year] = f.program.column(most, whole=True)
                f.program.row({f.steps[name, year]: 1.0, f.stands[name, year]: -float(most)}, upper=0.0)
                if year > first:
                    f.program.row({f.steps[name, year]: 1.0, f.steps[name, year - 1]: -1.0}, lower=0.0)
    for name, option in sorted(f.problem.options.items()):
        for year in years:
            if (name, year) in f.stands:
                _relations(f, option, year)


def _relations(f: Formulation, option: Option, year: int) -> None:
    own, place = f.stands[option.id, year], f"candidates.{option.id}"
    if f"{place}.needs" not in f.relaxed:
        for other in option.needs:
            f.program.row(added([(own, 1.0), *_standing(f, [other], year, -1.0)]), upper=0.0)
    if option.needs_one_of and f"{place}.needs_one_of" not in f.relaxed:
        f.program.row(added([(own, 1.0), *_standing(f, option.needs_one_of, year, -1.0)]), upper=0.0)
    if f"{place}.excludes" not in f.relaxed:
        for other in option.excludes:
            f.program.row(added([(own, 1.0), *_standing(f, [other], year, 1.0)]), upper=1.0)


def _standing(f: Formulation, names: Iterable[str], year: int, factor: float) -> list[tuple[int, float]]:
    return [(f.stands[name, year], factor) for name in names if (name, year) in f.stands]


def _coverage(f: Formulation, year: int) -> None:
    """A group is covered if all its requirements are met; a requirement, if one of its means stands."""
    for number, group in enumerate(f.problem.groups):
        met = [_met(f, requirement, year) for requirement in sorted(group.requirements, key=sorted)]
        f.covered[number, year] = f.all_of(("group", number), year, met)


def _means(f: Formulation, number: int, year: int) -> int:
    """Column that may be 1 only if all that a means needs stands."""
    needs = sorted(f.problem.means[number].needs)
    if not all((name, year) in f.stands for name in needs):
        return f.constant(0)
    if not needs:
        return f.constant(1)
    return f.all_of(("means", frozenset(needs)), year, [f.stands[name, year] for name in needs])


def _met(f: Formulation, requirement: Requirement, year: int) -> int:
    if f.problem.deep:
        return _met_in_depth(f, requirement, year)
    return f.any_of(("met", requirement), year, [_means(f, k, year) for k in sorted(requirement)])


def _met_in_depth(f: Formulation, requirement: Requirement, year: int) -> int:
    """As `_met`, but the batteries that can engage must hold enough interceptors together."""
    key = (("met", requirement), year)
    if key in f._made:
        return f._made[key]
    problem = f.problem
    met = f._made[key] = f.program.column(whole=True)
    usable: dict[int, float] = {met: float(problem.depth)}
    by_battery: dict[str, list[int]] = {}
    for k in sorted(requirement):
        by_battery.setdefault(problem.means[k].battery, []).append(_means(f, k, year))
    for battery, columns in sorted(by_battery.items()):
        option = problem.options.get(battery)
        most = float(problem.stock[battery] if option is None else option.most)
        able = f.any_of(("able", requirement, battery), year, columns)
        counted = f.program.column(most)
        f.program.row({counted: 1.0, able: -most}, upper=0.0)
        if option is not None:
            holds = added(
                [(counted, 1.0), *_standing(f, [battery], year, -float(option.least))]
                + ([(f.steps[battery, year], -float(option.step))] if (battery, year) in f.steps else [])
            )
            f.program.row(holds, upper=0.0)
        usable[counted] = -1.0
    f.program.row(usable, upper=0.0)
    return met


def _budget(f: Formulation) -> None:
    problem, budget = f.problem, f.problem.budget
    every, years = sorted(problem.options), range(len(problem.years))
    if budget.total_usd is not None and "budget.total" not in f.relaxed:
        f.program.row(f.spending(every, years), upper=budget.total_usd / MILLION)
    for year, limit in sorted(budget.yearly_usd.items()):
        if f"budget.yearly.{problem.years[year]}" not in f.relaxed:
            f.program.row(f.spending(every, [year]), upper=limit / MILLION)
    for partner, limit in sorted(budget.partner_usd.items()):
        if f"budget.partners.{partner}" not in f.relaxed:
            own = [name for name in every if problem.options[name].owner == partner]
            f.program.row(f.spending(own, years), upper=limit / MILLION)


def _minimum(f: Formulation, minimum: Minimum) -> None:
    problem, year = f.problem, minimum.by
    if minimum.build is not None:
        f.program.row(added(_standing(f, [minimum.build], year, 1.0)), lower=1.0)
        return
    number = None if minimum.partner is None else problem.partners.index(minimum.partner)
    always = sum(problem.always) if number is None else problem.always[number]
    # People are whole: half a person is left for rounding.
    f.program.row(f.people(year, number), lower=(wanted_people(problem, minimum) - 0.5 - always) / THOUSAND)
