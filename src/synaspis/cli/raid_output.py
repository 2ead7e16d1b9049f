"""What `synaspis raid` says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from synaspis.cli.output import print_table

if TYPE_CHECKING:
    from synaspis.analyses.raid import Estimate, Leakage, RaidResult, SimpleRaid

_ROWS = 12
"""Rows of the distribution that are shown; the rest is added up."""


def print_simple(result: SimpleRaid) -> None:
    """Print a raid in numbers."""
    kill = result.kill_probability
    volleys = ", look, ".join(map(str, result.volleys))
    how = "" if result.coordinated else ", each interceptor picks a warhead at random"
    click.echo(f"{result.warheads} warheads, shots at each: {volleys}{how}")
    click.echo(f"Kill probability of a shot: {_share(kill.value, kill.low, kill.high)} ({kill.basis})")
    click.echo()
    print_leakage(result.leakage)
    best = result.independent.p_no_leaker
    click.echo(f"If every shot failed on its own (optimistic): no leaker {_estimate(best)}")
    click.echo()
    need = result.required
    click.echo(f"For a probability of {need['p_no_leaker']:g} that none gets through:")
    if need["warhead_kill_probability"] is not None:
        click.echo(f"  kill probability of each warhead  {need['warhead_kill_probability']:.4f} or more")
    if need["reason"]:
        click.echo(f"  {need['reason']}")
    else:
        click.echo(f"  shots at each warhead             {need['shots']['value']}")
        click.echo(f"  interceptors                      {need['interceptors']}")
    if need["track_probability"] is not None:
        click.echo(f"  track probability, shots as given {need['track_probability']:.4f} or more")


def print_raid(result: RaidResult) -> None:
    """Print a raid on a scenario."""
    rules = result.rules
    volleys = ", look, ".join(map(str, rules["volleys"]))
    click.echo(f"{result.scenario}, phase {result.phase}: {result.raid}")
    click.echo(f"{result.missiles} missiles; shots at each: {volleys}; coordination: {rules['coordination']}")
    how = result.method
    if result.runs:
        low, high = result.sampling.low, result.sampling.high
        how += f", {result.runs:,} runs, by which no leaker is known to {high - low:.2g}"
    click.echo(f"Method: {how}")
    click.echo()
    print_leakage(result.leakage)
    best = result.independent.p_no_leaker
    click.echo(f"If every shot failed on its own (optimistic): no leaker {best.value:.4g}")
    click.echo()
    rows = [
        (each.id, str(each.count), each.aim, f"{each.leak_probability:.3f}", _who(each.looks) or each.reason)
        for each in result.groups
    ]
    print_table(
        ("group", "missiles", "to", "leaks", "who can shoot, and how often in turn"), rows, right=(1, 3)
    )
    click.echo()
    stocks = [
        (
            each.id,
            each.interceptor,
            str(each.stock),
            f"{each.shots_mean:.1f}",
            f"{each.p_empty.value:.2f}",
            when,
        )
        for each in result.batteries
        for when in ["" if each.empty_s is None else f"{each.empty_s.value:,.0f} s"]
    ]
    head = ("battery", "interceptor", "ready", "fired", "runs out", "at (median)")
    print_table(head, stocks, right=(2, 3, 4, 5))
    if result.alternatives:
        click.echo()
        others = [
            (
                name,
                _estimate(each.p_no_leaker),
                f"{each.leakers_mean.value:.3g}",
                f"{each.shots_mean.value:.3g}",
            )
            for name, each in result.alternatives.items()
        ]
        print_table(("coordination", "no leaker", "leakers", "fired"), others, right=(2, 3))


def _who(looks: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in looks.items())


def print_leakage(leakage: Leakage) -> None:
    """Print the chance of no leaker, means, and the distribution."""
    click.echo(f"No leaker:          {_estimate(leakage.p_no_leaker)}")
    click.echo(f"Leakers, mean:      {_estimate(leakage.leakers_mean)}")
    click.echo(f"Interceptors, mean: {_estimate(leakage.shots_mean)}")
    click.echo()
    last = leakage.pmf.size - 1
    rows = [
        (
            str(count),
            f"{leakage.pmf[count]:.4f}",
            f"{leakage.pmf_low[count]:.4f} to {leakage.pmf_high[count]:.4f}",
        )
        for count in range(min(last, _ROWS) + 1)
    ]
    if last > _ROWS:
        rows.append((f"{_ROWS + 1} or more", f"{leakage.pmf[_ROWS + 1 :].sum():.4f}", ""))
    certain = bool((leakage.pmf_low == leakage.pmf_high).all())
    print_table(
        ("leakers", "probability", "interval")[: 2 if certain else 3],
        [row[:2] if certain else row for row in rows],
        right=(0, 1, 2)[: 2 if certain else 3],
    )
    click.echo()


def _estimate(value: Estimate) -> str:
    return _share(value.value, value.low, value.high)


def _share(value: float, low: float, high: float) -> str:
    middle, ends = f"{value:.4g}", (f"{low:.4g}", f"{high:.4g}")
    return middle if ends == (middle, middle) else f"{middle}, from {ends[0]} to {ends[1]}"
