"""`synaspis plan`: what to build next under a budget."""

from __future__ import annotations

from typing import Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, progress_bar
from synaspis.cli.plan_output import print_plan


@click.command(
    short_help="Say what to build next, where and when, under a budget.",
    cls=Answer,
    examples=(
        "synaspis plan europe",
        "synaspis plan europe --budget 1.5 --objective worst-off --json",
        "synaspis plan my-shield.yaml --candidates my-candidates.yaml --points 0",
    ),
    status="0 done, 1 no plan meets the minima (the limits in conflict are named), 2 bad input.",
)
@click.argument("scenario")
@click.option(
    "--candidates", metavar="FILE", help="What may be built. Default: the file that comes with the scenario."
)
@click.option("--budget", metavar="USD_BN", help="Billions of dollars in all. Default: that of the file.")
@click.option(
    "--objective",
    type=click.Choice(("population", "worst-off")),
    help="What is made greatest: people, or the share of the worst-off partner. Default: that of the file.",
)
@click.option("--threat", "threats", metavar="ID", multiple=True, help="Only this threat; may be repeated.")
@click.option(
    "--costs",
    "level",
    type=click.Choice(("low", "value", "high")),
    default="value",
    show_default=True,
    help="Which end of each cost range counts.",
)
@click.option("--step-deg", metavar="DEG", help="Side of a cell of the map. Default: that of the scenario.")
@click.option(
    "--points",
    type=int,
    default=25,
    show_default=True,
    help="About how many points of the front of cost against coverage; 0 for none.",
)
@click.option("--time-limit", metavar="S", help="Seconds for each run of the solver. Default: no limit.")
@json_option
@click.pass_context
def plan(
    context: click.Context,
    scenario: str,
    candidates: str | None,
    budget: str | None,
    objective: Any,
    threats: tuple[str, ...],
    level: Any,
    step_deg: str | None,
    points: int,
    time_limit: str | None,
    as_json: bool,
) -> None:
    """Choose from candidates what to build in SCENARIO, with how many interceptors and in which year, so that
    most people are defended in the last year of the plan for no more than the budget.

    The answer is exact: the solver proves that no plan does better, and the gap that is left is printed.
    Beside it stand a greedy choice and the front of cost against coverage. If the minima of the file cannot
    be met, the limits that stand against each other are named.
    """
    from synaspis.analyses.plan import plan as planned
    from synaspis.analyses.study import load_scenario
    from synaspis.cli.values import Options

    options = Options()
    budget_bn = options.rounding("--budget", budget, "bn USD")
    step = options.step_deg("--step-deg", step_deg)
    limit_s = options.time_s("--time-limit", time_limit)
    if points < 0:
        options.fault("--points", f"{points} is out of bounds; 0 or more is allowed")
    options.done()
    loaded = load_scenario(scenario).scenario
    with progress_bar(f"Plan {loaded.id}") as advance:
        result = planned(
            loaded,
            candidates=candidates,
            budget_usd=None if budget_bn is None else 1e9 * budget_bn,
            objective=objective,
            threats=threats or None,
            level=level,
            step_deg=step,
            points=points,
            time_limit_s=limit_s,
            progress=advance,
        )
    document = result.to_dict()
    if as_json:
        print_json(document)
    else:
        print_plan(document)
    context.exit(0 if document["conflict"] is None else 1)
