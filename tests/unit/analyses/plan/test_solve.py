"""The solver against trying everything, and against covering problems whose best value has a closed form."""

from dataclasses import replace
from math import ceil

import pytest

from synaspis.analyses.plan import Budget, Built, Group, Means, Option, Problem, best_plan, conflict_of, held
from synaspis.analyses.plan import Minimum as Wanted


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("objective", ["population", "worst-off"])
def test_the_best_plan_is_the_best_of_all_plans(small, counted, seed, objective):
    problem = small(seed)
    best = best_plan(problem, objective)
    ranks = [counted.rank(problem, plan, objective) for plan in counted.everything(problem)]
    assert counted.rank(problem, best.schedule, objective) == max(ranks)
    assert best.gap == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("seed", range(12, 20))
def test_dependencies_and_alternatives_leave_the_best_of_what_is_allowed(small, counted, seed):
    problem = small(seed, relations=True)
    best = best_plan(problem)
    assert counted.allowed(problem, best.schedule)
    ranks = [counted.rank(problem, plan, "population") for plan in counted.everything(problem)]
    assert counted.rank(problem, best.schedule, "population") == max(ranks)


@pytest.mark.parametrize("seed", range(20, 26))
@pytest.mark.parametrize("depth", [3, 5])
def test_numbers_of_interceptors_are_chosen_as_well_as_by_trying_all(small, counted, seed, depth):
    problem = small(seed, depth=depth)
    assert problem.deep
    best = best_plan(problem)
    ranks = [counted.rank(problem, plan, "population") for plan in counted.everything(problem)]
    assert counted.rank(problem, best.schedule, "population") == max(ranks)


@pytest.mark.parametrize("seed", range(6))
def test_the_program_counts_people_as_the_plain_count_does(small, counted, seed):
    problem = small(seed, depth=3)
    for plan in list(counted.everything(problem))[:: 37 + seed]:
        for year in (0, 1):
            assert list(held(problem, plan, year)) == counted.people(problem, plan, year)


@pytest.mark.parametrize("seed", range(26, 34))
def test_with_minima_the_best_plan_is_the_best_of_those_that_meet_them(small, counted, seed):
    problem = small(seed)
    wanted = (Wanted("minima.a", 1, "p", share=0.2), Wanted("minima.b", 0, None, people=60_000.0))
    bound = replace(problem, minima=wanted)
    meeting = [
        plan
        for plan in counted.everything(problem)
        if counted.people(problem, plan, 1)[0] >= 0.2 * problem.reach[0]
        and sum(counted.people(problem, plan, 0)) >= 60_000
    ]
    best = best_plan(bound)
    if not meeting:
        assert best is None
        assert conflict_of(bound) is not None
    else:
        ranks = [counted.rank(problem, plan, "population") for plan in meeting]
        assert counted.rank(problem, best.schedule, "population") == max(ranks)


def covering(
    sets: dict[str, set[int]], points: int, number: int | None, minimum: int | None = None
) -> Problem:
    """A maximal covering problem: one price for every set, a budget for `number` of them."""
    names = sorted(sets)
    means = tuple(Means("", frozenset({name})) for name in names)
    groups = tuple(
        Group(frozenset({frozenset(k for k, name in enumerate(names) if point in sets[name])}), (1.0,))
        for point in range(points)
    )
    return Problem(
        options={name: Option(id=name, owner="p", price_usd=1e6) for name in names},
        years=(2020,),
        means=means,
        groups=groups,
        partners=("p",),
        reach=(float(points),),
        always=(0.0,),
        budget=Budget(total_usd=None if number is None else 1e6 * number),
        minima=() if minimum is None else (Wanted("minima.all", 0, people=float(minimum)),),
        counted=("p",),
    )  # fmt: skip


def path(points: int, radius: int) -> dict[str, set[int]]:
    return {f"n{i:02}": {j for j in range(points) if abs(i - j) <= radius} for i in range(points)}


@pytest.mark.parametrize("points", [9, 14, 20])
@pytest.mark.parametrize("radius", [1, 2])
@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_facilities_on_a_line_cover_as_many_as_their_reaches_laid_side_by_side(points, radius, number):
    """The maximal covering problem of Church and ReVelle (1974), doi:10.1007/BF01942293, on a path graph:
    intervals of 2 r + 1 points laid side by side, so min(n, p (2 r + 1)) points.
    """
    best = best_plan(covering(path(points, radius), points, number))
    assert best.value == min(points, number * (2 * radius + 1))


@pytest.mark.parametrize("points", [9, 14, 20])
@pytest.mark.parametrize("radius", [1, 2])
def test_to_cover_a_line_whole_takes_the_ceiling_of_its_length_by_the_reach(points, radius):
    """The location set covering problem of Toregas et al. (1971), doi:10.1287/opre.19.6.1363, on a path
    graph: the domination number, ceil(n / (2 r + 1)).
    """
    least = ceil(points / (2 * radius + 1))
    conflict = conflict_of(covering(path(points, radius), points, least - 1, minimum=points))
    assert conflict.least_cost_usd == pytest.approx(1e6 * least)
    best = best_plan(covering(path(points, radius), points, None, minimum=points))
    assert len(best.schedule) == least


FANO = [{0, 1, 2}, {0, 3, 4}, {0, 5, 6}, {1, 3, 5}, {1, 4, 6}, {2, 3, 6}, {2, 4, 5}]


@pytest.mark.parametrize(("lines", "covered"), [(1, 3), (2, 5), (3, 7)])
def test_lines_of_the_fano_plane_cover_what_geometry_says(lines, covered):
    """Two lines of a projective plane of order 2 meet in one point, so two cover 3 + 3 - 1; the three lines
    through a point cover the whole plane of 7.
    """
    sets = {f"l{number}": line for number, line in enumerate(FANO)}
    assert best_plan(covering(sets, 7, lines)).value == covered


def test_a_fractional_optimum_does_not_pass_for_a_plan():
    """The linear relaxation of covering the 5-cycle by edges has value 5/2; three edges are needed."""
    cycle = {f"e{i}": {i, (i + 1) % 5} for i in range(5)}
    assert conflict_of(covering(cycle, 5, 2, minimum=5)).least_cost_usd == pytest.approx(3e6)


def test_nothing_is_built_where_nothing_helps(small):
    problem = replace(small(0), groups=())
    best = best_plan(problem)
    assert best.schedule == {}
    assert best.value == 800.0


def test_the_answer_is_the_same_on_every_run_and_in_every_order(small):
    problem = small(3)
    names = list(problem.options)
    turned = replace(
        problem,
        options={name: problem.options[name] for name in reversed(names)},
        groups=tuple(reversed(problem.groups)),
    )
    assert best_plan(problem) == best_plan(problem)
    assert best_plan(problem).schedule == best_plan(turned).schedule


def test_of_equal_plans_the_first_in_the_alphabet_is_taken():
    sets = {"a": {0}, "b": {0}, "c": {0}}
    assert best_plan(covering(sets, 1, 1)).schedule == {"a": Built(0, (0,))}


def test_what_does_not_cost_more_in_the_end_is_built_as_early_as_it_helps():
    problem = replace(covering({"a": {0}}, 1, 5), years=(2020, 2021, 2022))
    assert best_plan(problem).schedule["a"].year == 0
