"""The front and the reasons against trying everything; the greedy baseline never beats the best plan."""

from dataclasses import replace

import pytest

from synaspis.analyses.plan import (
    Budget,
    Group,
    Means,
    Minimum,
    Option,
    Problem,
    best_plan,
    conflict_of,
    greedy_plan,
    held,
)
from synaspis.analyses.plan import front as front_of
from synaspis.analyses.plan.limits import broken, in_words, limit_keys


def undominated(problem, counted, objective):
    free = replace(problem, budget=replace(problem.budget, total_usd=None))
    points = set()
    for plan in counted.everything(free):
        last = counted.people(problem, plan, 1)
        share = min(a / b for a, b in zip(last, problem.reach, strict=True))
        points.add(
            (round(counted.life(problem, plan)), sum(last) if objective == "population" else round(share, 12))
        )
    best: list[tuple[float, float]] = []
    for cost, value in sorted(points, key=lambda p: (p[0], -p[1])):
        if not best or value > best[-1][1]:
            best.append((cost, value))
    return best


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("objective", ["population", "worst-off"])
def test_the_front_is_every_plan_that_no_other_beats(small, counted, seed, objective):
    problem = small(seed)
    found = front_of(problem, objective)
    assert found.complete
    points = [
        (round(p.cost_usd), p.value if objective == "population" else round(p.value, 12))
        for p in found.points
    ]
    assert points == undominated(problem, counted, objective)


def test_a_coarse_front_is_part_of_the_whole_one_and_says_so(small):
    problem = small(3)
    whole = front_of(problem)
    coarse = front_of(problem, points=4)
    assert not coarse.complete
    assert len(coarse.points) < len(whole.points)
    known = {(p.cost_usd, p.value) for p in whole.points}
    assert {(p.cost_usd, p.value) for p in coarse.points} <= known
    assert (coarse.points[0], coarse.points[-1]) == (whole.points[0], whole.points[-1])


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("objective", ["population", "worst-off"])
def test_a_greedy_plan_keeps_the_limits_and_never_beats_the_best(small, counted, seed, objective):
    problem = small(seed, relations=seed % 2 == 1)
    greedy = greedy_plan(problem, objective)
    assert counted.allowed(problem, greedy)
    assert broken(problem, greedy) == []
    best = best_plan(problem, objective)
    assert counted.rank(problem, greedy, objective)[0] <= counted.rank(problem, best.schedule, objective)[0]


def test_greedy_takes_the_bait_that_the_best_plan_leaves():
    """Two sets of 4 cover 8; a third of 5 that overlaps both is taken first, and 7 is the most that is left.

    Of the kind of Nemhauser, Wolsey and Fisher (1978), doi:10.1007/BF01588971: at least 1 - 1/e of the best.
    """
    sets = {"a": range(4), "b": range(4, 8), "bait": (2, 3, 4, 5, 8)}
    names = sorted(sets)
    problem = Problem(
        options={name: Option(id=name, owner="p", price_usd=1e6) for name in names},
        years=(2020,),
        means=tuple(Means("", frozenset({name})) for name in names),
        groups=tuple(
            Group(frozenset({frozenset(k for k, n in enumerate(names) if point in sets[n])}), (1.0,))
            for point in range(9)
        ),
        partners=("p",),
        reach=(9.0,),
        always=(0.0,),
        budget=Budget(total_usd=2e6),
    )  # fmt: skip
    assert best_plan(problem).value == 8.0
    assert held(problem, greedy_plan(problem), 0).sum() == 7.0


@pytest.mark.parametrize("seed", range(10))
def test_what_conflicts_is_impossible_together_and_possible_without_any_one(small, counted, seed):
    problem = small(seed, relations=True)
    name = sorted(problem.options)[seed % 6]
    problem = replace(
        problem,
        budget=replace(problem.budget, total_usd=6e8),
        minima=(
            Minimum("minima.most", 1, None, share=0.9),
            Minimum("minima.early", 0, "q", share=0.5),
            Minimum("minima.asset", 0, build=name),
        ),
    )  # fmt: skip
    conflict = conflict_of(problem)
    assert conflict is not None
    assert set(conflict.keys) <= set(limit_keys(problem))
    assert not meets(problem, counted, set(conflict.keys))
    for key in conflict.keys:
        assert meets(problem, counted, set(conflict.keys) - {key}), key


def meets(problem, counted, keys):
    """Whether some plan keeps the limits of some names, by trying all plans without any other limit."""
    budget = problem.budget
    options = {
        name: replace(
            o,
            first=o.first if f"candidates.{name}.in_service" in keys else 0,
            build_years=o.build_years if f"candidates.{name}.in_service" in keys else 1,
            needs=o.needs if f"candidates.{name}.needs" in keys else (),
            needs_one_of=o.needs_one_of if f"candidates.{name}.needs_one_of" in keys else (),
            excludes=o.excludes if f"candidates.{name}.excludes" in keys else (),
        )
        for name, o in problem.options.items()
    }  # fmt: skip
    cut = replace(
        problem,
        options=options,
        budget=Budget(
            budget.total_usd if "budget.total" in keys else None,
            {y: v for y, v in budget.yearly_usd.items() if f"budget.yearly.{problem.years[y]}" in keys},
            {p: v for p, v in budget.partner_usd.items() if f"budget.partners.{p}" in keys},
        ),
    )  # fmt: skip
    wanted = [m for m in problem.minima if m.key in keys]
    return any(all(reached(problem, counted, m, plan) for m in wanted) for plan in counted.everything(cut))


def reached(problem, counted, minimum, plan):
    if minimum.build is not None:
        return minimum.build in plan and plan[minimum.build].year <= minimum.by
    people = counted.people(problem, plan, minimum.by)
    if minimum.partner is None:
        return sum(people) >= minimum.share * sum(problem.reach)
    number = problem.partners.index(minimum.partner)
    return people[number] >= minimum.share * problem.reach[number]


def simple(**limits) -> Problem:
    option = Option(
        id="radar", owner="pl", first=2, price_usd=9e8,
        needs=("site",), needs_one_of=("ship", "shore"), excludes=("old",),
    )  # fmt: skip
    others = {name: Option(id=name, owner="pl") for name in ("site", "ship", "shore", "old")}
    return Problem(
        options={"radar": option, **others},
        years=(2020, 2021, 2022),
        means=(Means("", frozenset({"radar"})),),
        groups=(Group(frozenset({frozenset({0})}), (600.0,)),),
        partners=("pl",),
        reach=(1000.0,),
        always=(100.0,),
        counted=("pl",),
        **limits,
    )  # fmt: skip


def test_a_budget_that_is_too_small_is_named_with_what_would_be_enough():
    problem = simple(
        budget=Budget(total_usd=5e8, partner_usd={"pl": 2e9}),
        minima=(Minimum("minima.people", 2, None, share=0.5),),
    )
    conflict = conflict_of(problem)
    assert conflict.keys == ("budget.total", "minima.people")
    assert conflict.words == (
        "no more than 500 million USD may be spent in all years together",
        "at least 50 percent of the threatened people must be defended in 2022",
    )
    assert conflict.least_cost_usd == pytest.approx(9e8)
    assert conflict.reachable == {"minima.people": 100.0}


def test_a_partner_that_cannot_pay_is_named():
    problem = simple(
        budget=Budget(total_usd=5e9, partner_usd={"pl": 1e8}),
        minima=(Minimum("minima.pl", 2, "pl", people=700.0),),
    )
    conflict = conflict_of(problem)
    assert conflict.keys == ("budget.partners.pl", "minima.pl")
    assert conflict.words[0] == "the partner 'pl' spends no more than 100 million USD"
    assert conflict.words[1] == "at least 700 of the people of 'pl' in reach must be defended in 2022"
    assert conflict.least_cost_usd is None


def test_a_minimum_that_no_candidate_can_meet_stands_alone():
    conflict = conflict_of(simple(minima=(Minimum("minima.all", 2, None, people=900.0),)))
    assert conflict.keys == ("minima.all",)
    assert conflict.reachable == {"minima.all": 700.0}


def test_a_date_that_comes_too_late_is_named():
    problem = simple(budget=Budget(yearly_usd={1: 1e9}), minima=(Minimum("minima.soon", 1, build="radar"),))
    conflict = conflict_of(problem)
    assert conflict.keys == ("candidates.radar.in_service", "minima.soon")
    assert conflict.words == (
        "'radar' cannot be in service before 2022",
        "'radar' must be in service in 2021",
    )


def test_every_kind_of_limit_has_words():
    problem = simple(budget=Budget(total_usd=2e9, yearly_usd={1: 3e8}))
    words = {key: in_words(problem, key) for key in limit_keys(problem)}
    assert words == {
        "candidates.radar.excludes": "'radar' cannot stand beside 'old'",
        "candidates.radar.needs_one_of": "'radar' needs one of 'ship', 'shore'",
        "candidates.radar.needs": "'radar' needs 'site'",
        "candidates.radar.in_service": "'radar' cannot be in service before 2022",
        "budget.yearly.2021": "no more than 300 million USD may be spent in 2021",
        "budget.total": "no more than 2 bn USD may be spent in all years together",
    }


def test_a_feasible_problem_has_no_conflict(small):
    assert conflict_of(small(1)) is None
