"""`synaspis raid`: how many get through?"""

from __future__ import annotations

from typing import Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json
from synaspis.cli.raid_options import RaidOptions

_OF_SCENARIO = ("phase", "raid_file", "coordination", "sharing", "runs", "width", "seed", "method")
_OF_NUMBERS = ("warheads", "benchmark", "uncoordinated")


@click.command(
    short_help="Say how many missiles of a raid get through, and what is fired at them.",
    cls=Answer,
    examples=(
        "synaspis raid --warheads 10 --kill-probability 0.8 --shots 2",
        "synaspis raid --warheads 10 --test-record 22/27 --shots 4 --look --track-probability 0.95",
    ),
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
@click.option("--uncoordinated", is_flag=True, help="With --warheads: each interceptor picks one at random.")
@click.option(
    "--benchmark", metavar="P", help="With --warheads: probability of no leaker to reach. Default: 0.8."
)
@json_option
def raid(as_json: bool, **given: Any) -> None:
    """Compute how many missiles of a raid get through, how many interceptors are fired, and how sure that is.

    The raid is the one that you state; nothing here looks for another. With --warheads, --shots and a kill
    probability the answer is a closed form for warheads that are alike.
    """
    result = _numbers(given)
    if as_json:
        print_json(result.to_dict())
    else:
        from synaspis.cli.raid_output import print_simple

        print_simple(result)


def _numbers(given: dict[str, Any]) -> Any:
    from synaspis.analyses.raid import KillProbability, simple_raid
    from synaspis.analyses.raid.simple import BENCHMARK, SHOTS_MAX, WARHEADS_MAX

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
    if given["shots"] is None and given["volleys"] is None:
        options.fault("--shots", "is missing", "Give it, or --volleys such as 2,1.")
    if given["volleys"] is not None and (given["shots"] is not None or given["look"]):
        options.fault("--volleys", "is given beside --shots or --look", "Give one of the two.")
    if given["uncoordinated"] and (given["look"] or "," in (given["volleys"] or "")):
        options.fault(
            "--uncoordinated", "interceptors that pick at random cannot wait for each other's outcome"
        )
