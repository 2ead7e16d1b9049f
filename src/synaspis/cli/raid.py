"""`synaspis raid`: how many get through?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.choices import SHARING, workers, workers_options
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, progress_bar

if TYPE_CHECKING:
    from synaspis.analyses.raid import RaidResult, SimpleRaid
    from synaspis.cli.raid_options import RaidOptions

_OF_SCENARIO = (
    "phase", "raid_file", "coordination", "sharing", "partners", "compare",
    "monte_carlo", "runs", "width", "seed", "scheduler", "processes",
)  # fmt: skip
_OF_NUMBERS = ("warheads", "test_record", "benchmark", "uncoordinated")


@click.command(
    short_help="Say how many missiles of a raid get through, and what is fired at them.",
    cls=Answer,
    examples=(
        "synaspis raid europe --phase 2018 --compare",
        "synaspis raid europe --raid my-raid.yaml --kill-probability pac-3-cri=0.6 --runs 1000000 --json",
        "synaspis raid --warheads 10 --kill-probability 0.8 --shots 2",
        "synaspis raid --warheads 10 --test-record 22/27 --shots 4 --look --track-probability 0.95",
    ),
)
@click.argument("scenario", required=False)
@click.option("--phase", metavar="ID", help="Phase. Default: that of the raid.")
@click.option(
    "--raid",
    "raid_file",
    metavar="FILE",
    help="Raid that you state, as a file. Default: the example that comes with the scenario.",
)
@click.option("--warheads", metavar="W", help="Warheads, all alike, instead of a scenario.")
@click.option(
    "--kill-probability",
    "kill_probabilities",
    metavar="[ID=]K",
    multiple=True,
    help="Kill probability of one shot, of all interceptors or of one; instead of the test records.",
)
@click.option(
    "--test-record",
    metavar="HITS/ATTEMPTS",
    help="Kill probability from tests, such as 22/27, with its doubt.",
)
@click.option("--shots", metavar="N", help="Shots at each missile.")
@click.option("--look", is_flag=True, help="Fire the shots one by one, each after the outcome of the last.")
@click.option(
    "--volleys", metavar="N,N", help="Instead of --shots: shots in each volley, with a look between."
)
@click.option(
    "--track-probability", metavar="P", help="That a missile is tracked; common to all shots at it."
)
@click.option(
    "--class-failure-probability", metavar="P", help="Of a failure that is common to all missiles of a class."
)
@click.option(
    "--coordination",
    type=click.Choice(("full", "partner", "none")),
    help="Who shares one doctrine: all batteries, those of a partner, none. Default: that of the raid.",
)
@click.option("--compare", is_flag=True, help="Also with every other coordination.")
@click.option(
    "--sharing",
    type=click.Choice(SHARING),
    help="Which tracks are shared: by the agreements (the default), none, or all without delay.",
)
@click.option(
    "--partner", "partners", metavar="ID", multiple=True, help="Only these take part; may be repeated."
)
@click.option("--monte-carlo", is_flag=True, help="Play runs even where a closed form holds.")
@click.option("--runs", metavar="N", help="Play exactly so many. Default: until --width, at most 1,000,000.")
@click.option("--width", metavar="P", help="Width of the interval of no leaker to stop at. Default: 0.01.")
@click.option("--seed", metavar="N", help="Seed of the chance numbers, a whole number of 0 or more.")
@click.option("--uncoordinated", is_flag=True, help="With --warheads: each interceptor picks one at random.")
@click.option(
    "--benchmark", metavar="P", help="With --warheads: probability of no leaker to reach. Default: 0.8."
)
@workers_options
@json_option
def raid(scenario: str | None, as_json: bool, **given: Any) -> None:
    """Compute how many missiles of a raid get through, how many interceptors are fired, and how sure that is.

    The raid is the one that you state; nothing here looks for another. With a SCENARIO its missiles fly, its
    batteries shoot what they can reach with the tracks that they may use, and stocks end. Without one, give
    --warheads, --shots and a kill probability: a closed form for warheads that are alike.
    """
    from synaspis.cli.raid_output import print_raid, print_simple

    if scenario is None:
        simple = _numbers(given)
        if as_json:
            print_json(simple.to_dict())
        else:
            print_simple(simple)
        return
    result = _of_scenario(scenario, given)
    if as_json:
        print_json(result.to_dict())
    else:
        print_raid(result)


def _of_scenario(name: str, given: dict[str, Any]) -> RaidResult:
    from synaspis.analyses.raid import SEED
    from synaspis.analyses.raid import raid as analysis
    from synaspis.cli.raid_options import RaidOptions
    from synaspis.core.errors import InputError
    from synaspis.scenario import load_scenario_document

    options = RaidOptions()
    kills = options.kill_probabilities("--kill-probability", given["kill_probabilities"])
    volleys = options.volleys("--volleys", given["volleys"])
    shots = options.count("--shots", given["shots"], 1, 100)
    if shots is not None and volleys is None:
        volleys = (1,) * shots if given["look"] else (shots,)
    track = options.probability("--track-probability", given["track_probability"])
    failure = options.probability("--class-failure-probability", given["class_failure_probability"])
    runs = options.count("--runs", given["runs"], 1, 1_000_000_000)
    width = options.between("--width", given["width"])
    seed = options.count("--seed", given["seed"], 0, 2**63)
    _only_without_scenario(options, given)
    _one_doctrine(options, given)
    try:
        loaded = load_scenario_document(name)
    except InputError as error:
        options.also(error)
    options.done()
    with (
        workers(given["scheduler"], given["processes"]) as mapper,
        progress_bar(f"Raid on {loaded.id}") as advance,
    ):
        return analysis(
            loaded,
            given["raid_file"],
            phase=given["phase"],
            volleys=volleys,
            coordination=given["coordination"],
            kill_probability=kills,
            sharing=given["sharing"] or "agreements",
            partners=given["partners"] or None,
            compare=given["compare"],
            method="monte-carlo" if given["monte_carlo"] else "auto",
            track_probability=track,
            class_failure_probability=failure,
            runs=runs,
            width=width,
            seed=SEED if seed is None else seed,
            mapper=mapper,
            progress=advance,
        )


def _only_without_scenario(options: RaidOptions, given: dict[str, Any]) -> None:
    for name in _OF_NUMBERS:
        if given[name]:
            option = "--" + name.replace("_", "-")
            options.fault(
                option, "is given beside a scenario", "It is for warheads that are alike; leave out one."
            )


def _one_doctrine(options: RaidOptions, given: dict[str, Any]) -> None:
    if given["volleys"] is not None and (given["shots"] is not None or given["look"]):
        options.fault("--volleys", "is given beside --shots or --look", "Give one of the two.")
    elif given["look"] and given["shots"] is None:
        options.fault("--look", "is given without --shots", "Say how many shots, or give --volleys.")


def _numbers(given: dict[str, Any]) -> SimpleRaid:
    from synaspis.analyses.raid import KillProbability, simple_raid
    from synaspis.analyses.raid.simple import BENCHMARK, SHOTS_MAX, WARHEADS_MAX
    from synaspis.cli.raid_options import RaidOptions

    options = RaidOptions()
    warheads = options.count("--warheads", given["warheads"], 1, WARHEADS_MAX)
    kills = options.kill_probabilities("--kill-probability", given["kill_probabilities"])
    record = options.record("--test-record", given["test_record"])
    shots = options.count("--shots", given["shots"], 1, SHOTS_MAX)
    volleys = options.volleys("--volleys", given["volleys"])
    track = options.probability("--track-probability", given["track_probability"])
    failure = options.probability("--class-failure-probability", given["class_failure_probability"])
    benchmark = options.between("--benchmark", given["benchmark"])
    _say_what_is_missing(options, given, kills)
    options.done()
    assert warheads is not None
    kill = KillProbability.point(kills[""]) if record is None else KillProbability.from_tests(*record)
    return simple_raid(
        warheads,
        kill,
        shots,
        volleys=volleys,
        look=given["look"],
        track_probability=1.0 if track is None else track,
        class_failure_probability=0.0 if failure is None else failure,
        coordinated=not given["uncoordinated"],
        benchmark=BENCHMARK if benchmark is None else benchmark,
    )


def _say_what_is_missing(options: RaidOptions, given: dict[str, Any], kills: dict[str, float]) -> None:
    if given["warheads"] is None:
        options.fault("--warheads", "is missing, and no scenario is named", "Give one of the two.")
    named = [name for name in kills if name]
    if named:
        options.fault("--kill-probability", f"{named[0]} is an interceptor; there is none without a scenario")
    if not given["kill_probabilities"] and given["test_record"] is None:
        options.fault("--kill-probability", "is missing", "Give it, or --test-record such as 22/27.")
    if given["kill_probabilities"] and given["test_record"] is not None:
        options.fault("--test-record", "is given beside --kill-probability", "Give one of the two.")
    if given["shots"] is None and given["volleys"] is None and not given["look"]:
        options.fault("--shots", "is missing", "Give it, or --volleys such as 2,1.")
    _one_doctrine(options, given)
    for name in _OF_SCENARIO:
        if given[name]:
            option = {"raid_file": "--raid", "partners": "--partner"}.get(name, "--" + name.replace("_", "-"))
            options.fault(option, "needs a scenario", "Name one, or leave the option out.")
    if given["uncoordinated"] and (given["look"] or "," in (given["volleys"] or "")):
        options.fault(
            "--uncoordinated", "interceptors that pick at random cannot wait for each other's outcome"
        )
