"""`synaspis assurance`: does the shield affect a third party's deterrent?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from synaspis.analyses.assurance import AssuranceResult, Judgement
    from synaspis.messages import SigningKey
    from synaspis.scenario import Scenario


@click.command(
    short_help="Say whether the shield affects a third party's strategic deterrent.",
    cls=Answer,
    examples=(
        "synaspis assurance europe",
        "synaspis assurance europe --interceptor sm-3-iib --burnout-speed 6.3 --no-sensitivity",
        "synaspis assurance europe --pair third-site-2007 --no-sensitivity",
        "synaspis assurance europe --sign us.key --out statement.json",
        "synaspis assurance europe --countersign statement.json --sign ru.key --out both.json",
    ),
)
@click.argument("scenario")
@click.option(
    "--about",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Launch fields, targets, counts and guarantees. Default: those that come with the scenario.",
)
@click.option("--phase", metavar="ID", help="Phase. Default: that of the file, for `europe` the fourth.")
@click.option("--interceptor", metavar="ID", help="Judge this interceptor alone, wherever it stands.")
@click.option("--burnout-speed", metavar="KM_S", help="Replaces the burnout speed of --interceptor.")
@click.option("--pair", metavar="ID", help="Judge an interceptor and place that the scenario has not.")
@click.option(
    "--sensitivity/--no-sensitivity",
    default=True,
    show_default=True,
    help="Whether to move each disputed value over its range, and to say where the verdict flips.",
)
@click.option(
    "--limits/--no-limits",
    default=True,
    show_default=True,
    help="Whether to say what each guarantee that was proposed would change and cost.",
)
@click.option(
    "--step-deg",
    metavar="DEG",
    help="Side of a cell of the map for guarantees. Default: that of the scenario.",
)
@click.option(
    "--sign", metavar="KEY", type=click.Path(path_type=Path), help="Private key that signs the statement."
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="File of the signed statement; needs --sign.",
)
@click.option(
    "--countersign",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Add the signature of --sign to this statement if its numbers come out again; needs --out.",
)
@json_option
def assurance(
    scenario: str,
    about: Path | None,
    phase: str | None,
    interceptor: str | None,
    burnout_speed: str | None,
    pair: str | None,
    sensitivity: bool,
    limits: bool,
    step_deg: str | None,
    sign: Path | None,
    out: Path | None,
    countersign: Path | None,
    as_json: bool,
) -> int:
    """Judge whether interceptors can reach flights from launch fields to target regions that the third party
    asks about: `no`, `contested` or `yes`, with the band of margins over every disputed value, where it
    flips, who holds which value, and the most that could be stopped.

    Fields and targets are stated, flights are near minimum energy; nothing is searched for. With --sign and
    --out the answer becomes a statement that `synaspis verify` runs again.
    """
    from synaspis.analyses.study import load_scenario

    asked = {"--about": about, "--phase": phase, "--interceptor": interceptor, "--pair": pair}
    asked |= {"--burnout-speed": burnout_speed, "--step-deg": step_deg}
    speed_m_s, step, key = _read(asked, limits, sign, out, countersign)
    loaded = load_scenario(scenario).scenario
    if countersign is not None and key is not None and out is not None:
        return _countersign(loaded, countersign, key, out)
    from synaspis.analyses.assurance import assurance as analysis

    with progress_bar(f"Assurance {loaded.id}") as advance:
        result = analysis(
            loaded,
            about=about,
            phase=phase,
            interceptor=interceptor,
            burnout_speed_m_s=speed_m_s,
            pair=pair,
            sensitivity=sensitivity,
            limits=limits,
            step_deg=step,
            progress=advance,
        )
    if key is not None and out is not None:
        from synaspis.analyses.assurance import state, write_statement

        write_statement(out, state(result, loaded, about), key)
        click.echo(f"Signed statement: {out}", err=True)
    if as_json:
        print_json(result.to_dict())
    else:
        _print(result)
    return 0


def _read(
    asked: Mapping[str, Any],
    limits: bool,
    sign: Path | None,
    out: Path | None,
    countersign: Path | None,
) -> tuple[float | None, float | None, SigningKey | None]:
    """Speed in m/s, step in degrees and key; all faults of these options at once."""
    from synaspis.cli.values import Options
    from synaspis.messages import SigningKey

    options = Options()
    speed_m_s = options.speed_m_s("--burnout-speed", asked["--burnout-speed"])
    step = options.step_deg("--step-deg", asked["--step-deg"])
    if asked["--step-deg"] is not None and not limits:
        what = "without guarantees no map is computed, so that a step changes nothing"
        options.fault("--step-deg", what, "Leave out --step-deg, or --no-limits.")
    if (sign is None) != (out is None):
        options.fault("--sign", "a signature and a file for it go together", "Give both --sign and --out.")
    if countersign is not None and sign is None:
        options.fault("--countersign", "there is no key to sign with", "Give --sign and --out.")
    if countersign is not None and (beside := [name for name, value in asked.items() if value is not None]):
        what = f"a statement brings its own question, and {', '.join(beside)} would change nothing"
        options.fault("--countersign", what, f"Leave out {' and '.join(beside)}.")
    options.done()
    return speed_m_s, step, None if sign is None else SigningKey.load(sign)


def _countersign(scenario: Scenario, path: Path, key: SigningKey, out: Path) -> int:
    from synaspis.analyses.assurance import countersign, read_statement, verify_statement, write_envelope
    from synaspis.cli.faults import FAILED
    from synaspis.core.errors import Fault, InputError

    stated = read_statement(path)
    if stated.scenario_id != scenario.id:
        what = f"the statement is about the scenario {stated.scenario_id!r}, not {scenario.id!r}"
        raise InputError(Fault(what, source=str(path)))
    with progress_bar("Running it again") as advance:
        result = verify_statement(path, progress=advance)
    for difference in result.differences:
        click.echo(f"{difference.what}: stated {difference.stored}, found {difference.found}", err=True)
    if result.differences:
        click.echo("Not signed: the numbers do not come out again.", err=True)
        return FAILED
    write_envelope(out, countersign(stated, key))
    click.echo(f"The numbers come out again; signed as well: {out}")
    return 0


def _print(result: AssuranceResult) -> None:
    click.echo(f"{result.scenario}, phase {result.phase}: deterrent of the {result.third_party}")
    click.echo(f"Verdict: {result.verdict.value}")
    click.echo(f"  {result.sentence}")
    click.echo()
    print_table(
        ("interceptor", "km/s", "number", "verdict", "least", "as stated", "greatest margin"),
        [
            (
                each.interceptor,
                f"{each.burnout_speed_m_s / 1e3:g}",
                str(each.interceptors),
                each.verdict.value,
                *map(_seconds, each.band_s),
            )
            for each in result.judgements
        ],
        right=(1, 2, 4, 5, 6),
    )
    _print_cases(result.deciding)
    _print_flips(result.deciding)
    _print_bound(result)
    _print_limits(result)


def _print_cases(judgement: Judgement) -> None:
    rows = [
        (
            case.field,
            case.target,
            case.verdict.value,
            _seconds(case.margin_s),
            f"{_seconds(case.least_s)} to {_seconds(case.greatest_s)}",
            "-" if case.speed_margin_m_s is None else f"{case.speed_margin_m_s / 1e3:+.1f} km/s",
        )
        for case in judgement.cases
        if case.verdict.rank
    ]
    click.echo()
    if not rows:
        click.echo(f"{judgement.interceptor}: no field and target is reached within any stated range.")
        return
    click.echo(f"{judgement.interceptor}, fields and targets that are not `no`:")
    print_table(("field", "target", "verdict", "margin", "band", "speed"), rows, right=(3, 4, 5))


def _print_flips(judgement: Judgement) -> None:
    flips = judgement.verdict_flips_at_m_s or {}
    if judgement.sensitivities:
        click.echo()
    for verdict, speed in flips.items():
        click.echo(f"{judgement.interceptor} is {verdict} from {speed / 1e3:.2f} km/s on.")
    if judgement.commit_flips_at is not None:
        click.echo(f"With catalogue values a flight is first reached by: {judgement.commit_flips_at.value}.")
    rows = [
        (
            each.key,
            f"{each.disputed.low:.4g} to {each.disputed.high:.4g}",
            *(_moved(ends.low_s, ends.high_s, ends.flips_at) for ends in (each.stated, each.earliest)),
            "; ".join(f"{held['value']:.4g} {held['held_by']}" for held in each.disputed.held()),
        )
        for each in judgement.sensitivities
    ]
    if rows:
        headings = ("disputed value", "range", "margin as stated", "with the earliest commit", "held by")
        print_table(headings, rows)


def _print_bound(result: AssuranceResult) -> None:
    bound = result.bound
    click.echo()
    parts = []
    for what, number in (
        ("standing", bound.standing),
        ("of these on land", bound.on_land),
        ("at batteries that reach a flight as stated", bound.reaching),
        ("the same with every value for the defence", bound.at_best),
    ):
        share = bound.share(number)
        shown = "" if share is None else f"{100 * share[0]:.1f} to {100 * share[1]:.1f} %"
        parts.append((what, str(number), shown))
    counted = "" if bound.warheads is None else f"of {bound.warheads[0]:,} to {bound.warheads[1]:,} warheads"
    click.echo("The most that could be stopped if each interceptor met a warhead and none missed:")
    print_table(("interceptors", "number", counted), parts, right=(1, 2))


def _print_limits(result: AssuranceResult) -> None:
    if not result.limits:
        return
    click.echo()
    rows = []
    for limit in result.limits:
        area = max(each["area_m2"] for each in limit["forgone"])
        people = max(each["population"] for each in limit["forgone"])
        rows.append(
            (
                limit["name"],
                limit["verdict"],
                str(limit["interceptors"]),
                f"{area / 1e6:,.0f} km2",
                f"{people:,}",
            )
        )
    click.echo("What each guarantee would leave, and forgo against the threat that it costs most:")
    print_table(("guarantee", "verdict", "interceptors", "area", "people"), rows, right=(2, 3, 4))


def _moved(low_s: float | None, high_s: float | None, flips_at: float | None) -> str:
    """Margins at both ends of a range and the value between at which they change sign."""
    flips = "" if flips_at is None else f", flips at {flips_at:.4g}"
    return f"{_seconds(low_s)} to {_seconds(high_s)}{flips}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:+,.0f} s"
