"""One flight held against the defence of a scenario: who sees it, who can engage, what stopped the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from synaspis.cli.output import print_table

if TYPE_CHECKING:
    from synaspis.analyses.timeline import Timeline


def print_timeline(result: Timeline) -> None:
    """Print the timeline of a flight; times are seconds after launch."""

    def clock(time_s: float | None) -> str:
        return "–" if time_s is None else f"{time_s:.0f}"

    verdict = "can be engaged" if result.engaged else "cannot be engaged"
    click.echo(f"\nIn phase {result.phase} the flight {verdict}; impact after {result.impact_s:.0f} s.\n")
    reports = [(line.asset, line.owner, clock(line.report_s)) for line in result.satellites]
    if reports:
        print_table(("satellite", "owner", "reports, s"), reports, right=(2,))
        click.echo()
    seen = [line for line in result.radars if line.seen_s is not None]
    if seen:
        rows = [(r.asset, r.owner, clock(r.seen_s), clock(r.firm_s), clock(r.lost_s)) for r in seen]
        print_table(("radar", "owner", "sees, s", "firm, s", "loses, s"), rows, right=(2, 3, 4))
        click.echo()
    elif result.radars:
        click.echo(f"None of {len(result.radars)} radars sees it.\n")
    lines = [
        (
            line.asset,
            line.owner,
            str(line.shots),
            clock(line.earliest_s),
            clock(line.latest_s),
            line.gate.name.lower().replace("_", " "),
        )
        for line in sorted(result.batteries, key=lambda line: -line.gate)
    ]
    if lines:
        print_table(
            ("battery", "owner", "shots", "earliest, s", "latest, s", "how far it came"),
            lines,
            right=(2, 3, 4),
        )
