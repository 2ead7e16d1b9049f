"""`synaspis cost`: what it costs, year by year, and who pays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from synaspis.analyses.cost import CostResult, Defended
    from synaspis.analyses.cost.benefit import Benefit
    from synaspis.cli.values import Options
    from synaspis.scenario import Scenario

_SHOWN_MAX = 12


@click.command(
    short_help="Say what it costs, year by year, and who pays under which rule.",
    cls=Answer,
    examples=(
        "synaspis cost europe",
        "synaspis cost europe --rule common-funding --prices then-year --json",
        "synaspis cost cbo-2009-ships",
    ),
)
@click.argument("scenario")
@click.option("--costs", metavar="FILE", help="Cost case. Default: the one that comes with the scenario.")
@click.option("--rule", metavar="RULE", help="Show one rule alone. Default: all.")
@click.option(
    "--prices",
    type=click.Choice(("constant", "then-year")),
    default="constant",
    show_default=True,
    help="Money of the case's base year, or of each year.",
)
@click.option("--discount-rate", metavar="PERCENT", help="Real rate a year. Default: that of the case.")
@click.option(
    "--share",
    "shares",
    metavar="PARTNER=SHARE",
    multiple=True,
    help="Shares of the rule `given`; repeat until they add up to 1.",
)
@click.option(
    "--benefit",
    "benefits",
    metavar="PARTNER=SHARE",
    multiple=True,
    help="Shares of the rule `benefit`; repeat until they add up to 1.",
)
@click.option(
    "--benefit-from",
    "benefit_file",
    metavar="FILE",
    help="Take the shares of the rule `benefit` from the output of `synaspis cooperation --json`.",
)
@click.option(
    "--benefit-by",
    type=click.Choice(("defended", "gains", "shapley")),
    help="With --benefit-from: people defended at home (the default), those over its own defence, or what "
    "it brings.",
)
@click.option("--defended", metavar="PEOPLE", help="People defended, for the cost by person.")
@click.option("--phase", metavar="ID", help="Count the people defended in this phase; needs --threat.")
@click.option("--threat", metavar="ID", help="Count the people defended against this threat.")
@click.option("--runs", type=int, default=10_000, show_default=True, help="Draws for the intervals.")
@click.option("--seed", type=int, default=0, show_default=True, help="Base seed of the draws.")
@json_option
def cost(scenario: str, as_json: bool, **given: Any) -> None:
    """Compute the life-cycle cost by year, nation and rule, with ranges, and what of it is not public.

    SCENARIO may also be the id of a cost case that needs no scenario, such as `cbo-2009-ships`. Rules:
    where-they-fall, common-funding, equal, population, product, benefit, joint-development, given.
    """
    from synaspis.analyses.cost import RATE_MAX
    from synaspis.analyses.cost import cost as analysis
    from synaspis.cli.values import Options

    options = Options()
    rate = options.percent("--discount-rate", given["discount_rate"], 100.0 * RATE_MAX)
    shares = _shares(options, "--share", given["shares"])
    benefit = _shares(options, "--benefit", given["benefits"])
    if benefit is not None and given["benefit_file"] is not None:
        options.fault("--benefit", "shares are given, and a file to take them from", "Give one of the two.")
    _shares_are_asked_for(options, given)
    people = options.rounding("--defended", given["defended"], "people")
    if (given["phase"] is None) != (given["threat"] is None):
        options.fault("--phase", "a phase needs a threat, and a threat a phase", "Give both.")
    if people is not None and given["phase"] is not None:
        options.fault("--defended", "people are given, and a phase to count them in", "Give one of the two.")
    options.done()
    if given["benefit_file"] is not None:
        benefit = _benefit(Path(given["benefit_file"]), given["benefit_by"] or "defended")
    loaded, path = _what(scenario, given["costs"])
    result = analysis(
        loaded,
        costs=path,
        rule=given["rule"],
        prices=given["prices"],
        discount_rate=rate,
        benefit=benefit,
        given=shares,
        defended=_defended(loaded, people, given["phase"], given["threat"]),
        runs=given["runs"],
        seed=given["seed"],
    )
    if as_json:
        print_json(result.to_dict())
    else:
        _print(result)


def _shares_are_asked_for(options: Options, given: dict[str, Any]) -> None:
    """Note shares that would change nothing of what is shown."""
    rule = given["rule"]
    if given["benefit_by"] is not None and given["benefit_file"] is None:
        options.fault("--benefit-by", "there is no file to take shares from", "Give --benefit-from too.")
    for option, of_rule in (("share", "given"), ("benefit", "benefit"), ("benefit_from", "benefit")):
        name = {"share": "shares", "benefit": "benefits", "benefit_from": "benefit_file"}[option]
        if given[name] and rule not in (None, of_rule, "joint-development"):
            what = f"shares of the rule {of_rule!r} are given, and only the rule {rule!r} is asked for"
            options.fault("--" + option.replace("_", "-"), what, "Leave out one.")


def _what(name: str, costs: str | None) -> tuple[Scenario | None, Path | None]:
    """The scenario and the file of its case; no scenario for a case that has partners of its own."""
    from synaspis.analyses.cost import case_ids, packaged_case
    from synaspis.scenario import load_scenario_document, scenario_ids

    path = None if costs is None else Path(costs)
    if name in case_ids() and name not in scenario_ids():
        return None, path or packaged_case(name)
    return load_scenario_document(name), path


def _shares(options: Options, option: str, texts: tuple[str, ...]) -> dict[str, float] | None:
    found: dict[str, float] = {}
    for text in texts:
        partner, sign, share = text.partition("=")
        if not sign or not partner:
            options.fault(option, f"{text!r} is not PARTNER=SHARE", "Write it such as us=0.7.")
            continue
        if partner in found:
            options.fault(option, f"{partner!r} is given twice", "Give it once.")
        try:
            found[partner] = float(share)
        except ValueError:
            options.fault(
                option, f"the share {share!r} of {partner!r} is not a number", "Write it such as 0.7."
            )
    return found if texts else None


def _benefit(path: Path, kind: Benefit) -> dict[str, float]:
    import json

    from synaspis.analyses.cost import benefit_shares
    from synaspis.core.errors import Fault, InputError

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(Fault(f"cannot be read: {error.strerror}", source=str(path))) from None
    except ValueError:
        raise InputError(Fault("this is no JSON", source=str(path))) from None
    return benefit_shares(document, kind, str(path))


def _defended(
    scenario: Scenario | None, people: float | None, phase: str | None, threat: str | None
) -> Defended | None:
    from synaspis.analyses.cost import Defended
    from synaspis.core.errors import InputError

    if people is not None:
        return Defended(people, "as given")
    if phase is None or threat is None:
        return None
    if scenario is None:
        raise InputError("a cost case without scenario has no phase; give `--defended PEOPLE` instead")
    from synaspis.analyses.coverage import coverage

    case = coverage(scenario, phases=[phase], threats=[threat], contributions=False)
    people = float(case["defended_population"].sum())
    return Defended(people, f"phase {phase}, threat {threat}, at one moment")


def _print(result: CostResult) -> None:
    money = f"dollars of {result.base_year}" if result.prices == "constant" else "dollars of each year"
    first, last = result.years[0], result.years[-1]
    click.echo(f"{result.name}, {first} to {last}, {money}")
    total, present = result.total, result.present_value
    click.echo(f"Total:          {_range(total.value, total.low, total.high)}")
    click.echo(f"  at the least {_billions(total.least)}, at the most {_billions(total.most)}")
    rate = f"{100 * result.discount_rate:g} percent"
    when = f"in {first}, dollars of {result.base_year}"
    click.echo(f"Present value:  {_range(present.value, present.low, present.high)}, at {rate}, {when}")
    click.echo(f"A year, evenly: {_billions(result.equivalent_annual_usd)}")
    if result.per_person is not None:
        each = result.per_person
        click.echo(
            f"By person:      {each.per_year_usd:,.2f} dollars a year ({each.population:,.0f}, {each.what})"
        )
    click.echo()
    categories = list(result.by_category_usd)
    rows = [
        (
            str(year.year),
            *(_millions(year.by_category_usd[one]) for one in categories),
            _millions(year.total_usd),
        )
        for year in result.by_year
    ]
    rows.append(
        ("all", *(_millions(result.by_category_usd[one]) for one in categories), _millions(total.value))
    )
    print_table(("million", *categories, "total"), rows, right=tuple(range(1, len(categories) + 2)))
    _print_rules(result)
    _print_comparisons(result)
    click.echo(f"\nNot counted, or with an assumption in its place: {len(result.not_counted)}; see --json.")


def _print_rules(result: CostResult) -> None:
    rules = [rule for rule in result.rules if result.rule in (None, rule)]
    applying = [rule for rule in rules if not result.rules[rule].missing]
    partners = sorted(
        {name for rule in applying for name in result.rules[rule].payments},
        key=lambda name: -max(result.rules[rule].payments[name].total_usd for rule in applying),
    )
    if len(partners) < 2:
        _print_outside(result)
        return
    click.echo()
    rows = [
        (name, *(_millions(result.rules[rule].payments[name].total_usd) for rule in applying))
        for name in partners[:_SHOWN_MAX]
    ]
    print_table(("who pays, million", *applying), rows, right=tuple(range(1, len(applying) + 1)))
    if len(partners) > _SHOWN_MAX:
        click.echo(f"... and {len(partners) - _SHOWN_MAX} who pay less; see --json.")
    for rule in rules:
        if result.rules[rule].missing:
            click.echo(f"{rule}: {result.rules[rule].missing}")
    _print_outside(result)


def _print_outside(result: CostResult) -> None:
    for country, value in result.outside_usd.items():
        click.echo(f"Paid by {country}, no partner here, and in no total: {_billions(value)}")


def _print_comparisons(result: CostResult) -> None:
    for each in result.comparisons:
        low, high = _billions(each.published_low_usd), _billions(each.published_high_usd)
        found = _range(each.found_usd, each.found_low_usd, each.found_high_usd)
        click.echo(f"\nPublished ({each.source}): {low} to {high}, in prices of {each.price_year}")
        click.echo(f"Found:     {found}, {each.ratio:.2f} of the middle")
        click.echo(f"Why:       {each.difference}")


def _range(value: float, low: float, high: float) -> str:
    return f"{_billions(value)} ({low / 1e9:,.1f} to {high / 1e9:,.1f})"


def _billions(value: float) -> str:
    return f"{value / 1e9:,.1f} bn"


def _millions(value: float) -> str:
    return f"{value / 1e6:,.0f}"
